/**
 * Decisions of the stand-in of the host program, each with one function of Windows replaced. host-program/Tests holds
 * the program to the same rules.
 */
import assert from "node:assert/strict";
import * as path from "node:path";
import type { ConnectorFacts, KeyAccess } from "../../../model/protocol/host-protocol";
import { ScenarioWorld, type ScenarioName } from "../../helpers/fault-scenarios";
import { attempt } from "../../helpers/fault-table";
import type { Machine } from "../../../sandbox/server/machine";
import { WindowsError, type CmdletOutcome, type Windows } from "../../../sandbox/server/windows";

const fails =
  (kind: WindowsError["kind"] = "failed", hresult: string | null = null) =>
  () => {
    throw new WindowsError(kind, "it failed", hresult);
  };
const ends = (outcome: CmdletOutcome["outcome"]) => async () => ({ outcome, message: "the cmdlet said so" });

describe("the stand-in of the host program", () => {
  let world: ScenarioWorld;
  before(async () => {
    world = await ScenarioWorld.make();
  });
  after(() => world.close());

  const run = async (name: ScenarioName, changes: Parameters<typeof attempt>[2] = {}) =>
    attempt(
      { ...world.surroundings, folder: path.join(world.surroundings.folder, "one") },
      await world.scenario(name),
      changes,
    );
  const windows = (patch: Partial<Windows>) => ({ windows: () => patch });
  const inOrder = (machine: Machine, enabled = true) => {
    assert.equal(machine.state.scheduler.SyncCycleEnabled, enabled);
    assert.equal(machine.pauseRecord.read(), undefined);
    assert.equal(machine.state.restoreTask, null);
    assert.equal(machine.state.lockHolder, null);
  };
  const LINK = "register from a service account";
  const ROTATION = "register as a rotation";

  describe("pausing", () => {
    it("must not begin with a restore task that is not proven", async () => {
      const proveRestoreTask = () => ({ proven: false, problem: "it may not" });
      const { code, calls, machine } = await run(LINK, windows({ proveRestoreTask }));
      assert.equal(code, "RESTORE_TASK_UNPROVEN");
      assert.ok(!calls.includes("setSyncCycleEnabled"));
      inOrder(machine);
    });

    it("must leave no record if the task cannot be registered", async () => {
      const { code, machine } = await run(LINK, windows({ registerRestoreTask: fails() }));
      assert.equal(code, "UNEXPECTED");
      inOrder(machine);
    });

    it("must keep record and task while the scheduler stays off", async () => {
      const { code, machine } = await run(LINK, {
        windows: (_windows, on) => ({
          setSyncCycleEnabled: (enabled) => {
            if (!enabled) on.setSyncCycleEnabled(false);
          },
        }),
      });
      assert.equal(code, "SCHEDULER_NOT_RESTORED");
      assert.ok(machine.pauseRecord.read());
      assert.ok(machine.state.restoreTask);
    });

    it("must wait for a running cycle, also if the scheduler is off", async () => {
      for (const name of [LINK, "register with a scheduler that is off"] as const) {
        let endedAt = 0;
        let seen = false;
        await run(name, {
          request: { bounds: { replicationSeconds: 0, cycleSeconds: 60, cmdletSeconds: 10, verifySeconds: 30 } },
          machine: (machine) => {
            endedAt = world.surroundings.clock.now().getTime() + 20_000;
            machine.change((state) => {
              state.cycleEndsAt = new Date(endedAt).toISOString();
            });
          },
          windows: (model) => ({
            invokeRegistration: (...args) => {
              seen = world.surroundings.clock.now().getTime() >= endedAt;
              return model.invokeRegistration(...args);
            },
          }),
        });
        assert.ok(seen, name);
      }
    });

    it("must leave a scheduler off that was off, and end an interrupted pause with its value", async () => {
      inOrder((await run("register with a scheduler that is off")).machine, false);
      const { machine } = await run("register after an interrupted pause", {
        machine: (on) => on.pauseRecord.write({ ...on.pauseRecord.read()!, syncCycleEnabled: false }),
      });
      inOrder(machine, false);
    });
  });

  describe("the preflight", () => {
    it("must compare the service account by its SID", async () => {
      const named = (name: string, sid: (model: Windows) => string | null) => ({
        request: { serviceAccount: name },
        windows: (model: Windows) => ({
          resolveAccount: (account: string) =>
            account === name ? { sid: sid(model), problem: null } : model.resolveAccount(account),
        }),
      });
      const other = await run(
        LINK,
        named("CONTOSO\\other", () => "S-1-5-21-9-9"),
      );
      assert.equal(other.code, "SERVICE_ACCOUNT_UNEXPECTED");
      const same = await run(
        LINK,
        named("CONTOSO\\renamed", (model) => model.getService()!.accountSid),
      );
      assert.equal(same.code, null);
    });

    for (const seconds of [-301, 301]) {
      it(`must refuse a clock that is ${seconds} s off`, async () => {
        const { code, machine } = await run(LINK, {
          windows: (model) => ({
            postForm: async (...args) => {
              const answer = await model.postForm(...args);
              const date = new Date(world.surroundings.clock.now().getTime() - seconds * 1000).toISOString();
              return { ...answer, date };
            },
          }),
        });
        assert.equal(code, "CLOCK_SKEW");
        assert.equal(machine.state.connector.identityType, "ServiceAccount");
      });
    }

    it("must refuse a request that asks for no role", async () => {
      assert.equal((await run(LINK, { request: { requiredRoles: [] } })).code, "INVALID_REQUEST");
    });

    it("must release the lock, and take it for every operation that changes something", async () => {
      for (const name of [
        "ensure-certificate",
        "remove-certificate",
        "release",
        "rollback",
        "remove-legacy-account",
        LINK,
      ] as const) {
        const { machine } = await run(name);
        assert.equal(machine.state.lockHolder, null, name);
        const busy = await run(
          name,
          windows({ enterLock: () => ({ acquired: false, abandoned: false, foreign: false, holder: "another" }) }),
        );
        assert.equal(busy.code, "BUSY", name);
      }
    });
  });

  describe("switching", () => {
    it("must not end well if the connector has not moved, and must not have changed anything", async () => {
      const { code, answer } = await run(LINK, windows({ invokeRegistration: ends("completed") }));
      assert.deepEqual([code, answer.changed], ["VERIFICATION_FAILED", false]);
    });

    it("must count as done if the connector moves after the cmdlet timed out", async () => {
      const { code } = await run(LINK, {
        windows: (model, on) => {
          let moved: ConnectorFacts | null = null;
          let reads = 0;
          const place = (connector: ConnectorFacts) => on.change((state) => (state.connector = connector));
          return {
            invokeRegistration: async (...args) => {
              const before = model.getConnector();
              await model.invokeRegistration(...args);
              moved = model.getConnector();
              place(before);
              return { outcome: "timed-out", message: "" };
            },
            getConnector: () => {
              if (moved && ++reads === 3) place(moved);
              return model.getConnector();
            },
          };
        },
      });
      assert.equal(code, null);
    });

    it("must rotate on the same application, and link if the old key is proven to be dead", async () => {
      assert.ok(!(await run(ROTATION)).calls.includes("invokeRegistration"));
      const lost = await run(ROTATION, {
        machine: (machine) =>
          machine.change((state) => {
            state.keys[0].dead = "the TPM was cleared";
          }),
        ...windows({ invokeRotation: ends("failed") }),
      });
      assert.ok(lost.calls.includes("invokeRegistration"));
      assert.equal(lost.code, null);
    });

    it("must link in place of a rotation that the product refuses without connectivity parameters", async () => {
      const blank = await run(ROTATION, {
        machine: (machine) =>
          machine.change(
            ({ connector }) => void (connector.parameters = { ...connector.parameters, CertificateId: null }),
          ),
        ...windows({ invokeRotation: ends("failed") }),
      });
      assert.ok(blank.calls.includes("invokeRegistration"));
      assert.equal(blank.code, null);
    });

    it("must not link in place of a rotation while the old key may work, or after a time-out", async () => {
      const works = await run(ROTATION, windows({ invokeRotation: ends("failed") }));
      assert.equal(works.code, "CMDLET_FAILED");
      const silent = await run(ROTATION, {
        windows: (model) => ({
          invokeRotation: ends("failed"),
          getKey: (sha256) =>
            sha256 === model.getConnector().certificateSha256
              ? { key: null, problem: "not ready", hresult: "0x80090030" }
              : model.getKey(sha256),
        }),
      });
      assert.equal(silent.code, "CMDLET_FAILED");
      const late = await run(ROTATION, {
        machine: (machine) =>
          machine.change((state) => {
            state.keys[0].dead = "the TPM was cleared";
          }),
        ...windows({ invokeRotation: ends("timed-out") }),
      });
      assert.equal(late.code, "CMDLET_TIMEOUT");
      for (const { calls } of [works, silent, late]) assert.ok(!calls.includes("invokeRegistration"));
    });

    it("must record the switch before the cmdlet runs", async () => {
      let recorded = false;
      await run(LINK, {
        windows: (model, on) => ({
          invokeRegistration: (...args) => {
            recorded = on.switchRecord("verification").read() !== undefined;
            return model.invokeRegistration(...args);
          },
        }),
      });
      assert.ok(recorded);
    });
  });

  describe("certificates", () => {
    it("must read the access rules again after setting them", async () => {
      const { code } = await run(
        "ensure-certificate",
        windows({ setKeyAccess: () => undefined, getKeyAccess: () => [] }),
      );
      assert.equal(code, "KEY_ACL_NOT_SET");
    });

    it("must not take a rule that denies for one that allows", async () => {
      const rule = (sid: string, allow: boolean) => ({ sid, account: sid, rights: "Read", allow });
      const sids = (machine: Machine) => [machine.state.service.accountSid, "S-1-5-18", "S-1-5-32-544"];
      let list: KeyAccess[] = [];
      const { code } = await run("ensure-certificate", {
        machine: (on) => void (list = sids(on).flatMap((sid) => [rule(sid, true), rule(sid, false)])),
        windows: () => ({ setKeyAccess: () => undefined, getKeyAccess: () => list }),
      });
      assert.equal(code, "KEY_ACL_NOT_SET");
    });

    it("must not take the one in use, whichever of its label it is", async () => {
      for (const at of [0, 1]) {
        const { code, machine } = await run("remove-certificate", {
          machine: (on) =>
            on.change((state) => {
              state.certificates.forEach((entry) => (entry.label = state.certificates[0].label));
              state.connector.certificateSha256 = state.certificates[at].sha256;
            }),
        });
        assert.equal(code, "CERTIFICATE_IN_USE");
        assert.equal(machine.state.certificates.length, 2);
        assert.equal(machine.state.keys.length, 2);
      }
    });

    it("must not take what a silent key belongs to", async () => {
      const getKey = () => ({ key: null, problem: "not ready", hresult: "0x80090030" });
      const { code, machine } = await run("remove-certificate", windows({ getKey }));
      assert.equal(code, "KEY_UNAVAILABLE");
      assert.equal(machine.state.certificates.length, 2);
    });

    it("must keep a certificate whose key cannot be removed", async () => {
      const { machine } = await run("remove-certificate", windows({ removeKey: fails() }));
      assert.equal(machine.state.certificates.length, 2);
    });

    it("must not report as gone what is there", async () => {
      assert.equal(
        (await run("remove-certificate", windows({ removeKey: () => undefined }))).code,
        "VERIFICATION_FAILED",
      );
    });

    it("must not keep a certificate or key that does not sign", async () => {
      const { machine } = await run("ensure-certificate", windows({ verify: () => false }));
      assert.deepEqual([machine.state.certificates.length, machine.state.keys.length], [0, 0]);
    });
  });

  describe("accounts", () => {
    it("must not take a rollback for done that did not move the connector", async () => {
      assert.equal((await run("rollback", windows({ invokeRollback: ends("completed") }))).code, "VERIFICATION_FAILED");
    });

    it("must not leave an application that is not named", async () => {
      const { code, calls } = await run("rollback", { request: { appId: "99999999-8888-4777-8666-555555555555" } });
      assert.equal(code, "CONNECTOR_UNEXPECTED");
      assert.ok(!calls.includes("invokeRollback"));
    });

    it("must refuse the account of another server, and the one in use in any spelling", async () => {
      const other = await run("remove-legacy-account", { request: { removeLegacyAccount: "Sync_SYNC011_abcdef" } });
      assert.equal(other.code, "ACCOUNT_UNEXPECTED");
      const used = await run("remove-legacy-account", { request: { removeLegacyAccount: "Sync_SYNC01_0123456789AB" } });
      assert.equal(used.code, "ACCOUNT_IN_USE");
    });
  });
});
