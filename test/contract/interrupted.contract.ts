/** What an interrupted run left, in whatever state it is: a pause ends, and records cost only themselves. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { refused, result, schedulerAsBefore } from "./assertions";
import { observeRequest, releaseRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

/** Texts that are no record of a pause. */
const BROKEN: Record<string, string> = {
  "cut off": '{"operation":"register","ser',
  empty: "",
  "without its operation": '{"server":"sync01","startedAt":"2026-01-01T00:00:00Z","deadline":"2026-01-01T00:00:00Z"}',
  "with a word for its value":
    '{"operation":"register","server":"sync01","startedAt":"2026-01-01T00:00:00Z","deadline":"2026-01-01T00:00:00Z",' +
    '"syncCycleEnabled":"false"}',
  "with a date that is none":
    '{"operation":"register","server":"sync01","startedAt":"soon","deadline":"2026-01-01T00:00:00Z",' +
    '"syncCycleEnabled":true}',
};
/** A record as the program wrote it before it had a note, and as its first version did with other spacing. */
const EARLIER =
  '{ "operation": "register", "server": "sync01", "startedAt": "2026-01-01T00:00:00.000Z", ' +
  '"deadline": "2026-01-01T00:10:00.000Z", "syncCycleEnabled": true }';

export function describeInterrupted(host: CurrentHost): void {
  const register = (sha256: string, changes = {}) => host().run("register", host().registerRequest(sha256, changes));
  const observe = async () => result(await host().run("observe", observeRequest()));
  const switchedOff = () => host().change((state) => void (state.scheduler.SyncCycleEnabled = false));
  const aside = () => host().records.filter((name) => /^pause\.json\.broken-\d{8}T\d{9}Z$/.test(name));
  const entries = (id: number) => (host().state.changes ?? []).filter((entry) => entry.id === id);

  describe("a record of a pause that cannot be read", () => {
    for (const [how, text] of Object.entries(BROKEN)) {
      it(`a record that is ${how} must mean that the scheduler was on, and must be moved aside`, async () => {
        const sha256 = await host().registered();
        host().leave("pause.json", text);
        switchedOff();
        const run = await register(sha256);
        const { restoredInterruptedPause, action } = result(run);
        assert.deepEqual([restoredInterruptedPause, action, run.answer.changed], [true, "none", true]);
        assert.equal(aside().length, 1, host().records.join());
        assert.match(run.stderr, /moving a record that cannot be read aside/);
        schedulerAsBefore(host());
      });
    }

    it("observe must return a pause whose record cannot be read, with the reason, and leave it in place", async () => {
      host().leave("pause.json", BROKEN.empty);
      switchedOff();
      const { interrupted, unreadable } = await observe();
      assert.deepEqual([interrupted?.syncCycleEnabled, interrupted?.startedAt], [true, null]);
      assert.match(interrupted?.problem ?? "", /pause\.json cannot be read/);
      assert.deepEqual(unreadable, []);
      assert.deepEqual(host().records, ["pause.json"]);
    });

    it("a record of an older program must still be restored", async () => {
      const sha256 = await host().registered();
      host().leave("pause.json", EARLIER);
      host().change((state) => {
        state.scheduler.SyncCycleEnabled = false;
        state.restoreTask = { deadline: "2026-01-01T00:10:00.000Z" };
      });
      assert.equal(result(await register(sha256)).restoredInterruptedPause, true);
      assert.deepEqual(aside(), []);
      schedulerAsBefore(host());
    });

    it("a switch after a broken record must pause and restore as any other", async () => {
      const sha256 = await host().certified();
      host().leave("pause.json", BROKEN.empty);
      switchedOff();
      const { action, pausedSeconds } = result(await register(sha256));
      assert.equal(action, "linked");
      assert.ok(pausedSeconds > 0);
      schedulerAsBefore(host());
    });
  });

  describe("a record of a switch that cannot be read", () => {
    it("a broken record of a sign-in must cost only itself", async () => {
      const sha256 = await host().certified();
      host().leave("sign-in.json", "{");
      const { signIn, unreadable } = await observe();
      assert.equal(signIn, null);
      assert.deepEqual(
        unreadable?.map(({ field }) => field),
        ["signIn"],
      );
      assert.equal(result(await register(sha256)).action, "linked");
      assert.deepEqual(
        host().records.map((name) => name.replace(/\d{8}T\d{9}Z/, "<time>")),
        ["sign-in.json.broken-<time>"],
      );
    });

    it("a broken record of an unverified switch must be taken for one, and verified", async () => {
      const sha256 = await host().registered();
      host().leave("verification.json", "[]");
      const { verification, action } = result(await register(sha256, { verify: "sync" }));
      assert.equal(action, "none");
      assert.ok(verification?.cycle, JSON.stringify(verification));
      assert.equal(host().records.includes("verification.json"), false);
    });

    it("a broken record of an unverified switch must be replaced until the switch is verified", async () => {
      const sha256 = await host().registered();
      host().leave("verification.json", "[]");
      host().faults.set("sync01", "cycle-fails", null);
      assert.ok(result(await register(sha256, { verify: "sync" })).verification?.unverified);
      assert.ok(host().records.includes("verification.json"), host().records.join());
      assert.equal((await observe()).unverified?.certificateSha256, sha256);
    });
  });

  describe("the way back", () => {
    /** SyncCycleEnabled cannot be written for this many tries of a kind. */
    const stubborn = (tries: number, from: "off" | "on") => {
      const { machine } = host().server as unknown as { machine: { setSyncCycleEnabled: (enabled: boolean) => void } };
      const original = machine.setSyncCycleEnabled.bind(machine);
      machine.setSyncCycleEnabled = (enabled) => {
        const { SyncCycleEnabled } = host().state.scheduler;
        if (!enabled || SyncCycleEnabled !== (from === "on") || tries-- <= 0) return original(enabled);
        throw new Error("ADSync is restarting");
      };
    };

    it("a scheduler that cannot be put back must be tried again for three minutes", async () => {
      const sha256 = await host().certified();
      host().hastened = true;
      stubborn(15, "off");
      result(await register(sha256));
      assert.ok(host().world.clock.offset >= 150_000, `${host().world.clock.offset}`);
      schedulerAsBefore(host());
    });

    it("a scheduler that cannot be put back for longer must leave record and task, with the reason", async () => {
      const sha256 = await host().certified();
      host().hastened = true;
      stubborn(100, "off");
      const error = refused(await register(sha256), "SCHEDULER_NOT_RESTORED");
      assert.match(error.actual, /ADSync is restarting/);
      assert.ok(host().pauseRecord);
      assert.ok(host().state.restoreTask);
      assert.ok(host().world.clock.offset <= 200_000, `${host().world.clock.offset}`);
    });

    it("the record of a pause must tell a person what ends it", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      assert.match(host().pauseRecord?.note ?? "", /To keep the scheduler off/);
    });

    it("the restore task must be proven by the record and the scheduler, which keeps its value", async () => {
      const sha256 = await host().certified();
      const { machine } = host().server as unknown as { machine: { setSyncCycleEnabled: (enabled: boolean) => void } };
      const original = machine.setSyncCycleEnabled.bind(machine);
      const written: boolean[] = [];
      machine.setSyncCycleEnabled = (enabled) => (written.push(enabled), original(enabled));
      result(await register(sha256));
      assert.deepEqual(written, [true, false, true]);
    });

    it("a restore task that may not write the scheduler must prevent the pause", async () => {
      const sha256 = await host().certified();
      stubborn(1, "on");
      const error = refused(await register(sha256), "RESTORE_TASK_UNPROVEN");
      assert.match(error.actual, /ADSync is restarting/);
      schedulerAsBefore(host());
    });

    it("the record must go before the task: what a person switches off afterwards must stay off", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      host().faults.set("sync01", "task-stays", 1);
      const error = refused(await register(sha256), "UNEXPECTED");
      assert.match(error.actual, /Task Scheduler service is not available/);
      assert.equal(host().pauseRecord, null);
      switchedOff();
      result(await register(sha256));
      assert.equal(host().state.scheduler.SyncCycleEnabled, false);
    });
  });

  describe("the restore task", () => {
    const killed = async () => {
      host().install();
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      return sha256;
    };

    it("the restore task must end the pause of a killed run, remove itself, and say so in the event log", async () => {
      await killed();
      assert.equal(host().state.restoreTask?.minutes, 15);
      assert.equal(await host().server.runRestore(), 0);
      schedulerAsBefore(host());
      const [entry] = entries(5);
      assert.match(entry.message, /restore task ended an interrupted pause/);
      assert.equal((await observe()).changes?.at(-1)?.id, 5);
    });

    it("the restore task that an older program registered must run the installed one", async () => {
      await killed();
      host().leave("pause.json", EARLIER);
      host().change((state) => void (state.restoreTask = { deadline: "2026-01-01T00:10:00.000Z" }));
      assert.equal(await host().server.runRestore(), 0);
      schedulerAsBefore(host());
    });

    it("the restore task must switch the scheduler on if the record cannot be read, and move that aside", async () => {
      await killed();
      host().leave("pause.json", BROKEN["cut off"]);
      assert.equal(await host().server.runRestore(), 0);
      assert.equal(aside().length, 1);
      schedulerAsBefore(host());
    });

    it("the restore task must remove itself, and change nothing, if no pause is left", async () => {
      host().install();
      host().change((state) => {
        state.scheduler.SyncCycleEnabled = false;
        state.restoreTask = { deadline: "2026-01-01T00:10:00.000Z" };
      });
      assert.equal(await host().server.runRestore(), 0);
      schedulerAsBefore(host(), false);
    });

    it("the restore task must start a service that a killed run left stopped", async () => {
      host().install();
      const reset = (resetMachineIdentifier: string) =>
        host().run("reset-machine-identifier", {
          ...{ protocol: 1, server: "sync01", resetMachineIdentifier },
          ...{ newIdentifier: "fedcba9876543210fedcba9876543210", bounds: { cycleSeconds: 1, cmdletSeconds: 10 } },
        });
      const { machineIdentifier } = host().state;
      host().faults.set("sync01", "killed-service-stopped", 1);
      await assert.rejects(reset(machineIdentifier));
      assert.equal(host().state.service.status, "Stopped");
      assert.equal(await host().server.runRestore(), 0);
      assert.equal(host().state.service.status, "Running");
      schedulerAsBefore(host());
      assert.equal(host().state.machineIdentifier, machineIdentifier);
      result(await reset(machineIdentifier));
      assert.notEqual(host().state.machineIdentifier, machineIdentifier);
      schedulerAsBefore(host());
    });

    it("the restore task must not wait for a lock that no run of this program can hold", async () => {
      await killed();
      host().faults.set("sync01", "lock-foreign", null);
      host().world.clock.offset = 60 * 60_000;
      assert.equal(await host().server.runRestore(), 0);
      assert.equal(host().state.scheduler.SyncCycleEnabled, true);
      assert.equal(host().pauseRecord, null);
    });
  });

  describe("lock and folder", () => {
    it("a lock of someone else must be BUSY with its owner", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "lock-foreign", null);
      const error = refused(await host().run("release", releaseRequest(sha256)), "BUSY");
      assert.match(error.actual, /Global\\ConnectSyncIdentity of SYNC01\\visitor/);
      assert.match(error.message, /not this program/);
    });

    it("a folder of someone else must stop a change with its owner, and no observation", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "folder-foreign", null);
      const error = refused(await register(sha256), "DATA_FOLDER_FOREIGN");
      assert.match(error.actual, /ProgramData\\ConnectSyncIdentity belongs to SYNC01\\visitor/);
      assert.doesNotMatch(error.remedy, /Administrators group/);
      const { unreadable, connector } = await observe();
      assert.equal(connector.identityType, "ServiceAccount");
      assert.deepEqual(
        unreadable?.map(({ field }) => field),
        ["interrupted", "signIn", "unverified"],
      );
      assert.equal(host().state.lockHolder, null);
    });
  });

  describe("a cmdlet that could not be ended", () => {
    it("the next run must report that it has ended since, and how", async () => {
      const sha256 = await host().registered();
      host().leave("cmdlet-0f.txt", "completed\n\n\n");
      const run = await register(sha256);
      result(run);
      assert.match(run.stderr, /a cmdlet of an earlier run has ended since/);
      assert.match(entries(8)[0].message, /ended: completed/);
      assert.equal(fs.existsSync(`${host().filesRoot}/C/ProgramData/ConnectSyncIdentity/cmdlet-0f.txt`), false);
    });
  });
}
