/** A certificate that a CA of the organisation issued, named by its hash (`adoptSha256` with `issued`); and service accounts. */
import assert from "node:assert/strict";
import * as x509 from "@peculiar/x509";
import { STEPS } from "../../model/protocol/host-progress";
import { SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import type { IssuedByHand } from "../../sandbox/server/machine-authority";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest, observeRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

const SUBJECT = "CN=SYNC01.contoso.com";

export function describeIssued(host: CurrentHost): void {
  const request = (adoptSha256: string, changes: Parameters<typeof certificateRequest>[1] = {}) =>
    certificateRequest(1, { adoptSha256, issued: true, ...changes });
  const take = (sha256: string, changes: Parameters<typeof certificateRequest>[1] = {}) =>
    host().run("ensure-certificate", request(sha256, changes));
  const after = (run: Awaited<ReturnType<typeof take>>) => (result(run).after.acl ?? []).map(({ sid }) => sid);
  const issued = (options?: IssuedByHand) => host().server.issueByHand(options);

  /** The certificate is refused for these reasons, and nothing of the server is changed. */
  async function unsuitable(sha256: string, ...reasons: RegExp[]): Promise<void> {
    const before = host().state;
    const error = refused(await take(sha256), "CERTIFICATE_UNSUITABLE");
    for (const reason of reasons) assert.match(error.actual, reason);
    assert.equal(error.actual.split("; ").length, reasons.length, error.actual);
    assert.deepEqual(host().state, before);
  }

  describe("service accounts", () => {
    for (const [kind, account, spellings] of [
      ["a virtual account", null, ["NT SERVICE\\ADSync", "nt service\\adsync"]],
      ["a group managed account", "CONTOSO\\gmsa-sync$", ["CONTOSO\\gmsa-sync$", "contoso\\GMSA-SYNC$"]],
      ["a standalone managed account", "CONTOSO\\smsa-sync$", ["CONTOSO\\smsa-sync$"]],
      ["a domain account", "CONTOSO\\svc-sync", ["CONTOSO\\svc-sync", "svc-sync@contoso.com"]],
      ["a local account", ".\\AAD_1", [".\\AAD_1", "SYNC01\\AAD_1"]],
    ] as const) {
      it(`${kind} must be the declared one by its SID, and read the key of a CA's certificate`, async () => {
        if (account !== null) host().server.runServiceUnder(account);
        const sid = host().state.service.accountSid;
        const sha256 = await issued();
        for (const serviceAccount of [...spellings, sid]) {
          const { after } = result(await take(sha256, { serviceAccount }));
          assert.ok(
            after.acl?.some((rule) => rule.sid === sid && rule.allow),
            serviceAccount,
          );
        }
        refused(await take(sha256, { serviceAccount: "S-1-5-21-9-9-9-1000" }), "SERVICE_ACCOUNT_UNEXPECTED");
        const used = after(await take(sha256));
        assert.deepEqual(
          used.filter((one) => ![sid, "S-1-5-18", "S-1-5-32-544"].includes(one)),
          [],
        );
      });
    }
  });

  describe("a certificate of a CA", () => {
    it("the CA's certificate must be taken as it is, with the access rules of the service account", async () => {
      const sha256 = await issued();
      const run = await take(sha256);
      const { after } = result(run);
      assert.deepEqual([after.sha256, after.label, after.subject], [sha256, "", SUBJECT]);
      assert.deepEqual(after.issuance, {
        issuer: "CN=Contoso Issuing CA",
        trusted: true,
        problem: null,
        revocation: "good",
        revocationProblem: null,
      });
      assert.equal(run.answer.changed, true);
      const sids = after.acl?.map(({ sid }) => sid).sort();
      assert.deepEqual(sids, ["S-1-5-18", "S-1-5-32-544", host().state.service.accountSid].sort());
      assert.equal((await take(sha256)).answer.changed, false);
    });

    it("a certificate of a CA must be registered like one that was made here", async () => {
      const sha256 = await issued();
      const { after } = result(await take(sha256));
      host().world.tenant.upload(APP_ID, Buffer.from(after.certificate, "base64"));
      assert.equal(result(await host().run("register", host().registerRequest(sha256))).action, "linked");
    });

    it("a certificate of a CA must be observed by its hash before the connector uses it", async () => {
      const sha256 = await issued();
      const seen = async (changes = {}) =>
        result(await host().run("observe", { ...observeRequest(), ...changes })).certificates.map((one) => one.sha256);
      assert.deepEqual(await seen(), []);
      assert.deepEqual(await seen({ issuedSha256: sha256 }), [sha256]);
    });

    it("a self-signed certificate must have no CA in an observation", async () => {
      await host().registered();
      assert.equal(result(await host().run("observe", observeRequest())).certificates[0].issuance, null);
    });

    it("a certificate that is not there must be refused, and none made", async () => {
      const before = host().state;
      const error = refused(await take("0".repeat(64)), "CERTIFICATE_MISSING");
      assert.match(error.remedy, /certificate\.source/);
      assert.deepEqual(host().state, before);
    });

    it("every reason against a certificate must be in one message", async () => {
      const sha256 = await issued({
        keyUsages: x509.KeyUsageFlags.keyEncipherment,
        purposes: ["1.3.6.1.5.5.7.3.1"],
        exportable: true,
      });
      await unsuitable(
        sha256,
        /its key usage lacks DigitalSignature: KeyEncipherment/,
        /its extended key usage lacks client authentication: 1\.3\.6\.1\.5\.5\.7\.3\.1/,
        /its key can be exported/,
      );
    });

    it("a certificate that is over must be refused", async () => {
      const sha256 = await issued({ days: 30 });
      host().world.clock.offset = 31 * 24 * 60 * 60_000;
      await unsuitable(sha256, /^it expired on /);
    });

    it("a certificate that its CA revoked must be refused", async () => {
      const sha256 = await issued();
      host().server.break("ca-revoked");
      await unsuitable(sha256, /^its CA revoked it$/);
    });

    it("a certificate whose chain is not trusted must be refused", async () => {
      const sha256 = await issued();
      host().change((state) => {
        delete state.authority;
      });
      await unsuitable(sha256, /^its chain is not trusted: PartialChain: /);
    });

    it("a certificate that signs itself must be refused as one of a CA", async () => {
      const { after } = result(await host().run("ensure-certificate", certificateRequest()));
      await unsuitable(after.sha256, /^it signs itself: no CA issued it$/);
    });

    it("a revocation that cannot be looked up must be reported, and refuse nothing", async () => {
      const sha256 = await issued();
      host().faults.set("sync01", "crl-unreachable", null);
      const { after } = result(await take(sha256));
      assert.equal(after.issuance?.revocation, "unchecked");
      assert.match(after.issuance?.revocationProblem ?? "", /revocation server was offline/);
    });

    it("a software key must be refused unless it is allowed", async () => {
      const sha256 = await issued({ keyProvider: SOFTWARE_PROVIDER });
      refused(await take(sha256), "KEY_NOT_IN_HARDWARE");
      assert.equal(result(await take(sha256, { allowSoftwareKey: true })).after.keyProvider, SOFTWARE_PROVIDER);
    });

    it("the key of a legacy CSP must be named as the reason", async () => {
      const provider = "Microsoft RSA SChannel Cryptographic Provider";
      const sha256 = await issued({ keyProvider: provider, legacy: true });
      const before = host().state;
      for (const changes of [{ issued: true }, { issued: undefined }]) {
        const error = refused(await take(sha256, { allowSoftwareKey: true, ...changes }), "KEY_UNUSABLE");
        assert.match(error.actual, /the legacy CSP "Microsoft RSA SChannel Cryptographic Provider" keeps it/);
      }
      assert.deepEqual(host().state, before);
    });

    it("a key without a file must be refused, as there is nothing whose access rules could be set", async () => {
      const sha256 = await issued({ keyProvider: "Contoso HSM Key Storage Provider" });
      host().changeWindows((windows) => {
        const getKey = windows.getKey.bind(windows);
        windows.getKey = (hash) => {
          const found = getKey(hash);
          return { ...found, key: found.key && { ...found.key, keyFile: null } };
        };
      });
      const before = host().state;
      assert.match(
        refused(await take(sha256, { allowSoftwareKey: true }), "KEY_ACL_NOT_SET").actual,
        /a key without a file/,
      );
      assert.deepEqual(host().state, before);
    });

    it("removal must leave the certificate of a CA and its key in the store, and report that", async () => {
      const sha256 = await issued();
      result(await take(sha256));
      const before = host().state;
      const run = await host().run("remove-certificate", request(sha256));
      const found = { certificates: 1, keyFile: true };
      assert.deepEqual(result(run), { before: found, after: found });
      assert.equal(run.answer.changed, false);
      assert.match(run.stderr, new RegExp(STEPS.keepingIssued));
      assert.deepEqual(host().state, before);
    });

    it("removal of a certificate of a CA must succeed if it is gone", async () => {
      const run = await host().run("remove-certificate", request("0".repeat(64)));
      assert.deepEqual(result(run).after, { certificates: 0, keyFile: false });
    });
  });
}
