/** A certificate that was set up by hand and is taken over as it is, by its hash (`adoptSha256`). */
import assert from "node:assert/strict";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../model/protocol/host-protocol";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

const LABEL = "Entra Connect certificate of 2025";

export function describeAdoption(host: CurrentHost): void {
  const ensure = (adoptSha256: string) => host().run("ensure-certificate", certificateRequest(1, { adoptSha256 }));
  const remove = (adoptSha256: string) => host().run("remove-certificate", certificateRequest(1, { adoptSha256 }));

  /** A certificate of somebody else in the machine store; answers its hash. */
  async function foreign(changes: Parameters<typeof certificateRequest>[1] = {}): Promise<string> {
    const subject = "CN=made by hand";
    const request = certificateRequest(9, { label: LABEL, keyName: "te-8c1d", subject, ...changes });
    return result(await host().run("ensure-certificate", request)).after.sha256;
  }

  describe("adopting a certificate", () => {
    for (const keyProvider of [TPM_PROVIDER, SOFTWARE_PROVIDER]) {
      it(`adoption must accept the certificate with the declared hash unchanged (${keyProvider})`, async () => {
        const sha256 = await foreign({ keyProvider, allowSoftwareKey: keyProvider === SOFTWARE_PROVIDER });
        const state = host().state;
        const run = await ensure(sha256);
        const { before, after } = result(run);
        assert.deepEqual([after.sha256, after.label, after.subject], [sha256, LABEL, "CN=made by hand"]);
        assert.deepEqual(before, after);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(host().state, state);
      });
    }

    it("adoption must accept a certificate without a label", async () => {
      const sha256 = await foreign();
      host().change((state) => {
        state.certificates[0].label = "";
      });
      assert.equal(result(await ensure(sha256)).after.label, "");
    });

    it("adoption must set the access rules of the key as for a certificate of the project", async () => {
      const sha256 = await foreign();
      host().change(({ keys }) => {
        keys[0].access.push({ sid: "S-1-5-32-545", account: "BUILTIN\\Users", rights: "Read", allow: true });
      });
      const run = await ensure(sha256);
      const sids = result(run).after.acl?.map((rule) => rule.sid);
      assert.equal(run.answer.changed, true);
      assert.deepEqual(sids?.sort(), ["S-1-5-18", "S-1-5-32-544", host().state.service.accountSid].sort());
    });

    it("adoption must not create a certificate if the declared one is missing", async () => {
      const before = host().state;
      refused(await ensure("0".repeat(64)), "CERTIFICATE_MISSING");
      assert.deepEqual(host().state, before);
    });

    it("adoption must refuse a hash that two certificates have", async () => {
      const sha256 = await foreign();
      host().change((state) => state.certificates.push({ ...state.certificates[0], label: "copy" }));
      refused(await ensure(sha256), "CERTIFICATE_AMBIGUOUS");
    });

    it("adoption must refuse a certificate with a dead key, and leave it in place", async () => {
      const sha256 = await foreign();
      host().change((state) => {
        state.keys[0].dead = "the TPM no longer has this key";
      });
      const before = host().state;
      refused(await ensure(sha256), "KEY_UNUSABLE");
      assert.deepEqual(host().state, before);
    });

    it("an adopted certificate must be registered like one of the project", async () => {
      const sha256 = await foreign();
      const { after } = result(await ensure(sha256));
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      assert.equal(result(await host().run("register", host().registerRequest(sha256))).action, "linked");
      assert.equal(host().state.connector.certificateSha256, sha256);
    });
  });

  describe("removing an adopted certificate", () => {
    it("removal of an adopted certificate must remove certificate and key, and nothing else with that label", async () => {
      const sha256 = await foreign();
      const other = result(
        await host().run("ensure-certificate", certificateRequest(8, { label: "another", keyName: "te-other" })),
      ).after.sha256;
      host().change((state) => {
        for (const entry of state.certificates) entry.label = "";
      });
      const run = await remove(sha256);
      assert.deepEqual(result(run), {
        before: { certificates: 1, keyFile: true },
        after: { certificates: 0, keyFile: false },
      });
      assert.equal(run.answer.changed, true);
      assert.deepEqual(
        host().state.certificates.map((entry) => entry.sha256),
        [other],
      );
      assert.deepEqual(
        host().state.keys.map(({ name }) => name),
        ["te-other"],
      );
    });

    it("removal of an adopted certificate must refuse the one that the connector uses", async () => {
      const sha256 = await foreign();
      const { after } = result(await ensure(sha256));
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      result(await host().run("register", host().registerRequest(sha256)));
      const before = host().state;
      refused(await remove(sha256), "CERTIFICATE_IN_USE");
      assert.deepEqual(host().state, before);
    });

    it("removal of an adopted certificate must succeed if it no longer exists", async () => {
      const run = await remove("0".repeat(64));
      assert.deepEqual(result(run).before, { certificates: 0, keyFile: false });
      assert.equal(run.answer.changed, false);
    });
  });
}
