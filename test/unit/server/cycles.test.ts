/** Cycles of an emulated server and what they leave, its sign-in, and a server that was rebuilt. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { APP_ID, ContractHost, ContractWorld } from "../../contract/contract-host";
import { result } from "../../contract/assertions";

describe("cycles of an emulated server", function () {
  this.timeout(30_000);
  let world: ContractWorld;
  let host: ContractHost;

  before(async () => {
    world = await ContractWorld.make();
  });
  beforeEach(async () => {
    host = await new ContractHost(world, "model").start();
  });
  afterEach(() => host.stop());
  after(() => world.close());

  const machine = () => (host.server as unknown as { machine: { cycle: { ended: Promise<void> } | null } }).machine;

  /** Starts a cycle as the scheduler would, and waits for its end; answers the results at the Entra connector. */
  async function runCycle(): Promise<string[]> {
    const known = host.state.runHistory.length;
    host.server.startDeltaCycle();
    await machine().cycle?.ended;
    const entries = host.state.runHistory.slice(known).filter(({ connector }) => connector.endsWith("AAD"));
    return entries.map(({ runProfile, result }) => `${runProfile} ${result}`);
  }

  it("a running cycle must appear in the scheduler until it has ended", async () => {
    host.server.startDeltaCycle();
    assert.equal(host.server.describe().scheduler.SyncCycleInProgress, true);
    await machine().cycle?.ended;
    assert.equal(host.server.describe().scheduler.SyncCycleInProgress, false);
  });

  it("a cycle must sign in with the connector's real credential", async () => {
    await host.registered();
    const before = world.tenant.requests;
    assert.deepEqual(await runCycle(), ["Delta Import success", "Delta Synchronization success", "Export success"]);
    assert.equal(world.tenant.requests, before + 1);
  });

  it("a cycle with a refused sign-in must stop at the Entra connector, with Entra's words in the event log", async () => {
    await host.registered();
    world.tenant.applications.get(APP_ID)!.certificates.clear();
    assert.deepEqual(await runCycle(), ["Delta Import stopped-extension-dll-exception"]);
    assert.match(host.state.events.at(-1)?.message ?? "", /AADSTS700027/);
    assert.equal(host.state.events.at(-1)?.id, 906);
  });

  it("a cycle with an unusable key must stop without an event", async () => {
    await host.registered();
    host.server.break("key");
    assert.deepEqual(await runCycle(), ["Delta Import stopped-extension-dll-exception"]);
    assert.deepEqual(host.state.events, []);
  });

  it("the run history must show the last ten runs and keep no more than a hundred", async () => {
    host.change((state) => {
      const run = { connector: "old", runProfile: "Export", result: "success", endedAt: null };
      state.runHistory = Array.from({ length: 100 }, () => ({ ...run, startedAt: "2026-01-01T00:00:00.000Z" }));
    });
    await runCycle();
    assert.equal(host.state.runHistory.length, 100);
    assert.deepEqual(host.server.describe().runHistory, host.state.runHistory.slice(-10));
  });

  it("a stuck cycle must end once the fault is cleared", async () => {
    host.faults.set("sync01", "cycle-stuck", null);
    host.server.startDeltaCycle();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(host.server.describe().scheduler.SyncCycleInProgress, true);
    host.faults.clear();
    await machine().cycle?.ended;
    assert.equal(host.server.describe().scheduler.SyncCycleInProgress, false);
  });

  it("a stuck cycle must not keep the server from closing", async () => {
    host.faults.set("sync01", "cycle-stuck", null);
    host.server.startDeltaCycle();
    await host.server.close();
    assert.equal(machine().cycle, null);
  });

  describe("sign-in with the connector's credential", () => {
    it("a sign-in must return the certificate and that it works", async () => {
      const certificateSha256 = await host.registered();
      assert.deepEqual(await host.server.connectorSignIn(), { certificateSha256, problem: null });
    });

    it("a sign-in must return the reason why it does not work", async () => {
      await host.registered();
      host.server.break("key");
      assert.match((await host.server.connectorSignIn())?.problem ?? "", /cannot be opened/);
    });

    it("a password account must not be signed in", async () => {
      const before = world.tenant.requests;
      assert.equal(await host.server.connectorSignIn(), null);
      assert.equal(world.tenant.requests, before);
    });
  });

  describe("rebuilt", () => {
    it("a rebuilt server must have lost certificates, keys, program, records and history, under the same name", async () => {
      await host.registered();
      host.install();
      host.server.break("scheduler");
      const before = host.state;
      host.server.break("rebuilt");
      const after = host.state;
      assert.deepEqual([after.certificates, after.keys, after.events, after.runHistory], [[], [], [], []]);
      assert.equal(host.server.describe().program.sha256, null);
      assert.equal(host.pauseRecord, null);
      assert.deepEqual(fs.readdirSync(host.filesRoot), ["C"]);
      assert.equal(after.computerName, before.computerName);
      assert.notEqual(after.machineIdentifier, before.machineIdentifier);
      assert.notEqual(after.sid, before.sid);
      assert.deepEqual(
        [after.service, after.version, after.scheduler.SyncCycleEnabled],
        [before.service, before.version, true],
      );
    });

    it("a rebuilt server must use a new password account that the tenant knows, and be able to continue", async () => {
      await host.registered();
      host.server.break("rebuilt");
      const name = `Sync_SYNC01_${host.state.machineIdentifier.slice(0, 12)}`;
      assert.equal(host.state.connector.userName, `${name}@contoso.onmicrosoft.com`);
      assert.ok(host.directory.accounts.has(name));
      const sha256 = await host.certified(2);
      assert.equal(result(await host.run("register", host.registerRequest(sha256))).action, "linked");
    });

    it("a rebuilt server must have lost a local service account with its disk, and keep one of the domain", async () => {
      await host.registered();
      host.server.break("service-account");
      host.server.break("rebuilt");
      assert.equal(host.state.service.account, "NT SERVICE\\ADSync");
      const sha256 = await host.certified(2);
      assert.equal(result(await host.run("register", host.registerRequest(sha256))).action, "linked");
      host.server.break("service-account-non-ascii");
      const before = host.state.service;
      host.server.break("rebuilt");
      assert.deepEqual(host.state.service, before);
    });

    it("a rebuilt server must report that the tenant accepts no more accounts", () => {
      host.directory.limit = 0;
      const before = host.state;
      assert.throws(() => host.server.break("rebuilt"), /accounts/);
      assert.deepEqual(host.state, before);
    });
  });
});
