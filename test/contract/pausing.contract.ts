/** The scheduler is restored as it was found, whatever happens. */
import assert from "node:assert/strict";
import { refused, result, schedulerAsBefore } from "./assertions";
import { observeRequest, releaseRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describePausing(host: CurrentHost): void {
  const register = (sha256: string, changes = {}) => host().run("register", host().registerRequest(sha256, changes));
  const bounds = (cycleSeconds: number) => ({
    bounds: { replicationSeconds: 0, cycleSeconds, cmdletSeconds: 10, verifySeconds: 30 },
  });

  describe("pausing", () => {
    it("an operation must return the length of its pause", async () => {
      const sha256 = await host().certified();
      const { pausedSeconds } = result(await register(sha256));
      assert.ok(pausedSeconds > 0 && pausedSeconds < 30, `${pausedSeconds}`);
      assert.ok(host().server.pausedSeconds > 0);
    });

    it("a pause must leave a scheduler off that a person switched off", async () => {
      const sha256 = await host().certified();
      host().change((state) => {
        state.scheduler.SyncCycleEnabled = false;
      });
      const { before, after, pausedSeconds } = result(await register(sha256));
      assert.deepEqual([before.syncCycleEnabled, after.syncCycleEnabled, pausedSeconds], [false, false, 0]);
      schedulerAsBefore(host(), false);
    });

    it("a failed switch must leave a scheduler off that a person switched off", async () => {
      const sha256 = await host().certified();
      host().change((state) => {
        state.scheduler.SyncCycleEnabled = false;
      });
      host().faults.set("sync01", "cmdlet-fails", 1);
      refused(await register(sha256), "CMDLET_FAILED");
      schedulerAsBefore(host(), false);
    });

    it("a second operation must get BUSY with the holder of the lock", async () => {
      const sha256 = await host().certified();
      host().server.startCycle(600);
      const paused = host().paused();
      const first = register(sha256, bounds(60));
      await paused;
      const error = refused(await host().run("release", releaseRequest(sha256)), "BUSY");
      assert.match(error.actual, /register/);
      host().change((state) => {
        state.cycleEndsAt = null;
      });
      result(await first);
      schedulerAsBefore(host());
    });

    it("a pause must give up if a sync cycle does not end, restore the scheduler and leave the connector unchanged", async () => {
      const sha256 = await host().certified();
      host().server.startCycle(600);
      const run = await register(sha256, bounds(0));
      refused(run, "CYCLE_STILL_RUNNING");
      assert.equal(host().state.connector.identityType, "ServiceAccount");
      schedulerAsBefore(host());
    });

    it("a pause must write only SyncCycleEnabled of the scheduler", async () => {
      const before = host().state.scheduler;
      await host().registered();
      assert.deepEqual(host().state.scheduler, before);
    });

    it("a pause must not begin if its record cannot be written to disk", async () => {
      const sha256 = await host().certified();
      const before = host().state;
      host().faults.set("sync01", "disk-full", null);
      refused(await register(sha256), "UNEXPECTED");
      assert.deepEqual(host().state, before);
      assert.equal(host().server.pausedSeconds, 0);
      schedulerAsBefore(host());
    });

    it("an operation must restore what an interrupted run left, and continue", async () => {
      const sha256 = await host().certified();
      host().server.break("scheduler");
      const { restoredInterruptedPause, action, after } = result(await register(sha256));
      assert.deepEqual([restoredInterruptedPause, action, after.syncCycleEnabled], [true, "linked", true]);
      schedulerAsBefore(host());
    });

    it("an operation must restore what an interrupted run left, even if no other work remains", async () => {
      const sha256 = await host().registered();
      host().server.break("scheduler");
      const run = await register(sha256);
      const { restoredInterruptedPause, action } = result(run);
      assert.deepEqual([restoredInterruptedPause, action, run.answer.changed], [true, "none", true]);
      schedulerAsBefore(host());
    });

    it("the scheduler must be restored if the switch after such a restore fails", async () => {
      const sha256 = await host().certified();
      host().server.break("scheduler");
      host().faults.set("sync01", "cmdlet-fails", 1);
      const run = await register(sha256);
      refused(run, "CMDLET_FAILED");
      assert.equal(run.answer.changed, true);
      schedulerAsBefore(host());
    });

    it("a switch must finish on the host if the session is lost in the middle", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "session-lost", 1);
      await assert.rejects(register(sha256), /closed/);
      await host().server.close();
      assert.equal(host().state.connector.certificateSha256, sha256);
      schedulerAsBefore(host());
    });

    it("a switch that is killed in the middle must leave record and task, and no answer", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256), /no answer/);
      assert.equal(host().state.scheduler.SyncCycleEnabled, false);
      assert.ok(host().pauseRecord);
      assert.ok(host().state.restoreTask);
      const { interrupted } = result(await host().run("observe", observeRequest()));
      assert.deepEqual([interrupted?.syncCycleEnabled, interrupted?.restoreTask], [true, true]);
    });

    it("an operation must take over an abandoned lock and finish what a killed run began", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      const { restoredInterruptedPause, action } = result(await register(sha256));
      assert.deepEqual([restoredInterruptedPause, action], [true, "linked"]);
      schedulerAsBefore(host());
    });

    it("the restore task must restore the scheduler after the deadline, and not before", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      host().server.runDueTasks();
      assert.equal(host().state.scheduler.SyncCycleEnabled, false);
      host().world.clock.offset = 60 * 60_000;
      host().server.runDueTasks();
      schedulerAsBefore(host());
    });
  });
}
