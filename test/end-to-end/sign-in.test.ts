/** A switch that wants an administrator at the server's desktop: what the operator sees, does, and what follows. */
import assert from "node:assert/strict";
import { watchTokens } from "../../sandbox/engine/token-watch";
import { TestSandbox } from "./support";

const LINK = /Add-ADSyncApplicationRegistration -CertificateSHA256Hash [0-9A-F]{64} -ApplicationAppId [0-9a-f-]{36}/;
const ROTATE = /Invoke-ADSyncApplicationCredentialRotation -CertificateSHA256Hash [0-9A-F]{64}/;

describe("a switch that needs an administrator's sign-in", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  /** The warnings of a preview of one server, without the engine's own display of them. */
  const warnings = (output: string, server: string) =>
    output.split("\n").filter((line) => line.startsWith(`warning: ${server}: `));

  async function expectWaiting(server: string, command: RegExp): Promise<void> {
    const seen = await test.preview();
    assert.equal(seen.code, 0, seen.output);
    const [warning, ...others] = warnings(seen.output, server);
    assert.match(warning, /: sign-in-awaited: expected application .+, waiting for an administrator since /);
    assert.match(warning, command);
    assert.deepEqual(others, [], "one cause is told once");
    assert.notEqual((await test.preview(["--expect-no-changes"])).code, 0, "the drift alarm stays silent");
    test.expectSchedulerOn(server);
  }

  const rotated = () => ({
    config: test.configuration((text) => text.replace("role: staging", "role: staging\n      rotate: after the audit")),
  });

  it("a pending sign-in must show its one command in up, in the stack's outputs and in every preview", async () => {
    const before = test.server("sync02").connector;
    test.sandbox.faults.set("sync02", "sign-in", null);
    const run = await test.tryUp();
    assert.notEqual(run.code, 0, run.output);
    const said = /sync02: SIGNIN_REQUIRED: .*$/m.exec(run.output)?.[0] ?? "";
    const [command] = LINK.exec(said) ?? assert.fail(run.output);
    assert.match(said, /sign-in\.txt/);
    const outputs = JSON.parse((await test.pulumi(["stack", "output", "--json"])).stdout) as {
      servers: Record<string, { linkCommand: string }>;
    };
    assert.equal(outputs.servers.sync02.linkCommand, command);
    assert.deepEqual(test.server("sync02").connector, before, "the old credential was touched");
    await expectWaiting("sync02", LINK);
  });

  it("another up must keep waiting for the sign-in, and create nothing twice", async () => {
    const [held] = test.server("sync02").certificates;
    const since = test.server("sync02").signIn?.since;
    const run = await test.tryUp();
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /sync02: SIGNIN_REQUIRED: /);
    assert.deepEqual(
      test.server("sync02").certificates.map(({ sha256 }) => sha256),
      [held.sha256],
    );
    assert.equal(test.server("sync02").signIn?.since, since, "since when it waits was forgotten");
    await expectWaiting("sync02", LINK);
  });

  it("the next up must complete the switch after the administrator's sign-in", async () => {
    await test.sandbox.signIn("sync02");
    await test.up();
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
    await test.expectUnchanged();
  });

  it("a rotation that waits for a sign-in must keep the old credential working, even after a wrong certificate", async () => {
    const { connector } = test.server("sync02");
    const watch = watchTokens(test.sandbox);
    const run = await test.tryUp(rotated());
    assert.notEqual(run.code, 0, run.output);
    assert.match(/sync02: SIGNIN_REQUIRED: .*$/m.exec(run.output)?.[0] ?? "", ROTATE);
    assert.deepEqual(test.server("sync02").connector, connector);
    await test.sandbox.server("sync02").linkByHand(connector.appId!, connector.certificateSha256!);
    const seen = await test.preview([], rotated());
    assert.equal(warnings(seen.output, "sync02").length, 1, seen.output);
    assert.match(warnings(seen.output, "sync02")[0], /: sign-in-awaited: /);
    const { sync02 } = await watch.stop();
    assert.ok(sync02.requests > 0);
    assert.equal(sync02.failures, 0, sync02.firstFailures.join());
  });

  it("a rotation must complete after a sign-in, without any remains of the old credential", async () => {
    await test.sandbox.signIn("sync02");
    await test.up(rotated());
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged(rotated());
  });

  it("another certificate in the connector must be reported as such if no sign-in was requested", async () => {
    test.sandbox.faults.clear("sync02");
    await test.sandbox.break("sync02", "hash");
    const seen = await test.preview([], rotated());
    assert.match(seen.output, /sync02: connector-other-certificate: /);
    assert.doesNotMatch(seen.output, /sign-in-awaited/);
    await test.up(rotated());
    test.expectOnboarded("sync02");
  });
});
