/** `ensure-certificate`, `remove-certificate` and `release`. */
import assert from "node:assert/strict";
import { checkCertificate } from "../../model/certificate/certificate-policy";
import type { ConnectorFacts } from "../../model/protocol/host-facts";
import { SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import type { ServerFault } from "../../sandbox/surroundings/faults";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest, label, OTHER_APP_ID, releaseRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describeCertificates(host: CurrentHost): void {
  const ensure = (changes: Parameters<typeof certificateRequest>[1] = {}) =>
    host().run("ensure-certificate", certificateRequest(1, changes));
  const remove = (generation = 1) => host().run("remove-certificate", certificateRequest(generation));

  describe("ensure-certificate", () => {
    it("ensure-certificate must create a certificate that matches its claims and the policy", async () => {
      const run = await ensure();
      const { before, after } = result(run);
      assert.equal(before, null);
      assert.equal(run.answer.changed, true);
      const expected = { server: "sync01", subject: `CN=${label(1)}`, lifetime: "365 days" } as const;
      assert.deepEqual(checkCertificate(after, expected), []);
      assert.deepEqual([after.keyUsable, after.keyInHardware], [true, true]);
    });

    it("a new certificate must be valid from ten minutes ago", async () => {
      const { after } = result(await ensure());
      const age = Date.now() - new Date(after.notBefore).getTime();
      assert.ok(age >= 10 * 60_000 && age < 11 * 60_000, `${age} ms`);
    });

    it("a new certificate must be valid for exactly the declared lifetime", async () => {
      const { after } = result(await ensure());
      const validity = new Date(after.notAfter).getTime() - new Date(after.notBefore).getTime();
      assert.equal(validity, 365 * 86_400_000);
    });

    it("only the service account, SYSTEM and Administrators must have access to a new key", async () => {
      const { after } = result(await ensure());
      const sids = after.acl?.map((rule) => rule.sid).sort();
      assert.deepEqual(sids, ["S-1-5-18", "S-1-5-32-544", host().state.service.accountSid].sort());
    });

    it("ensure-certificate must do nothing the second time", async () => {
      const first = result(await ensure());
      const state = host().state;
      const run = await ensure();
      const second = result(run);
      assert.equal(run.answer.changed, false);
      assert.deepEqual([second.before, second.after], [first.after, first.after]);
      assert.deepEqual(host().state, state);
    });

    it("ensure-certificate must finish a run that created only the key", async () => {
      await ensure();
      const key = host().state.keys[0].privateKey;
      host().change((state) => {
        state.certificates = [];
      });
      result(await ensure());
      assert.deepEqual(
        host().state.keys.map((entry) => entry.privateKey),
        [key],
      );
    });

    it("ensure-certificate must create a new key if the key of an unfinished run does not open", async () => {
      await ensure();
      const key = host().state.keys[0].privateKey;
      host().server.break("key");
      host().change((state) => {
        state.certificates = [];
      });
      assert.equal(result(await ensure()).after.keyUsable, true);
      const { keys } = host().state;
      assert.equal(keys.length, 1);
      assert.notEqual(keys[0].privateKey, key);
    });

    for (const what of ["acl", "acl-wide"]) {
      it(`ensure-certificate must repair access rules (${what}) without a new certificate`, async () => {
        const first = result(await ensure());
        host().server.break(what);
        const run = await ensure();
        assert.equal(run.answer.changed, true);
        assert.deepEqual(result(run).after, first.after);
      });
    }

    it("ensure-certificate must not remove a dead key in the run that finds it: another generation follows", async () => {
      result(await ensure());
      host().server.break("key");
      const before = host().state;
      assert.match(refused(await ensure(), "KEY_UNUSABLE").remedy, /generation/);
      assert.deepEqual(host().state, before);
      result(await host().run("ensure-certificate", certificateRequest(2)));
      result(await remove());
      assert.equal(host().state.certificates.length, 1);
    });

    /** What a TPM without the right PSS answers, or does. */
    const noPss: [ServerFault, RegExp][] = [
      ["pss-salt", /0x80070423/],
      ["pss-none", /0x80090029/],
      ["pss-size", /PSS Salt Size 1/],
      ["pss-unverified", /does not verify/],
    ];
    for (const [fault, says] of noPss) {
      it(`ensure-certificate must refuse a TPM that cannot sign for Entra, and remove what it created (${fault})`, async () => {
        const before = host().state;
        host().faults.set("sync01", fault, null);
        const run = await ensure();
        const { remedy, actual } = refused(run, "TPM_SIGNATURE_INVALID");
        assert.match(remedy, /firmware/);
        assert.match(actual, says);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(host().state, before);
      });

      it(`a TPM that cannot sign for Entra must not cost an existing key, nor be answered with another one (${fault})`, async () => {
        const sha256 = await host().certified();
        host().faults.set("sync01", fault, null);
        refused(await ensure(), "TPM_SIGNATURE_INVALID");
        refused(await ensure({ adoptSha256: sha256 }), "TPM_SIGNATURE_INVALID");
        refused(await host().run("register", host().registerRequest(sha256)), "TPM_SIGNATURE_INVALID");
        assert.equal(host().state.certificates.length, 1);
        assert.equal(host().state.keys.length, 1);
      });

      it(`a TPM that cannot sign for Entra must not concern a software key (${fault})`, async () => {
        host().faults.set("sync01", fault, null);
        result(await ensure({ keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true }));
      });
    }

    it("a TPM that Windows calls not ready must not stop ensure-certificate: the key that it makes decides", async () => {
      host().faults.set("sync01", "tpm-unready", null);
      assert.equal(result(await ensure()).after.keyInHardware, true);
    });

    it("a key without a certificate that opens but does not sign must not block its generation", async () => {
      result(await ensure());
      host().change((state) => {
        state.certificates = [];
        state.keys[0].mute = true;
      });
      assert.equal(result(await ensure()).after.keyUsable, true);
      assert.equal(host().state.keys.length, 1);
    });

    it("a key that does not sign must stay while a certificate has it", async () => {
      result(await ensure());
      host().change((state) => {
        state.certificates[0].label = "renamed by an administrator";
        state.keys[0].mute = true;
      });
      const before = host().state;
      refused(await ensure(), "KEY_UNAVAILABLE");
      assert.deepEqual(host().state, before);
    });

    it("ensure-certificate must not create a software key that is not allowed by name", async () => {
      refused(await ensure({ keyProvider: SOFTWARE_PROVIDER }), "KEY_NOT_IN_HARDWARE");
      assert.equal(host().state.keys.length, 0);
    });

    it("ensure-certificate must not create a key with a provider that cannot prove hardware, unless that is allowed", async () => {
      refused(await ensure({ keyProvider: "An HSM's Key Storage Provider" }), "KEY_NOT_IN_HARDWARE");
      assert.equal(host().state.keys.length, 0);
    });

    it("ensure-certificate must create a software key without a TPM if it is allowed by name", async () => {
      host().faults.set("sync01", "no-tpm", null);
      const { after } = result(await ensure({ keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true }));
      assert.deepEqual([after.keyProvider, after.keyInHardware], [SOFTWARE_PROVIDER, false]);
    });

    it("ensure-certificate must leave nothing behind if Windows refuses the subject, as one that is too long", async () => {
      const { answer } = await ensure({ subject: `CN=${"x".repeat(65)}` });
      assert.ok(!answer.ok);
      assert.match(`${answer.error.message} ${answer.error.actual}`, /X500/);
      assert.deepEqual([host().state.certificates, host().state.keys, answer.changed], [[], [], false]);
      result(await ensure({ subject: `CN=${"x".repeat(64)}` }));
    });

    it("ensure-certificate must refuse two certificates with one label", async () => {
      result(await ensure());
      result(await host().run("ensure-certificate", certificateRequest(2)));
      host().change((state) => {
        state.certificates[1].label = state.certificates[0].label;
      });
      refused(await ensure(), "CERTIFICATE_AMBIGUOUS");
    });

    it("ensure-certificate must refuse a service account other than the declared one", async () => {
      refused(await ensure({ serviceAccount: "CONTOSO\\gmsa$" }), "SERVICE_ACCOUNT_UNEXPECTED");
    });

    const faults: [ServerFault, Parameters<typeof refused>[1]][] = [
      ["not-administrator", "NOT_ADMINISTRATOR"],
      ["no-adsync", "ADSYNC_MISSING"],
      ["old-version", "VERSION_TOO_OLD"],
      ["no-tpm", "TPM_MISSING"],
      ["old-dotnet", "DOTNET_TOO_OLD"],
      ["busy", "BUSY"],
      ["disk-full", "UNEXPECTED"],
    ];
    for (const [fault, code] of faults) {
      it(`ensure-certificate must refuse with ${code} (${fault}) and leave nothing behind`, async () => {
        const before = host().state;
        host().faults.set("sync01", fault, null);
        const run = await ensure();
        refused(run, code);
        assert.equal(run.answer.changed, false);
        assert.deepEqual(host().state, before);
      });
    }

    it("a TPM about which Windows says nothing must not stop ensure-certificate: the key that it makes decides", async () => {
      host().faults.set("sync01", "unreadable-facts", null);
      assert.equal(result(await ensure()).after.keyInHardware, true);
    });

    it("a busy lock must name its holder", async () => {
      host().faults.set("sync01", "busy", null);
      assert.match(refused(await ensure(), "BUSY").actual, /operator on BUILD02/);
    });
  });

  describe("remove-certificate", () => {
    it("remove-certificate must remove certificate and key", async () => {
      result(await ensure());
      const run = await remove();
      assert.deepEqual(result(run), {
        before: { certificates: 1, keyFile: true },
        after: { certificates: 0, keyFile: false },
      });
      assert.equal(run.answer.changed, true);
      assert.deepEqual([host().state.certificates, host().state.keys], [[], []]);
    });

    it("remove-certificate must succeed if neither certificate nor key exists", async () => {
      const run = await remove();
      assert.equal(result(run).before.certificates, 0);
      assert.equal(run.answer.changed, false);
    });

    it("remove-certificate must remove a key whose certificate is already gone", async () => {
      result(await ensure());
      host().server.break("certificate");
      assert.deepEqual(result(await remove()).before, { certificates: 0, keyFile: true });
      assert.deepEqual(host().state.keys, []);
    });

    it("remove-certificate must remove a key of a provider other than the declared one", async () => {
      result(await ensure());
      host().server.break("key-software");
      result(await remove());
      assert.deepEqual(host().state.keys, []);
    });

    it("remove-certificate must not remove the certificate that the connector uses", async () => {
      await host().registered();
      const before = host().state;
      const run = await remove();
      refused(run, "CERTIFICATE_IN_USE");
      assert.equal(run.answer.changed, false);
      assert.deepEqual(host().state, before);
    });

    it("remove-certificate must remove another generation while the connector uses one", async () => {
      const sha256 = await host().registered();
      await host().certified(2);
      result(await remove(2));
      assert.deepEqual(
        host().state.certificates.map((entry) => entry.sha256),
        [sha256],
      );
    });

    it("remove-certificate must refuse while another operation is running", async () => {
      result(await ensure());
      host().faults.set("sync01", "busy", null);
      refused(await remove(), "BUSY");
      assert.equal(host().state.certificates.length, 1);
    });
  });

  describe("release", () => {
    /** A release that must be granted: it answers the connector as it is, and leaves the host as it was. */
    const released = async (request: ReturnType<typeof releaseRequest>, connector: Partial<ConnectorFacts>) => {
      const state = host().state;
      const run = await host().run("release", request);
      const { before, after } = result(run);
      assert.equal(run.answer.changed, false);
      assert.deepEqual(after, before);
      assert.deepEqual({ ...after, ...connector }, after);
      assert.deepEqual(host().state, state);
    };

    it("release must refuse while the connector uses application and certificate", async () => {
      const sha256 = await host().registered();
      const before = host().state;
      refused(await host().run("release", releaseRequest(sha256)), "CERTIFICATE_IN_USE");
      assert.deepEqual(host().state, before);
    });

    it("release must succeed while the connector uses a new certificate, and change nothing", async () => {
      const old = await host().registered();
      const certificateSha256 = await host().registered(2);
      await released(releaseRequest(old), { appId: APP_ID, certificateSha256 });
    });

    it("release must succeed while the connector uses the certificate for another application, and change nothing", async () => {
      const sha256 = await host().registered();
      await released(releaseRequest(sha256, OTHER_APP_ID), { appId: APP_ID, certificateSha256: sha256 });
    });

    it("release must succeed while the connector uses a password account, and change nothing", async () => {
      const sha256 = await host().certified();
      await released(releaseRequest(sha256), { identityType: "ServiceAccount", appId: null, certificateSha256: null });
    });
  });
}
