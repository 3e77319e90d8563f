/** Verification of a switch through the real engine, and what becomes of a switch that cannot be verified. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

const DAY = 86_400;

describe("verification", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const current = (server: string) => test.server(server).connector.certificateSha256!;

  function keyCredentials(server: string): string[] {
    const { appId } = test.server(server).connector;
    const application = test.sandbox.status().tenant.applications.find((candidate) => candidate.appId === appId);
    return application?.keyCredentials.map(({ sha256 }) => sha256) ?? [];
  }

  /** What the runs at the Entra connector were, and how the last cycle of it ended. */
  const entraRuns = (server: string) =>
    test
      .server(server)
      .runHistory.filter(({ connector }) => connector.endsWith("- AAD"))
      .map(({ runProfile, result }) => `${runProfile} ${result}`);

  /** An `up` that must fail with this message, servers' schedulers as before. */
  async function failingUp(message: RegExp): Promise<string> {
    const { code, output } = await test.tryUp();
    assert.notEqual(code, 0, output);
    assert.match(output, message);
    for (const server of ["sync01", "sync02"]) test.expectSchedulerOn(server);
    return output;
  }

  it("the first switch must be verified with a delta sync cycle, which exports on the active server only", () => {
    const imported = ["Delta Import success", "Delta Synchronization success"];
    assert.deepEqual(entraRuns("sync01"), [...imported, "Export success"]);
    assert.deepEqual(entraRuns("sync02"), imported);
  });

  it("a switch must return to the old certificate if Entra refuses it, and switch again once it does not", async () => {
    const old = current("sync01");
    test.sandbox.clock.advance(200 * DAY);
    test.sandbox.faults.set("sync01", "signin-event", null);
    const output = await failingUp(/sync01: VERIFICATION_FAILED: .*stopped-extension-dll-exception/);
    assert.ok(output.includes(`back on certificate ${old}`), output);
    assert.equal(current("sync01"), old);
    assert.ok(keyCredentials("sync01").includes(old), "the old key credential is gone");
    assert.equal(test.server("sync01").unverified, null);
    assert.equal((await test.sandbox.server("sync01").connectorSignIn())?.problem, null);
    test.sandbox.faults.clear();
    await test.up();
    test.expectOnboarded("sync01");
    assert.notEqual(current("sync01"), old);
    // The refusal counts for two cycles.
    test.sandbox.clock.advance(2 * 3600);
    await test.expectUnchanged();
  });

  it("a rotation without evidence must stay, keep the old credential until the next up verifies it, and then end", async () => {
    const old = current("sync01");
    test.sandbox.clock.advance(200 * DAY);
    test.sandbox.faults.set("sync01", "cycle-fails", null);
    const output = await failingUp(/sync01: SWITCH_UNVERIFIED: /);
    assert.match(output, /sync01: connector: .*stopped-server-down.*\[SWITCH_UNVERIFIED\]/);
    const { unverified } = test.server("sync01");
    assert.notEqual(current("sync01"), old);
    assert.equal(unverified?.certificateSha256, current("sync01"));
    assert.ok(keyCredentials("sync01").includes(old), "the old key credential is gone");
    assert.ok(
      test.server("sync01").certificates.some(({ sha256 }) => sha256 === old),
      "the old certificate is gone",
    );
    assert.match((await test.preview()).output, /sync01: switch-unverified: /);
    test.sandbox.faults.clear();
    await test.up();
    assert.equal(test.server("sync01").unverified, null);
    assert.deepEqual(keyCredentials("sync01"), [current("sync01")]);
    await test.expectUnchanged();
  });

  it("the active server must not switch if Entra refuses the staging server after its switch", async () => {
    const old = { sync01: current("sync01"), sync02: current("sync02") };
    test.sandbox.clock.advance(200 * DAY);
    test.sandbox.faults.set("sync02", "signin-event", null);
    await failingUp(/sync02: VERIFICATION_FAILED: .*AADSTS700027/);
    assert.deepEqual({ sync01: current("sync01"), sync02: current("sync02") }, old);
    assert.ok(keyCredentials("sync02").includes(old.sync02), "the old key credential is gone");
    test.sandbox.faults.clear();
    await test.up();
    for (const server of ["sync01", "sync02"] as const) {
      test.expectOnboarded(server);
      assert.notEqual(current(server), old[server]);
    }
  });

  it("a refused switch with a dead old key must stay on the new certificate, say what to do, and verify again", async () => {
    const old = current("sync01");
    await test.sandbox.break("sync01", "key");
    test.sandbox.faults.set("sync01", "signin-event", null);
    const output = await failingUp(/sync01: VERIFICATION_FAILED: .*stays on the new certificate/);
    assert.match(output, /run "pulumi up"[:.] .*verifies again/);
    const { unverified } = test.server("sync01");
    assert.notEqual(current("sync01"), old);
    assert.equal(unverified?.certificateSha256, current("sync01"));
    const seen = await test.preview();
    assert.match(seen.output, /sync01: switch-unverified: /);
    await failingUp(/sync01: VERIFICATION_FAILED: /);
    assert.deepEqual(test.server("sync01").unverified, unverified);
    test.sandbox.faults.clear();
    await test.up();
    assert.equal(test.server("sync01").unverified, null);
    test.expectOnboarded("sync01");
    // The refusal of the cycle that failed counts for two cycles.
    test.sandbox.clock.advance(2 * 3600);
    await test.expectUnchanged();
  });

  it("an up must not verify by a cycle while the scheduler is off, report that, and leave it off", async () => {
    const runs = test.server("sync02").runHistory;
    test.sandbox.server("sync02").setScheduler(false);
    await test.sandbox.break("sync02", "account");
    const output = await test.up();
    assert.match(output, /sync02: verified without a synchronisation cycle: the scheduler is off/);
    test.expectOnboarded("sync02");
    assert.equal(test.server("sync02").scheduler.SyncCycleEnabled, false);
    assert.deepEqual(test.server("sync02").runHistory, runs);
    assert.doesNotMatch((await test.preview()).output, /verified without/);
  });
});
