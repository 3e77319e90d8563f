/** `rollback` and `remove-legacy-account`: password accounts, each only where asked for by name. */
import assert from "node:assert/strict";
import { STEPS } from "../../model/protocol/host-progress";
import type { HostOperation, RemoveLegacyAccountRequest, RollbackRequest } from "../../model/protocol/host-protocol";
import { refused, result, schedulerAsBefore } from "./assertions";
import { asciiJson, requestText } from "../../model/protocol/request-text";
import { APP_ID, OTHER_APP_ID, observeRequest, type Run } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describeAccounts(host: CurrentHost): void {
  const credential = (password = host().directory.administrator.password) => ({
    userName: host().directory.administrator.userName,
    password,
  });
  const rollback = (changes: Partial<RollbackRequest> = {}) =>
    host().run(
      "rollback",
      requestText({
        protocol: 1,
        server: "sync01",
        rollback: "to-service-account",
        appId: APP_ID,
        bounds: { cycleSeconds: 1, cmdletSeconds: 10 },
        credential: credential(),
        ...changes,
      }),
    );
  const remove = (removeLegacyAccount: string, changes: Partial<RemoveLegacyAccountRequest> = {}) =>
    host().run(
      "remove-legacy-account",
      requestText({
        protocol: 1,
        server: "sync01",
        removeLegacyAccount,
        bounds: { cmdletSeconds: 10 },
        credential: credential(),
        ...changes,
      }),
    );
  const documentedName = () => `Sync_SYNC01_${host().state.machineIdentifier.slice(0, 12)}`;

  function repeatsNoCredential(run: Run<HostOperation>): void {
    const { userName, password } = host().directory.administrator;
    for (const secret of [userName, password, asciiJson(password).slice(1, -1)]) {
      assert.ok(!run.stdout.includes(secret) && !run.stderr.includes(secret), "the answer repeats the credential");
    }
  }

  describe("observe", () => {
    it("observe must return the name that the product gives this server's account", async () => {
      const { legacyAccountName } = result(await host().run("observe", observeRequest()));
      assert.equal(legacyAccountName, documentedName());
    });
  });

  describe("rollback", () => {
    it("rollback must put the connector on the documented account, with the scheduler as before", async () => {
      const sha256 = await host().registered();
      const run = await rollback();
      const { before, after, accountName, mayOnboardAgain, pausedSeconds } = result(run);
      assert.equal(run.answer.changed, true);
      assert.equal(before.connector.certificateSha256, sha256);
      assert.equal(after.connector.identityType, "ServiceAccount");
      assert.deepEqual([accountName, mayOnboardAgain], [documentedName(), false]);
      assert.equal(host().state.connector.userName, `${documentedName()}@contoso.onmicrosoft.com`);
      assert.ok(host().directory.accounts.has(documentedName()));
      assert.ok(pausedSeconds > 0 && pausedSeconds < 30);
      assert.ok(run.stderr.includes(`sync01: ${STEPS.leaving} (0 s of 10 s)`), run.stderr);
      repeatsNoCredential(run);
      schedulerAsBefore(host());
    });

    it("rollback must leave certificate and key in place", async () => {
      const sha256 = await host().registered();
      result(await rollback());
      assert.deepEqual(
        host().state.certificates.map((entry) => entry.sha256),
        [sha256],
      );
      assert.equal(host().state.keys.length, 1);
    });

    it("rollback must do nothing on a password account", async () => {
      await host().registered();
      result(await rollback());
      const state = host().state;
      const run = await rollback();
      assert.equal(result(run).accountName, documentedName());
      assert.equal(run.answer.changed, false);
      assert.deepEqual(host().state, state);
    });

    it("rollback must say that an older build may onboard again on its own", async () => {
      await host().registered();
      host().change((state) => {
        state.version = "2.5.190.0";
      });
      assert.equal(result(await rollback()).mayOnboardAgain, true);
    });

    it("rollback must not run without its named switch", async () => {
      await host().registered();
      const state = host().state;
      for (const named of [undefined, "yes", ""]) {
        refused(await rollback({ rollback: named as never }), "INVALID_REQUEST");
      }
      assert.deepEqual(host().state, state);
    });

    it("rollback must refuse if the connector uses an application other than the named one", async () => {
      await host().registered();
      const state = host().state;
      refused(await rollback({ appId: OTHER_APP_ID }), "CONNECTOR_UNEXPECTED");
      assert.deepEqual(host().state, state);
      schedulerAsBefore(host());
    });

    it("rollback must restore what an interrupted run left", async () => {
      await host().registered();
      host().server.break("scheduler");
      assert.equal(result(await rollback()).restoredInterruptedPause, true);
      schedulerAsBefore(host());
    });

    const refusals = [
      ["CREDENTIAL_REFUSED", () => ({ credential: credential("wrong") }), null],
      ["MFA_REQUIRED", () => ({}), "mfa"],
    ] as const;
    for (const [code, changes, fault] of refusals) {
      it(`rollback must return ${code}, leave connector and scheduler unchanged, and not repeat the credential`, async () => {
        await host().registered();
        const { connector } = host().state;
        if (fault) host().faults.set("sync01", fault, null);
        const run = await rollback(changes());
        refused(run, code);
        assert.deepEqual(host().state.connector, connector);
        assert.equal(run.answer.changed, false);
        repeatsNoCredential(run);
        schedulerAsBefore(host());
      });
    }

    it("rollback must leave the connector unchanged if the tenant accepts no more accounts", async () => {
      const sha256 = await host().registered();
      host().directory.limit = 0;
      refused(await rollback(), "CMDLET_FAILED");
      assert.equal(host().state.connector.certificateSha256, sha256);
      schedulerAsBefore(host());
    });

    it("rollback must give up if a sync cycle does not end", async () => {
      const sha256 = await host().registered();
      host().server.startCycle(600);
      refused(await rollback({ bounds: { cycleSeconds: 0, cmdletSeconds: 10 } }), "CYCLE_STILL_RUNNING");
      assert.equal(host().state.connector.certificateSha256, sha256);
      schedulerAsBefore(host());
    });

    it("rollback must forget a pending sign-in for the former identity", async () => {
      await host().registered();
      const next = await host().certified(2);
      host().faults.set("sync01", "sign-in", 1);
      refused(await host().run("register", host().registerRequest(next)), "SIGNIN_REQUIRED");
      result(await rollback());
      const { signIn, unverified } = result(await host().run("observe", observeRequest()));
      assert.deepEqual([signIn, unverified], [null, null]);
      assert.equal(host().signInText, null);
    });

    it("rollback must refuse while another operation is running", async () => {
      await host().registered();
      host().faults.set("sync01", "busy", null);
      refused(await rollback(), "BUSY");
    });
  });

  describe("remove-legacy-account", () => {
    it("remove-legacy-account must remove the named account", async () => {
      await host().registered();
      host().directory.accounts.add(documentedName());
      host().directory.accounts.add("Sync_SYNC09_aaaaaaaaaaaa");
      const run = await remove(documentedName());
      assert.equal(result(run).accountName, documentedName());
      assert.deepEqual([...host().directory.accounts], ["Sync_SYNC09_aaaaaaaaaaaa"]);
      repeatsNoCredential(run);
    });

    it("remove-legacy-account must not remove the account that the connector uses, regardless of case", async () => {
      const [name] = host().state.connector.userName.split("@");
      host().directory.accounts.add(name);
      refused(await remove(name), "ACCOUNT_IN_USE");
      refused(await remove(`Sync_sync01_${name.split("_")[2].toUpperCase()}`), "ACCOUNT_IN_USE");
      assert.ok(host().directory.accounts.has(name));
    });

    it("remove-legacy-account must not remove an account of another server", async () => {
      await host().registered();
      host().directory.accounts.add("Sync_SYNC02_aaaaaaaaaaaa");
      refused(await remove("Sync_SYNC02_aaaaaaaaaaaa"), "ACCOUNT_UNEXPECTED");
      refused(await remove("Sync_SYNC01X_aaaaaaaaaaa"), "ACCOUNT_UNEXPECTED");
      assert.ok(host().directory.accounts.has("Sync_SYNC02_aaaaaaaaaaaa"));
    });

    it("remove-legacy-account must refuse a name that is not an account's", async () => {
      for (const name of ["", "admin", "Sync_", "Sync_SYNC01_a;b"]) refused(await remove(name), "INVALID_REQUEST");
    });

    const refusals = [
      ["CREDENTIAL_REFUSED", () => ({ credential: credential("wrong") }), null],
      ["MFA_REQUIRED", () => ({}), "mfa"],
    ] as const;
    for (const [code, changes, fault] of refusals) {
      it(`remove-legacy-account must return ${code}, leave the account in place, and not repeat the credential`, async () => {
        await host().registered();
        host().directory.accounts.add(documentedName());
        if (fault) host().faults.set("sync01", fault, null);
        const run = await remove(documentedName(), changes());
        refused(run, code);
        assert.ok(host().directory.accounts.has(documentedName()));
        assert.equal(run.answer.changed, false);
        repeatsNoCredential(run);
      });
    }

    it("remove-legacy-account must report an account that does not exist", async () => {
      await host().registered();
      refused(await remove(documentedName()), "CMDLET_FAILED");
    });
  });
}
