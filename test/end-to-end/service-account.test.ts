/** A service account whose name is not ASCII: it is declared, and travels to the server in every request that names it. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

const ACCOUNT = "CONTOSO\\s\u00fcd-sync$";

describe("a service account with a name that is not ASCII", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
    // Makes the stack, and nothing in it yet.
    await test.pulumi(["config"]);
    await test.sandbox.break("sync02", "service-account-non-ascii");
  });
  after(() => test?.close());

  it("an up must onboard the server, as the preview said, and the next preview must find no work", async () => {
    const declared = test.configuration((text) =>
      text.replace("role: staging", `role: staging\n      serviceAccount: ${ACCOUNT}`),
    );
    const { code, output } = await test.preview([], { config: declared });
    assert.equal(code, 0, output);
    await test.up({ config: declared });
    test.expectOnboarded("sync02");
    await test.expectUnchanged({ config: declared });
  });
});
