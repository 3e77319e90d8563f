/** A Microsoft service that the tenant does not have: one problem, in preview and up, and nothing is changed or deleted. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

describe("a tenant without the password reset service", () => {
  let test: TestSandbox;
  let config: string;
  before(async () => {
    test = await TestSandbox.openOnboarded();
    await test.sandbox.break("tenant", "no-password-reset-service");
    config = test.configuration((text) =>
      text.replace("role: staging", "role: staging\n      passwordWriteback: true"),
    );
  });
  after(() => test?.close());

  const expectOneProblem = (output: string) => {
    // Pulumi prints it beside the stack and again in its summary.
    const said = new Set(output.match(/error: .*\[SERVICE_MISSING\]/g));
    assert.equal(said.size, 1, output);
    assert.equal(output.match(/\berror: /g)?.length ?? 0, output.match(/\[SERVICE_MISSING\]/g)?.length, output);
    assert.doesNotMatch(output, /error serializing|unhandled exception|promise/i);
    assert.match(output, /az ad sp create --id 93625bc8-bfe2-437a-97e0-3d0060024faa/);
  };

  it("a preview must show the one problem, with its command", async () => {
    const { code, output } = await test.preview([], { config });
    assert.notEqual(code, 0);
    expectOneProblem(output);
  });

  it("an up must stop with it, delete nothing, and go on once the service is there or not needed", async () => {
    const { code, output } = await test.tryUp({ config, args: ["--continue-on-error"] });
    assert.notEqual(code, 0);
    expectOneProblem(output);
    assert.doesNotMatch(output, /deleted|\bdelete\b/);
    await test.expectUnchanged();
  });

  it("a server that does not write passwords back must not need it", async () => {
    await test.expectUnchanged();
  });
});
