/** `observe`: what it tells and that it changes nothing. */
import assert from "node:assert/strict";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest, label, observeRequest, USER_NAME } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describeObserve(host: CurrentHost): void {
  describe("observe", () => {
    const observe = async () => result(await host().run("observe", observeRequest()));

    it("observe must return product, service, TPM, connector and scheduler", async () => {
      const facts = await observe();
      assert.equal(facts.product.version, "2.6.84.0");
      assert.ok(facts.product.cmdlets["Add-ADSyncApplicationRegistration"].includes("CertificateSHA256Hash"));
      assert.match(facts.service.accountSid ?? "", /^S-1-5-80-/);
      assert.deepEqual([facts.tpm?.present, facts.tpm?.ready], [true, true]);
      assert.equal(facts.connector.identityType, "ServiceAccount");
      assert.equal(facts.connector.userName, USER_NAME);
      assert.equal(facts.scheduler.SyncCycleEnabled, true);
      assert.equal(facts.passwordWriteback, false);
      assert.equal(facts.machineIdentifier, host().state.machineIdentifier);
      assert.deepEqual([facts.interrupted, facts.program.sha256], [null, null]);
    });

    it("observe must return certificate, key and access rules of the project's certificates", async () => {
      const sha256 = await host().registered();
      const { certificates, connector, service } = await observe();
      assert.equal(connector.appId, APP_ID);
      assert.equal(connector.certificateSha256, sha256);
      assert.equal(certificates.length, 1);
      const [certificate] = certificates;
      assert.deepEqual([certificate.sha256, certificate.label], [sha256, label(1)]);
      assert.deepEqual([certificate.keyUsable, certificate.keyInHardware, certificate.keyProblem], [true, true, null]);
      assert.ok(certificate.acl?.some((rule) => rule.sid === service.accountSid && rule.allow));
    });

    it("observe must not return foreign certificates that the connector does not use", async () => {
      await host().certified();
      host().change((state) => {
        state.certificates[0].label = "Web server";
      });
      assert.deepEqual((await observe()).certificates, []);
    });

    it("observe must return the connector's certificate whatever its label", async () => {
      await host().registered();
      host().change((state) => {
        state.certificates[0].label = "Web server";
      });
      assert.equal((await observe()).certificates.length, 1);
    });

    it("observe must change nothing on the host", async () => {
      await host().registered();
      const before = host().state;
      await observe();
      await observe();
      assert.deepEqual(host().state, before);
    });

    it("observe must answer while another operation holds the lock, and must not take it", async () => {
      host().faults.set("sync01", "busy", null);
      await observe();
      assert.equal(host().state.lockHolder, null);
    });

    it("observe must return a dead key with its reason", async () => {
      await host().registered();
      host().server.break("key");
      const [certificate] = (await observe()).certificates;
      assert.equal(certificate.keyUsable, false);
      assert.ok(certificate.keyProblem);
    });

    it("observe must return a key whose signature does not verify as unusable", async () => {
      await host().registered();
      host().faults.set("sync01", "pss-unverified", null);
      const [certificate] = (await observe()).certificates;
      assert.deepEqual([certificate.keyUsable, certificate.keyInHardware], [false, true]);
      assert.match(certificate.keyProblem ?? "", /verify/);
    });

    it("observe must return what an interrupted run left, and leave it in place", async () => {
      host().server.break("scheduler");
      const { interrupted } = await observe();
      assert.equal(interrupted?.operation, "register");
      assert.deepEqual([interrupted?.syncCycleEnabled, interrupted?.restoreTask], [true, false]);
      assert.ok(host().pauseRecord);
      assert.equal(host().state.scheduler.SyncCycleEnabled, false);
    });

    it("observe must return recent events, and none if none are requested", async () => {
      host().change((state) => {
        state.events.push({ time: new Date().toISOString(), id: 906, message: "AADSTS700027: example" });
      });
      assert.deepEqual(
        (await observe()).events.map((event) => event.id),
        [906],
      );
      assert.deepEqual(result(await host().run("observe", observeRequest(0))).events, []);
    });

    it("observe must return an old version and a missing TPM as facts, not refuse", async () => {
      host().faults.set("sync01", "old-version", null);
      host().faults.set("sync01", "no-tpm", null);
      const facts = await observe();
      assert.deepEqual([facts.product.version, facts.tpm?.present], ["2.5.76.0", false]);
    });

    it("each fact that Windows does not say must cost that fact alone, with its reason", async () => {
      await host().registered();
      host().faults.set("sync01", "unreadable-facts", null);
      const { unreadable, ...facts } = await observe();
      const { tpm, events, passwordWriteback, machineIdentifier, azureInstance, serviceProxy, legacyAccountName } =
        facts;
      assert.deepEqual(
        [tpm, events, passwordWriteback, machineIdentifier, azureInstance, serviceProxy, legacyAccountName],
        [null, [], null, null, null, null, null],
      );
      assert.deepEqual(
        unreadable?.map(({ field }) => field),
        [
          "tpm",
          "passwordWriteback",
          "machineIdentifier",
          "azureInstance",
          "serviceProxy",
          "events",
          "legacyAccountName",
        ],
      );
      for (const { reason } of unreadable ?? []) assert.match(reason, /RPC server is unavailable/);
      assert.equal(facts.connector.appId, APP_ID);
      assert.equal(facts.certificates[0].keyUsable, true);
    });

    it("an account that no domain controller resolves must cost an observation its SID, and stop a change", async () => {
      await host().registered();
      host().change((state) => {
        state.service.account = "CONTOSO\\gmsa-sync$";
        state.accounts.push({ account: "CONTOSO\\gmsa-sync$", sid: state.service.accountSid });
      });
      host().faults.set("sync01", "no-domain-controller", null);
      const { service, unreadable, certificates } = await observe();
      assert.deepEqual([service.account, service.accountSid], ["CONTOSO\\gmsa-sync$", null]);
      assert.equal(certificates[0].keyUsable, true);
      const [lost, ...others] = unreadable!;
      assert.deepEqual([lost.field, others], ["service.accountSid", []]);
      assert.match(lost.reason, /trust relationship .* failed \(0x/);
      const error = refused(await host().run("ensure-certificate", certificateRequest(2)), "UNEXPECTED");
      assert.match(error.actual, /trust relationship/);
      host().faults.clear();
      assert.equal((await observe()).service.accountSid, host().state.service.accountSid);
    });

    it("observe must refuse a caller without administrator rights", async () => {
      host().faults.set("sync01", "not-administrator", null);
      refused(await host().run("observe", observeRequest()), "NOT_ADMINISTRATOR");
    });

    it("observe must refuse a host without Entra Connect Sync", async () => {
      host().faults.set("sync01", "no-adsync", null);
      refused(await host().run("observe", observeRequest()), "ADSYNC_MISSING");
    });

    it("observe must refuse a host whose service is not running", async () => {
      host().change((state) => {
        state.service.status = "Stopped";
      });
      refused(await host().run("observe", observeRequest()), "SERVICE_STOPPED");
    });
  });
}
