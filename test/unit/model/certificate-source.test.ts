/** A certificate of the organisation's CA, declared by its hash: configuration, memory, findings. */
import assert from "node:assert/strict";
import { checkCertificate, CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { certificateRequest } from "../../../components/host-certificate";
import { checkConfiguration } from "../../../model/configuration/configuration";
import type { HostCertificateFacts } from "../../../model/protocol/host-protocol";
import type { ServerState } from "../../../model/server/server-facts";
import { changedProperties, nextState, type ServerInputs } from "../../../model/server/server-state";
import { DAY, factsOf, KeyUsageFlags, makeCertificate, NOW, type CertificateOptions } from "../../helpers/certificates";
import { rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { ISSUANCE } from "../../helpers/finding-cases";
import { application, healthy, hostFacts, observation, serverInputs, untouched } from "../../helpers/observations";

const SHA256 = "e".repeat(64);
const SUBJECT = "CN=SYNC01.contoso.com";
const issued = (sha256: string) => ({ ...CERTIFICATE_DEFAULTS, source: { kind: "issued" as const, sha256 } });

/** A certificate of a CA on the server. */
async function caCertificate(changes: Partial<HostCertificateFacts> = {}): Promise<HostCertificateFacts> {
  const { certificate } = await healthy();
  const facts = factsOf(await makeCertificate({ subject: SUBJECT }));
  return { ...certificate, ...facts, label: "", issuance: ISSUANCE, ...changes };
}

/** Inputs of a run on a server that is on this certificate. */
function on(certificate: HostCertificateFacts, changes: Partial<ServerInputs> = {}, holds = true): ServerInputs {
  const facts = hostFacts(certificate);
  facts.certificates = holds ? [certificate] : [];
  return serverInputs(observation(facts, application(certificate)), {
    certificate: issued(certificate.sha256),
    ...changes,
  });
}

describe("certificate.source in a configuration", () => {
  const ofCertificate = (certificate: Raw, more: Raw = {}) =>
    checkConfiguration(rawStack(rawServer("sync01", { certificate, ...more })), {});
  const problems = (certificate: Raw, more: Raw = {}) =>
    ofCertificate(certificate, more).problems.map(({ property }) => property);

  it("a self-signed source must be the same as none, so that a state of today does not change", () => {
    const { configuration } = ofCertificate({ source: { kind: "selfSigned" } });
    assert.deepEqual(configuration?.servers[0].certificate, CERTIFICATE_DEFAULTS);
  });

  it("the hash of an issued certificate must be taken in any case of its letters", () => {
    const { configuration } = ofCertificate({ source: { kind: "issued", sha256: SHA256.toUpperCase() } });
    assert.deepEqual(configuration?.servers[0].certificate, issued(SHA256));
  });

  it("a server's own source must count before the stack's", () => {
    const raw = rawStack(rawServer("sync01", { certificate: { source: { kind: "selfSigned" } } }));
    const { configuration } = checkConfiguration(
      { ...raw, certificate: { source: { kind: "issued", sha256: SHA256 } } },
      {},
    );
    assert.deepEqual(configuration?.servers[0].certificate, CERTIFICATE_DEFAULTS);
  });

  it("a thumbprint, another kind and an unknown key must be refused", () => {
    assert.deepEqual(problems({ source: { kind: "issued", sha256: "AB".repeat(20) } }), ["certificate.source.sha256"]);
    assert.deepEqual(problems({ source: { kind: "acme" } }), ["certificate.source.kind"]);
    assert.deepEqual(problems({ source: { kind: "selfSigned", sha256: SHA256 } }), ["certificate.source.sha256"]);
  });

  it("rotate must be refused beside an issued certificate: there is no other one to rotate to", () => {
    assert.deepEqual(problems({ source: { kind: "issued", sha256: SHA256 } }, { rotate: "now" }), ["rotate"]);
  });

  it("two servers must not share an issued certificate", () => {
    const certificate = { source: { kind: "issued", sha256: SHA256 } };
    const servers = { sync01: rawServer("sync01", { certificate }), sync02: rawServer("sync02", { certificate }) };
    const { problems: found } = checkConfiguration({ servers }, {});
    assert.deepEqual(
      found.map(({ code, property }) => `${code} ${property}`),
      ["SERVERS_SHARE certificate.source.sha256"],
    );
  });
});

describe("an issued certificate in the memory of a server", () => {
  it("a new server must be on the declared certificate, without a finding", async () => {
    const certificate = await caCertificate();
    const facts = await untouched();
    facts.certificates = [certificate];
    const inputs = serverInputs(observation(facts, null), { certificate: issued(certificate.sha256) });
    const state = nextState(undefined, inputs);
    assert.deepEqual(
      [state.adoptedSha256, state.certificateSource],
      [certificate.sha256, `issued ${certificate.sha256}`],
    );
    assert.deepEqual([state.findings, state.problem], [[], ""]);
  });

  it("a run must stop if the declared certificate is not on the server", async () => {
    const inputs = serverInputs(observation(await untouched(), null), { certificate: issued(SHA256) });
    assert.match(nextState(undefined, inputs).problem, /\[CERTIFICATE_MISSING\]$/);
  });

  it("a run must stop if its key is outside the TPM and that is not allowed", async () => {
    const certificate = await caCertificate({ keyInHardware: false, keyProvider: "Some Key Storage Provider" });
    const facts = { ...(await untouched()), certificates: [certificate] };
    const of = (allowSoftwareKey: boolean) =>
      nextState(
        undefined,
        serverInputs(observation(facts, null), { certificate: { ...issued(certificate.sha256), allowSoftwareKey } }),
      );
    assert.match(of(false).problem, /\[KEY_NOT_IN_HARDWARE\]$/);
    assert.equal(of(true).problem, "");
  });

  it("neither .NET nor a TPM must be wanted for a key that is not made here", async () => {
    const certificate = await caCertificate();
    const facts = { ...(await untouched()), certificates: [certificate], tpm: null };
    facts.powershell = { ...facts.powershell, dotnetRelease: 1 };
    const inputs = serverInputs(observation(facts, null), { certificate: issued(certificate.sha256) });
    assert.equal(nextState(undefined, inputs).problem, "");
  });

  it("a declared hash must rotate a self-signed certificate, and its end must rotate back", async () => {
    const { facts, application: seen } = await healthy();
    const first = nextState(undefined, serverInputs(observation(facts, seen)));
    const certificate = await caCertificate();
    facts.certificates.push(certificate);
    const inputs = serverInputs(observation(facts, seen), { certificate: issued(certificate.sha256) });
    const next = nextState(first, inputs);
    assert.deepEqual([next.certificateGeneration, next.adoptedSha256, next.problem], [2, certificate.sha256, ""]);
    const back = nextState(next, on(certificate, { certificate: CERTIFICATE_DEFAULTS }));
    assert.deepEqual([back.certificateGeneration, back.adoptedSha256, back.certificateSource], [3, "", ""]);
  });

  it("another hash must be a rotation, and the same one must be none", async () => {
    const certificate = await caCertificate();
    const first = nextState(undefined, on(certificate));
    assert.deepEqual(changedProperties(first, nextState(first, on(certificate))), []);
    const renewed = await caCertificate();
    const inputs = on(certificate, { certificate: issued(renewed.sha256) });
    inputs.observation.host.facts!.certificates.push(renewed);
    const next = nextState(first, inputs);
    assert.deepEqual([next.certificateGeneration, next.adoptedSha256], [2, renewed.sha256]);
  });

  it("an adopted certificate that is declared as a CA's since must stay as it is", async () => {
    const certificate = await caCertificate();
    const adopt = certificate.sha256;
    const first = nextState(undefined, on(certificate, { adopt, certificate: CERTIFICATE_DEFAULTS }));
    const next = nextState(first, on(certificate, { adopt }));
    assert.deepEqual([next.certificateGeneration, next.certificateReplacement], [1, 1]);
    assert.equal(next.certificateSource, `issued ${adopt}`);
  });

  it("a state of an earlier release must show no change", async () => {
    const { facts, application: seen } = await healthy();
    const inputs = serverInputs(observation(facts, seen));
    const { certificateSource: _later, ...old } = nextState(undefined, inputs);
    assert.deepEqual(changedProperties(old as ServerState, nextState(old as ServerState, inputs)), []);
  });
});

describe("findings about an issued certificate", () => {
  const cases: [string, string, (certificate: HostCertificateFacts) => void, RegExp][] = [
    [
      "rotation-due",
      "is near its end",
      (one) => void (one.notAfter = new Date(NOW.getTime() + 9 * DAY).toISOString()),
      /renew/,
    ],
    [
      "key-unusable",
      "lost its key",
      (one) => void Object.assign(one, { keyUsable: false, keyFault: "dead" }),
      /another key/,
    ],
    [
      "certificate-distrusted",
      "was revoked by its CA",
      (one) => void (one.issuance = { ...ISSUANCE, revocation: "revoked" }),
      /revoke sync01/,
    ],
  ];
  for (const [code, what, change, remedy] of cases) {
    it(`one that ${what} must be ${code}, for a person, and must move no generation`, async () => {
      const certificate = await caCertificate();
      const first = nextState(undefined, on(certificate));
      const changed = { ...certificate };
      change(changed);
      const next = nextState(first, on(changed));
      assert.equal(next.certificateGeneration, 1);
      assert.equal(next.findings.length, 1, next.findings.join("\n"));
      assert.match(next.findings[0], new RegExp(`${code}: .*certificate.source`));
      assert.match(next.findings[0], remedy);
    });
  }

  it("one that is gone from the store must be certificate-missing, for a person", async () => {
    const certificate = await caCertificate();
    const first = nextState(undefined, on(certificate));
    const next = nextState(first, on(certificate, {}, false));
    assert.equal(next.certificateGeneration, 1);
    assert.match(next.findings[0], /certificate-missing: .*certificate\.source\.sha256/);
  });
});

describe("the request about an issued certificate", () => {
  const args = { server: "sync01", policy: CERTIFICATE_DEFAULTS, serviceAccount: null, minimumVersion: "2.5.79.0" };
  const reference = { identity: { stack: "dev", server: "sync01" }, generation: 1, keyUnmistakable: true };

  it("the request must say that a CA issued it, also when it is removed after another was declared", () => {
    const request = certificateRequest(args, { ...reference, adoptedSha256: SHA256, source: `issued ${SHA256}` });
    assert.deepEqual([request.adoptSha256, request.issued], [SHA256, true]);
  });

  it("the request about any other certificate must hold nothing new, as an older program expects", () => {
    for (const adoptedSha256 of ["", SHA256]) {
      assert.equal("issued" in certificateRequest(args, { ...reference, adoptedSha256, source: "" }), false);
    }
  });
});

describe("the claims of a host about an issued certificate", () => {
  const judge = async (options: CertificateOptions) => {
    const facts = factsOf(await makeCertificate({ subject: SUBJECT, ...options }));
    return checkCertificate(facts, { server: "sync01", issuedSha256: facts.sha256 }).map(({ property }) => property);
  };

  it("a longer key, SHA-384, more usages and another lifetime must be the CA's matter", async () => {
    const usages = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
    assert.deepEqual(
      await judge({ key: 3072, hash: "SHA-384", usages, notAfter: new Date(NOW.getTime() + 60 * DAY) }),
      [],
    );
  });

  it("a short key, SHA-1 and no DigitalSignature must be refused", async () => {
    assert.deepEqual(await judge({ key: 1024 }), ["certificate key"]);
    assert.deepEqual(await judge({ hash: "SHA-1" }), ["certificate signature hash"]);
    assert.deepEqual(await judge({ usages: KeyUsageFlags.keyEncipherment }), ["certificate key usage"]);
  });

  it("another certificate than the declared one must be refused", async () => {
    const facts = factsOf(await makeCertificate());
    const [problem] = checkCertificate(facts, { server: "sync01", issuedSha256: SHA256 });
    assert.equal(problem.property, "certificate SHA-256 hash");
  });
});
