/** Nothing is taken away without proof: a key in use, and a key that does not answer for a passing reason. */
import assert from "node:assert/strict";
import { SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import { certificateLabel, certificateSubject, keyName } from "../../model/server/labels";
import type { ServerFault } from "../../sandbox/surroundings/faults";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest, observeRequest, releaseRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

/** What a TPM answers while it does not work, and its HRESULT; its keys are good. */
const PASSING: [ServerFault, RegExp][] = [
  ["tpm-locked", /0x80280921/],
  ["tpm-not-ready", /0x80090030/],
];

export function describeDestruction(host: CurrentHost): void {
  const ensure = (changes: Parameters<typeof certificateRequest>[1] = {}) =>
    host().run("ensure-certificate", certificateRequest(1, changes));
  const remove = (changes: Parameters<typeof certificateRequest>[1] = {}) =>
    host().run("remove-certificate", certificateRequest(1, changes));
  const rename = () =>
    host().change((state) => {
      state.certificates[0].label = "renamed by an administrator";
    });
  /** A second certificate with the key of the first, as `certreq -renew` with the same key makes it. */
  const renewed = (subject: string) =>
    host().change((state) => {
      state.certificates.push({ ...state.certificates[0], sha256: "d".repeat(64), label: "renewed", subject });
    });

  /** Refused with this code, with nothing changed on the host; answers the error. */
  async function refusedUntouched(
    run: () => Promise<Awaited<ReturnType<typeof ensure>> | Awaited<ReturnType<typeof remove>>>,
    code: Parameters<typeof refused>[1],
  ) {
    const before = host().state;
    const { answer } = await run();
    assert.equal(answer.changed, false);
    assert.deepEqual({ ...host().state, lockHolder: null }, { ...before, lockHolder: null });
    assert.ok(!answer.ok, JSON.stringify(answer));
    assert.equal(answer.error.code, code, JSON.stringify(answer.error));
    return answer.error;
  }

  describe("a key in use", () => {
    it("remove-certificate must keep the key in use if the certificate's friendly name was changed", async () => {
      await host().registered();
      rename();
      await refusedUntouched(remove, "CERTIFICATE_IN_USE");
    });

    it("remove-certificate must know the certificate in use in any letter case, and answer it in one", async () => {
      const sha256 = await host().registered();
      host().change(({ connector }) => {
        connector.certificateSha256 = sha256.toUpperCase();
      });
      const { stdout } = await host().run("observe", observeRequest());
      assert.ok(stdout.includes(`"appId":"${APP_ID}","certificateSha256":"${sha256}"`), stdout);
      await refusedUntouched(remove, "CERTIFICATE_IN_USE");
      refused(await host().run("release", releaseRequest(sha256)), "CERTIFICATE_IN_USE");
    });

    it("removal of an adopted certificate must keep its key if the connector uses another certificate with that key", async () => {
      const sha256 = await host().registered();
      renewed("CN=renewed");
      await refusedUntouched(() => remove({ adoptSha256: "d".repeat(64) }), "CERTIFICATE_IN_USE");
      assert.equal(host().state.connector.certificateSha256, sha256);
    });

    it("remove-certificate must keep a key that a certificate of another subject has, and name that certificate", async () => {
      result(await ensure());
      renewed("CN=someone else");
      const { actual } = await refusedUntouched(remove, "KEY_SHARED");
      assert.match(actual, /renewed/);
    });

    it("a key that another stack's server has must not be shared, and must not be removed", async () => {
      // Both stacks derive the same container from their names, as earlier releases did.
      const [theirs, ours] = [
        { stack: "a-b", server: "c" },
        { stack: "a", server: "b-c" },
      ].map((identity) => ({
        label: certificateLabel(identity, 1),
        subject: certificateSubject(identity, 1),
        keyName: keyName(identity, 1, false),
      }));
      assert.equal(theirs.keyName, ours.keyName);
      const { sha256 } = result(await ensure(theirs)).after;
      const { actual } = await refusedUntouched(() => ensure(ours), "KEY_SHARED");
      assert.match(actual, /a-b\/c g1/);
      await refusedUntouched(() => remove(ours), "KEY_SHARED");
      assert.equal(result(await ensure(theirs)).after.sha256, sha256);
    });

    it("remove-certificate must remove an unused certificate of its own whose friendly name was changed", async () => {
      result(await ensure());
      rename();
      assert.deepEqual(result(await remove()), {
        before: { certificates: 1, keyFile: true },
        after: { certificates: 0, keyFile: false },
      });
      assert.deepEqual([host().state.certificates, host().state.keys], [[], []]);
    });

    it("ensure-certificate must name another provider's key of the connector's certificate without a way to leave", async () => {
      await host().registered();
      host().server.break("key-software");
      const { remedy } = await refusedUntouched(ensure, "CERTIFICATE_IN_USE");
      assert.doesNotMatch(remedy, /leave|rollback/);
    });
  });

  describe("a key that does not answer", () => {
    for (const [fault, hresult] of PASSING) {
      it(`ensure-certificate must touch nothing while a key does not answer (${fault}), and show the HRESULT`, async () => {
        result(await ensure());
        host().faults.set("sync01", fault, null);
        const { actual } = await refusedUntouched(ensure, "KEY_UNAVAILABLE");
        assert.match(actual, hresult);
      });

      it(`ensure-certificate must not propose a rollback for the connector's certificate (${fault})`, async () => {
        await host().registered();
        host().faults.set("sync01", fault, null);
        const { remedy } = await refusedUntouched(ensure, "KEY_UNAVAILABLE");
        assert.doesNotMatch(remedy, /leave|rollback|generation/);
      });

      it(`ensure-certificate must keep the key of an unfinished run that does not answer (${fault})`, async () => {
        result(await ensure());
        host().change((state) => {
          state.certificates = [];
        });
        host().faults.set("sync01", fault, null);
        await refusedUntouched(ensure, "KEY_UNAVAILABLE");
      });

      it(`adoption must not propose a new certificate while the key does not answer (${fault})`, async () => {
        const { sha256 } = result(await ensure()).after;
        host().faults.set("sync01", fault, null);
        const { remedy } = await refusedUntouched(() => ensure({ adoptSha256: sha256 }), "KEY_UNAVAILABLE");
        assert.doesNotMatch(remedy, /rotate/);
      });

      it(`register must not propose a new generation while the key does not answer (${fault})`, async () => {
        const sha256 = await host().certified();
        host().faults.set("sync01", fault, null);
        const error = refused(await host().run("register", host().registerRequest(sha256)), "KEY_UNAVAILABLE");
        assert.match(error.actual, hresult);
        assert.doesNotMatch(error.remedy, /generation/);
      });

      it(`observe must show that a key does not answer, as opposed to a dead one (${fault})`, async () => {
        result(await ensure());
        host().faults.set("sync01", fault, null);
        const request = { protocol: 1, server: "sync01", labelPrefix: "ConnectSyncIdentity ", eventHours: 1 };
        const [{ keyUsable, keyFault, keyProblem }] = result(await host().run("observe", request)).certificates;
        assert.deepEqual([keyUsable, keyFault], [false, "passing"]);
        assert.match(keyProblem ?? "", hresult);
      });
    }

    it("ensure-certificate must remove what it made if the new key does not sign", async () => {
      host().faults.set("sync01", "tpm-locked", null);
      await refusedUntouched(ensure, "KEY_UNAVAILABLE");
    });

    it("remove-certificate must keep certificate and key while the key cannot be deleted", async () => {
      result(await ensure());
      host().faults.set("sync01", "tpm-not-ready", null);
      const { actual } = await refusedUntouched(remove, "KEY_UNAVAILABLE");
      assert.match(actual, /0x80090030/);
    });

    it("remove-certificate must keep a certificate whose key with another provider does not open", async () => {
      result(await ensure());
      host().faults.set("sync01", "tpm-not-ready", null);
      const elsewhere = { keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true };
      await refusedUntouched(() => remove(elsewhere), "KEY_UNAVAILABLE");
    });

    it("ensure-certificate must leave a dead key of the connector's certificate to a new generation", async () => {
      const sha256 = await host().registered();
      host().server.break("key");
      const { remedy } = await refusedUntouched(ensure, "KEY_UNUSABLE");
      assert.match(remedy, /generation/);
      assert.equal(host().state.connector.certificateSha256, sha256);
      assert.equal(host().state.connector.appId, APP_ID);
    });

    it("a rotation that fails must not be followed by a link while the old key does not answer", async () => {
      await host().registered();
      const request = certificateRequest(2, { keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true });
      const { after } = result(await host().run("ensure-certificate", request));
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      host().faults.set("sync01", "tpm-locked", null);
      host().faults.set("sync01", "rotation-needs-old-key", null);
      const before = host().state.connector;
      const register = host().registerRequest(after.sha256, { allowSoftwareKey: true });
      refused(await host().run("register", register), "CMDLET_FAILED");
      assert.deepEqual(host().state.connector, before);
    });
  });
}
