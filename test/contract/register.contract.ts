/** `register`: linking, rotating, finding itself done, healing, and the sign-in that it cannot do. */
import assert from "node:assert/strict";
import { refused, result, schedulerAsBefore, withoutEvents } from "./assertions";
import { APP_ID, OTHER_APP_ID } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describeRegister(host: CurrentHost): void {
  const register = (sha256: string, changes = {}) => host().run("register", host().registerRequest(sha256, changes));

  describe("register", () => {
    it("register must link a server on a password account", async () => {
      const sha256 = await host().certified();
      const run = await register(sha256);
      const { action, before, after } = result(run);
      assert.equal(action, "linked");
      assert.equal(run.answer.changed, true);
      assert.equal(before.connector.identityType, "ServiceAccount");
      assert.deepEqual([after.connector.appId, after.connector.certificateSha256], [APP_ID, sha256]);
      assert.deepEqual([before.syncCycleEnabled, after.syncCycleEnabled], [true, true]);
      schedulerAsBefore(host());
    });

    it("register must link a server on another application", async () => {
      const sha256 = await host().registered();
      host().server.break("application", { appId: OTHER_APP_ID });
      assert.equal(result(await register(sha256)).action, "linked");
      assert.equal(host().state.connector.appId, APP_ID);
    });

    it("register must rotate a server that already uses the application", async () => {
      await host().registered();
      const next = await host().certified(2);
      const { action, after } = result(await register(next));
      assert.equal(action, "rotated");
      assert.equal(after.connector.certificateSha256, next);
    });

    it("register must rotate without the old key", async () => {
      await host().registered();
      host().server.break("key");
      const next = await host().certified(2);
      assert.equal(result(await register(next)).action, "rotated");
    });

    it("register must do nothing if the work is done", async () => {
      const sha256 = await host().registered();
      const before = host().state;
      const run = await register(sha256);
      const { action, pausedSeconds, restoredInterruptedPause, repairedParameters } = result(run);
      assert.deepEqual(
        [action, pausedSeconds, restoredInterruptedPause, repairedParameters],
        ["none", 0, false, false],
      );
      assert.equal(run.answer.changed, false);
      assert.deepEqual(host().state, before);
    });

    it("register must do nothing after an administrator linked at the desktop", async () => {
      const sha256 = await host().certified();
      await host().server.linkByHand(APP_ID, sha256);
      assert.equal(result(await register(sha256)).action, "none");
    });

    it("the result of register must not depend on the revision", async () => {
      const sha256 = await host().registered();
      assert.equal((await register(sha256, { revision: 7 })).answer.changed, false);
    });

    for (const what of ["acl", "acl-wide"]) {
      it(`register must repair access rules (${what}) if the connector already uses the certificate`, async () => {
        const sha256 = await host().registered();
        const before = withoutEvents(host());
        host().server.break(what);
        const run = await register(sha256);
        assert.equal(result(run).action, "none");
        assert.equal(run.answer.changed, true);
        assert.deepEqual(withoutEvents(host()), before);
      });
    }

    it("register must repair a lost access rule before the switch", async () => {
      const sha256 = await host().certified();
      host().server.break("acl");
      assert.equal(result(await register(sha256)).action, "linked");
    });

    it("register must not repair blank parameters unless requested by name", async () => {
      const sha256 = await host().registered();
      host().server.break("parameters");
      const { repairedParameters, after } = result(await register(sha256));
      assert.equal(repairedParameters, false);
      assert.equal(after.connector.parameters.CertificateId, null);
    });

    it("register must repair blank parameters only once if requested by name", async () => {
      const sha256 = await host().registered();
      host().server.break("parameters");
      const repair = { repairConnectivityParameters: true };
      const first = result(await register(sha256, repair));
      assert.deepEqual([first.action, first.repairedParameters], ["none", true]);
      assert.ok(Object.values(first.after.connector.parameters).every(Boolean));
      const second = await register(sha256, repair);
      assert.equal(result(second).repairedParameters, false);
      assert.equal(second.answer.changed, false);
      schedulerAsBefore(host());
    });

    for (const [generation, cmdlet, code] of [
      [1, "linking", "CMDLET_FAILED"],
      [2, "rotating", "CMDLET_FAILED"],
    ] as const) {
      it(`register must leave the old credential and the scheduler unchanged if ${cmdlet} fails, and continue next time`, async () => {
        for (let made = 1; made < generation; made += 1) await host().registered(made);
        const sha256 = await host().certified(generation);
        const before = withoutEvents(host());
        host().faults.set("sync01", "cmdlet-fails", 1);
        const run = await register(sha256);
        refused(run, code);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(withoutEvents(host()), before);
        schedulerAsBefore(host());
        result(await register(sha256));
      });
    }

    it("register must return a pending sign-in with its one command", async () => {
      const sha256 = await host().certified();
      const before = withoutEvents(host());
      host().faults.set("sync01", "sign-in", null);
      const error = refused(await register(sha256), "SIGNIN_REQUIRED");
      const command = `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${sha256.toUpperCase()} -ApplicationAppId ${APP_ID}`;
      assert.equal(error.operatorCommand, command);
      assert.ok(error.remedy.includes(command));
      assert.deepEqual(withoutEvents(host()), before);
      schedulerAsBefore(host());
    });

    it("only the sign-in error must carry an operator's command", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "cmdlet-fails", 1);
      assert.equal(refused(await register(sha256), "CMDLET_FAILED").operatorCommand, null);
    });
  });
}
