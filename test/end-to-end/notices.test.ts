/** Notices: told in every run, kept nowhere, and never a reason for a drift alarm. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

const DAY = 86_400;

describe("notices", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const shortRotation = () => ({
    config: test.configuration((text) =>
      text.replace("role: staging", 'role: staging\n      certificate:\n        rotateBefore: "120 days"'),
    ),
  });

  /** The unchanged preview of a stack whose drift alarm stays silent. */
  async function silent(options: Parameters<TestSandbox["preview"]>[1] = {}): Promise<string> {
    const { code, output } = await test.preview(["--expect-no-changes"], options);
    assert.equal(code, 0, `a notice made the drift alarm red:\n${output}`);
    return output;
  }

  it("a notice must report what an onboarding leaves behind, with the command that removes it by name", async () => {
    const output = await silent();
    assert.match(
      output,
      /sync01: managed-application-left: .*ConnectSyncProvisioning_SYNC01_.*az ad app delete --id [0-9a-f-]{36}/,
    );
    assert.match(
      output,
      /sync02: legacy-account-present: .*npx connect-sync-identity remove-legacy-account sync02 --name Sync_SYNC02_[0-9a-f]{12} --stack dev/,
    );
  });

  it("a notice must announce a rotation window in preview and up, without a change", async () => {
    test.sandbox.clock.advance(160 * DAY);
    const told = /sync0[12]: expiry-ahead: the first pulumi up on or after \d{4}-\d\d-\d\d rotates the certificate/;
    const output = await silent();
    assert.match(output, told);
    assert.doesNotMatch(output, /rotation-due/);
    const before = await test.state();
    assert.match(await test.up(), told);
    assert.doesNotMatch(await test.state(), /expiry-ahead/, "a notice reached state");
    assert.equal(servers(await test.state()), servers(before), "a notice changed a server's memory");
  });

  it("the finding must replace the notice once the rotation window has begun, and the alarm must fail", async () => {
    test.sandbox.clock.advance(30 * DAY);
    const { code, output } = await test.preview(["--expect-no-changes"]);
    assert.notEqual(code, 0, output);
    assert.match(output, /sync01: rotation-due: /);
    assert.doesNotMatch(output, /expiry-ahead/);
    await test.up();
    assert.doesNotMatch(await silent(), /expiry-ahead|rotation-due/);
  });

  it("a notice must report a rotation after the product's warning, only for that server", async () => {
    await test.up(shortRotation());
    const output = await silent(shortRotation());
    assert.match(output, /sync02: rotation-after-warning: /);
    assert.doesNotMatch(output, /sync01: rotation-after-warning: /);
  });

  it("a notice must not hide what blocks the work", async () => {
    test.sandbox.faults.set("sync02", "unreachable", null);
    const { code, output } = await test.preview([], shortRotation());
    test.sandbox.faults.clear("sync02");
    assert.notEqual(code, 0, output);
    assert.match(output, /HOST_UNREACHABLE/);
  });
});

/** What an exported state holds of the servers. */
function servers(state: string): string {
  const { deployment } = JSON.parse(state) as { deployment: { resources: Record<string, unknown>[] } };
  const own = deployment.resources.filter(({ type }) => String(type).endsWith(":SyncServer"));
  assert.equal(own.length, 2);
  // State lists resources in the order in which they were last worked on.
  const byUrn = own.sort((left, right) => (String(left.urn) < String(right.urn) ? -1 : 1));
  return JSON.stringify(byUrn.map(({ urn, inputs, outputs }) => [urn, inputs, outputs]));
}
