/** Verification of a switch, the way back, and the records of switches that are not at their end. */
import assert from "node:assert/strict";
import type { RegisterRequest } from "../../model/protocol/host-protocol";
import { refused, result, schedulerAsBefore } from "./assertions";
import type { ServerFault } from "../../sandbox/surroundings/faults";
import { APP_ID, OTHER_APP_ID, observeRequest, releaseRequest, type ContractHost } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

const CONNECTOR = "contoso.onmicrosoft.com - AAD";
/** A verification that does not wait long for what does not come. */
const QUICK = { bounds: { replicationSeconds: 0, cycleSeconds: 1, cmdletSeconds: 10, verifySeconds: 2 } };

export function describeVerification(host: CurrentHost): void {
  const register = (sha256: string, changes: Partial<RegisterRequest> = {}) =>
    host().run("register", host().registerRequest(sha256, { verify: "sync", ...changes }));
  const observe = async () => result(await host().run("observe", observeRequest()));

  /** On generation 1, with generation 2 made and uploaded. */
  async function beforeRotation(): Promise<{ old: string; next: string }> {
    const old = await host().registered();
    return { old, next: await host().certified(2) };
  }

  async function expectUnverified(sha256: string | null): Promise<void> {
    const { unverified } = await observe();
    assert.equal(unverified?.certificateSha256 ?? null, sha256);
    if (sha256 !== null) assert.equal(unverified?.appId, APP_ID);
  }

  describe("verification of a switch", () => {
    it("verification must run a delta sync cycle after the scheduler is restored, and return its runs", async () => {
      const sha256 = await host().certified();
      const { verification, pausedSeconds } = result(await register(sha256));
      assert.equal(verification?.skipped, null);
      const runs = verification?.cycle?.results.filter(({ connector }) => connector === CONNECTOR) ?? [];
      assert.deepEqual(
        runs.map(({ runProfile, result }) => [runProfile, result]),
        [
          ["Delta Import", "success"],
          ["Delta Synchronization", "success"],
          ["Export", "success"],
        ],
      );
      assert.ok(pausedSeconds < 5, "the cycle ran within the pause");
      await expectUnverified(null);
      schedulerAsBefore(host());
    });

    it("verification must not expect an export of a staging server", async () => {
      host().change((state) => {
        state.scheduler.StagingModeEnabled = true;
      });
      const { verification } = result(await register(await host().certified()));
      const profiles = verification?.cycle?.results.map(({ runProfile }) => runProfile);
      assert.ok(profiles?.includes("Delta Import"));
      assert.ok(!profiles?.includes("Export"));
    });

    it("verification must run no cycle if only the switch is to be verified, and report that", async () => {
      const { verification } = result(await register(await host().certified(), { verify: "switch" }));
      assert.equal(verification?.cycle, null);
      assert.match(verification?.skipped ?? "", /switch/);
      assert.deepEqual(host().state.runHistory, []);
    });

    it("verification must run no cycle while the scheduler is off, report that, and leave it off", async () => {
      const sha256 = await host().certified();
      host().change((state) => {
        state.scheduler.SyncCycleEnabled = false;
      });
      const { verification } = result(await register(sha256));
      assert.equal(verification?.cycle, null);
      assert.match(verification?.skipped ?? "", /SyncCycleEnabled/);
      assert.deepEqual(host().state.runHistory, []);
      schedulerAsBefore(host(), false);
      await expectUnverified(null);
    });

    it("verification must check nothing if nothing was switched", async () => {
      const sha256 = await host().registered();
      const { verification } = result(await register(sha256));
      assert.equal(verification, null);
      assert.deepEqual(host().state.runHistory, []);
    });

    for (const [what, seconds] of [
      ["what was refused and failed earlier", -60],
      ["what was refused and failed while the clock was ahead", 600],
    ] as const) {
      it(`verification must not blame ${what} on the new credential`, async () => {
        const sha256 = await host().certified();
        const time = new Date(Date.now() + seconds * 1000).toISOString();
        const failedRun = { connector: CONNECTOR, runProfile: "Delta Import", result: "stopped-server-down" };
        host().change((state) => {
          state.events.push({ time, id: 906, message: "AADSTS700027: of another time" });
          state.runHistory.push({ ...failedRun, startedAt: time, endedAt: time });
        });
        result(await register(sha256));
      });
    }
  });

  describe("a switch that Entra refuses", () => {
    for (const verify of ["sync", "switch"] as const) {
      it(`a switch that Entra refuses must return to the old certificate while it works (verify ${verify})`, async () => {
        const { old, next } = await beforeRotation();
        host().faults.set("sync01", "signin-event", null);
        const text = wholeText(refused(await register(next, { verify }), "VERIFICATION_FAILED"));
        assert.match(text, /AADSTS700027/);
        assert.ok(text.toLowerCase().includes(old), text);
        const { connector } = host().state;
        assert.deepEqual([connector.appId, connector.certificateSha256], [APP_ID, old]);
        await expectUnverified(null);
        schedulerAsBefore(host());
        host().faults.clear();
        assert.equal(result(await register(next, { verify })).action, "rotated");
      });
    }

    const unusable: [string, (current: ContractHost) => void][] = [
      ["its key is dead", (current) => current.server.break("key")],
      ["it is gone", (current) => current.server.break("certificate")],
      ["Entra does not take it any more", (current) => dropFirstCredential(current)],
    ];
    for (const [why, spoil] of unusable) {
      it(`a switch that Entra refuses must stay on the new certificate if the old one does not work: ${why}`, async () => {
        const { next } = await spoiled(spoil);
        host().faults.set("sync01", "signin-event", null);
        const text = wholeText(refused(await register(next), "VERIFICATION_FAILED"));
        assert.match(text, /\bnew\b/);
        assert.match(text, /pulumi up/);
        assert.equal(host().state.connector.certificateSha256, next);
        schedulerAsBefore(host());
        await expectUnverified(next);
      });
    }

    it("a switch that Entra refuses must stay on the new certificate if the old one has expired", async () => {
      const { next } = await afterExpiry();
      host().faults.set("sync01", "signin-event", null);
      refused(await register(next), "VERIFICATION_FAILED");
      assert.equal(host().state.connector.certificateSha256, next);
    });

    it("a switch that Entra refuses must not return a server to a password account", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "signin-event", null);
      refused(await register(sha256), "VERIFICATION_FAILED");
      assert.equal(host().state.connector.certificateSha256, sha256);
      await expectUnverified(sha256);
    });

    it("a switch that Entra refuses must not return to another application", async () => {
      const sha256 = await host().registered();
      host().server.break("application", { appId: OTHER_APP_ID });
      host().faults.set("sync01", "signin-event", null);
      refused(await register(sha256), "VERIFICATION_FAILED");
      assert.equal(host().state.connector.appId, APP_ID);
    });
  });

  /** What proves nothing about the credential. */
  const SILENT: readonly [ServerFault, RegExp][] = [
    ["history-empty", /no run in the history/],
    ["cycle-fails", /stopped-server-down/],
    ["unreadable-facts", /RPC server is unavailable/],
  ];

  describe("a switch without evidence", () => {
    for (const [fault, says] of SILENT) {
      it(`a rotation without evidence must stay, and be reported as unverified (${fault})`, async () => {
        const { next } = await beforeRotation();
        host().faults.set("sync01", fault, null);
        const { action, verification } = result(await register(next, QUICK));
        assert.equal(action, "rotated");
        assert.match(verification?.unverified ?? "", says);
        assert.equal(host().state.connector.certificateSha256, next);
        schedulerAsBefore(host());
        host().faults.clear();
        await expectUnverified(next);
        assert.equal(result(await register(next)).verification?.unverified, null);
        await expectUnverified(null);
      });

      it(`a first link without evidence must succeed, and be reported as unverified (${fault})`, async () => {
        const sha256 = await host().certified();
        host().faults.set("sync01", fault, null);
        const { action, verification } = result(await register(sha256, QUICK));
        assert.deepEqual([action, typeof verification?.unverified], ["linked", "string"]);
        host().faults.clear();
        await expectUnverified(sha256);
      });
    }

    for (const fault of ["history-west", "history-east", "signin-passing"] as const) {
      it(`a good cycle must verify a switch (${fault})`, async () => {
        const { next } = await beforeRotation();
        host().faults.set("sync01", fault, null);
        const { action, verification } = result(await register(next, QUICK));
        assert.deepEqual([action, verification?.unverified], ["rotated", null]);
        assert.ok(verification?.cycle?.results.some(({ connector }) => connector === CONNECTOR));
        await expectUnverified(null);
      });
    }

    it("a passing refusal must not count if only the switch is to be verified", async () => {
      const { next } = await beforeRotation();
      host().faults.set("sync01", "signin-passing", null);
      assert.equal(result(await register(next, { verify: "switch" })).verification?.unverified, null);
      assert.equal(host().state.connector.certificateSha256, next);
    });

    it("a cycle that does not end within the limit must leave the switch unverified", async () => {
      const { next } = await beforeRotation();
      host().faults.set("sync01", "cycle-stuck", null);
      const began = performance.now();
      const { verification } = result(await register(next, QUICK));
      assert.match(verification?.unverified ?? "", /did not end in time/);
      assert.ok(performance.now() - began < 30_000);
      assert.equal(host().state.connector.certificateSha256, next);
      schedulerAsBefore(host());
      await expectUnverified(next);
    });

    it("release must refuse the old certificate until the switch away from it is verified", async () => {
      const { old, next } = await beforeRotation();
      host().faults.set("sync01", "history-empty", null);
      result(await register(next, QUICK));
      refused(await host().run("release", releaseRequest(old)), "SWITCH_UNVERIFIED");
      host().faults.clear();
      result(await register(next));
      result(await host().run("release", releaseRequest(old)));
    });

    it("release must not keep a certificate that is no way back", async () => {
      const { old, next } = await beforeRotation();
      host().server.break("key");
      host().faults.set("sync01", "history-empty", null);
      result(await register(next, QUICK));
      result(await host().run("release", releaseRequest(old)));
    });

    it("register must repeat the verification until it succeeds, and then stop", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "cycle-fails", null);
      assert.ok(result(await register(sha256)).verification?.unverified);
      const { unverified } = await observe();
      assert.ok(result(await register(sha256)).verification?.unverified);
      assert.deepEqual((await observe()).unverified, unverified, "since when it is unverified moved");
      host().faults.clear();
      const again = result(await register(sha256));
      assert.equal(again.action, "none");
      assert.ok(again.verification?.cycle);
      await expectUnverified(null);
      assert.equal(result(await register(sha256)).verification, null);
    });

    it("a switch that was killed in the middle must remain to be verified", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "program-killed", 1);
      await assert.rejects(register(sha256));
      await host().server.linkByHand(APP_ID, sha256);
      await expectUnverified(sha256);
      assert.ok(result(await register(sha256)).verification?.cycle);
      await expectUnverified(null);
    });

    it("a switch that was never made must not be reported as unverified", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "cmdlet-fails", 1);
      refused(await register(sha256), "CMDLET_FAILED");
      await expectUnverified(null);
    });
  });

  describe("rotation without the old credential", () => {
    it("register must link the same application if the rotating cmdlet needs the old key and that is dead", async () => {
      const { next } = await spoiled((current) => current.server.break("key"));
      host().faults.set("sync01", "rotation-needs-old-key", null);
      assert.equal(result(await register(next)).action, "linked");
      const { connector } = host().state;
      assert.deepEqual([connector.appId, connector.certificateSha256], [APP_ID, next]);
    });

    it("register must link the same application if the cmdlet needs the old certificate and that is gone", async () => {
      const { next } = await spoiled((current) => current.server.break("certificate"));
      host().faults.set("sync01", "rotation-needs-old-key", null);
      assert.equal(result(await register(next)).action, "linked");
    });

    it("register must link the same application if the cmdlet needs the old certificate and that has expired", async () => {
      const { next } = await afterExpiry();
      host().faults.set("sync01", "rotation-needs-old-key", null);
      assert.equal(result(await register(next)).action, "linked");
    });

    it("register must rotate while the old key works, whatever the cmdlet needs", async () => {
      const { next } = await beforeRotation();
      host().faults.set("sync01", "rotation-needs-old-key", null);
      assert.equal(result(await register(next)).action, "rotated");
    });
  });

  describe("a pending sign-in", () => {
    it("a pending sign-in must be stored with its one command, its time and its identity", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "sign-in", null);
      const { operatorCommand } = refused(await register(sha256), "SIGNIN_REQUIRED");
      const first = (await observe()).signIn;
      assert.deepEqual([first?.appId, first?.certificateSha256, first?.command], [APP_ID, sha256, operatorCommand]);
      refused(await register(sha256), "SIGNIN_REQUIRED");
      assert.deepEqual((await observe()).signIn, first, "since when it is awaited moved");
    });

    it("a pending sign-in must be described in a text file for a person", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "sign-in", null);
      const { operatorCommand } = refused(await register(sha256), "SIGNIN_REQUIRED");
      const text = host().signInText;
      assert.ok(operatorCommand && text?.includes(operatorCommand), text ?? "no file");
      assert.match(text ?? "", /pulumi up/);
    });

    it("a pending sign-in must not be reported once the connector is switched, and the next register must forget it", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "sign-in", null);
      refused(await register(sha256), "SIGNIN_REQUIRED");
      await host().server.linkByHand(APP_ID, sha256);
      assert.equal((await observe()).signIn, null);
      assert.equal(result(await register(sha256)).action, "none");
      assert.equal(host().signInText, null);
      host().server.break("account");
      assert.equal((await observe()).signIn, null);
    });

    it("a pending sign-in must be forgotten once the switch no longer needs it", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "sign-in", 1);
      refused(await register(sha256), "SIGNIN_REQUIRED");
      assert.equal(result(await register(sha256)).action, "linked");
      assert.equal(host().signInText, null);
      assert.equal((await observe()).signIn, null);
    });
  });

  /** On generation 1, which is then spoiled, with generation 2 made and uploaded. */
  async function spoiled(spoil: (current: ContractHost) => void): Promise<{ next: string }> {
    await host().registered();
    spoil(host());
    return { next: await host().certified(2) };
  }

  /** On generation 1, which has expired, with generation 2 made and uploaded. */
  async function afterExpiry(): Promise<{ next: string }> {
    await host().registered();
    host().world.clock.offset = 400 * 86_400_000;
    return { next: await host().certified(2) };
  }
}

const wholeText = ({ message, expected, actual, remedy }: ReturnType<typeof refused>) =>
  [message, expected, actual, remedy].join(" ");

/** The application holds what is uploaded after this only. */
function dropFirstCredential(current: ContractHost): void {
  current.world.tenant.applications.get(APP_ID)!.certificates.clear();
}
