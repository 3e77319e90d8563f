/** A certificate that the server asks a CA for by a template: configuration, memory, findings, request. */
import assert from "node:assert/strict";
import { certificateRequest } from "../../../components/host-certificate";
import { checkCertificate, CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { checkConfiguration } from "../../../model/configuration/configuration";
import type { HostCertificateFacts } from "../../../model/protocol/host-protocol";
import { certificateLabel } from "../../../model/server/labels";
import { changedProperties, nextState, type ServerInputs } from "../../../model/server/server-state";
import { DAY, factsOf, KeyUsageFlags, makeCertificate, NOW } from "../../helpers/certificates";
import { rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { ISSUANCE } from "../../helpers/finding-cases";
import { application, healthy, hostFacts, observation, serverInputs } from "../../helpers/observations";

const TEMPLATE = "EntraConnectSync";
const byTemplate = (template = TEMPLATE) => ({
  ...CERTIFICATE_DEFAULTS,
  source: { kind: "template" as const, template },
});
const identity = { stack: "dev", server: "sync01" };

/** What a CA issued for a generation: subject, provider and lifetime are its own. */
async function enrolled(generation = 1, changes: Partial<HostCertificateFacts> = {}): Promise<HostCertificateFacts> {
  const { certificate } = await healthy();
  const facts = factsOf(await makeCertificate({ subject: "CN=SYNC01.contoso.com" }));
  const label = certificateLabel(identity, generation);
  const own = { keyProvider: "Some Key Storage Provider", issuance: ISSUANCE };
  return { ...certificate, ...facts, label, ...own, ...changes };
}

/** Inputs of a run on a server whose connector uses the certificate. */
function on(certificate: HostCertificateFacts, changes: Partial<ServerInputs> = {}, holds = true): ServerInputs {
  const facts = hostFacts(certificate);
  facts.certificates = holds ? [certificate] : [];
  return serverInputs(observation(facts, application(certificate)), { certificate: byTemplate(), ...changes });
}

describe("certificate.source by a template in a configuration", () => {
  const problems = (source: Raw) =>
    checkConfiguration(rawStack(rawServer("sync01", { certificate: { source } })), {}).problems.map(
      ({ property }) => property,
    );

  it("the name of a template must be taken as it is", () => {
    for (const template of [TEMPLATE, "Entra Connect (Sync) 2.0", "a", "x".repeat(64)]) {
      assert.deepEqual(problems({ kind: "template", template }), [], template);
    }
  });

  it("what is no name of a template must be refused with the property", () => {
    for (const template of ["", " a", "a ", "x".repeat(65), "a;b", "$(a)", "a\nb", 'a"b']) {
      assert.deepEqual(problems({ kind: "template", template }), ["certificate.source.template"], template);
    }
    assert.deepEqual(problems({ kind: "template" }), ["certificate.source.template"]);
    assert.deepEqual(problems({ kind: "template", template: TEMPLATE, sha256: "e".repeat(64) }), [
      "certificate.source.sha256",
    ]);
  });

  it("rotate must be taken beside a template: the CA is asked again", () => {
    const certificate = { source: { kind: "template", template: TEMPLATE } };
    const raw = rawStack(rawServer("sync01", { certificate, rotate: "now" }));
    assert.deepEqual(checkConfiguration(raw, {}).problems, []);
  });
});

describe("a certificate by a template in the memory of a server", () => {
  it("one that is in use must show no finding and no change, with a provider and a lifetime of its own", async () => {
    const certificate = await enrolled();
    const first = nextState(undefined, on(certificate));
    assert.deepEqual([first.certificateSource, first.findings, first.problem], [`template ${TEMPLATE}`, [], ""]);
    assert.deepEqual(changedProperties(first, nextState(first, on(certificate))), []);
  });

  it("a template in the place of a self-signed certificate must be a rotation, and another template one more", async () => {
    const { facts, application: seen } = await healthy();
    const first = nextState(undefined, serverInputs(observation(facts, seen)));
    const next = nextState(first, serverInputs(observation(facts, seen), { certificate: byTemplate() }));
    assert.deepEqual([next.certificateGeneration, next.adoptedSha256], [2, ""]);
    const other = nextState(next, on(await enrolled(2), { certificate: byTemplate("Other") }));
    assert.deepEqual([other.certificateGeneration, other.certificateSource], [3, "template Other"]);
  });

  it("one that the server lost must be missing, and its CA be asked for another", async () => {
    const certificate = await enrolled();
    const first = nextState(undefined, on(certificate));
    const next = nextState(first, on(certificate, {}, false));
    assert.match(next.findings[0], /certificate-missing/);
    assert.equal(next.certificateGeneration, 2);
  });

  it("one that was asked for and never came must not be missing", async () => {
    const earlier = (await healthy()).certificate;
    const state = nextState(undefined, on(earlier, { certificate: CERTIFICATE_DEFAULTS }));
    const moved = nextState(state, on(earlier));
    assert.equal(moved.certificateGeneration, 2);
    const next = nextState(moved, on(earlier));
    assert.deepEqual([next.certificateGeneration, next.findings], [2, []]);
  });

  for (const [what, change] of [
    ["is near its end", { notAfter: new Date(NOW.getTime() + 9 * DAY).toISOString() }],
    ["was revoked by its CA", { issuance: { ...ISSUANCE, revocation: "revoked" as const } }],
    ["lost its key", { keyUsable: false, keyFault: "dead" as const }],
  ] as const) {
    it(`one that ${what} must be replaced by another one of the CA`, async () => {
      const first = nextState(undefined, on(await enrolled()));
      assert.equal(nextState(first, on(await enrolled(1, change))).certificateGeneration, 2);
    });
  }
});

describe("a certificate by a template that is still to be asked for", () => {
  it("a TPM must be there unless the template's key may be outside it", async () => {
    const { facts, application: seen } = await healthy();
    facts.certificates = [];
    facts.tpm = { present: false, ready: false, specVersion: null };
    const problem = (allowSoftwareKey: boolean) =>
      nextState(
        undefined,
        serverInputs(observation(facts, { ...seen, keys: [] }), { certificate: { ...byTemplate(), allowSoftwareKey } }),
      ).problem;
    assert.match(problem(false), /\[TPM_MISSING\]$/);
    assert.equal(problem(true), "");
  });
});

describe("the request about a certificate by a template", () => {
  const args = { server: "sync01", policy: CERTIFICATE_DEFAULTS, serviceAccount: null, minimumVersion: "2.5.79.0" };
  const reference = { identity, generation: 1, keyUnmistakable: true, adoptedSha256: "" };

  it("the request must name the template of its generation, and for how long the certificate has to be valid", () => {
    const { enrolment } = certificateRequest(args, { ...reference, source: `template ${TEMPLATE}` });
    assert.deepEqual(enrolment, { template: TEMPLATE, leastDays: 180 });
  });

  it("a request about another certificate must hold nothing of it, as an older program expects", () => {
    for (const known of [
      { source: "", adoptedSha256: "" },
      { source: `template ${TEMPLATE}`, adoptedSha256: "e".repeat(64) },
    ]) {
      assert.equal("enrolment" in certificateRequest(args, { ...reference, ...known }), false);
    }
  });
});

describe("the claims of a host about a certificate by a template", () => {
  it("subject, lifetime, a longer key and more usages must be the CA's matter, and DigitalSignature must be there", async () => {
    const usages = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
    const judge = async (options: Parameters<typeof makeCertificate>[0]) =>
      checkCertificate(factsOf(await makeCertificate(options)), { server: "sync01", template: TEMPLATE }).map(
        ({ property }) => property,
      );
    assert.deepEqual(await judge({ subject: "CN=SYNC01.contoso.com", key: 3072, usages }), []);
    assert.deepEqual(await judge({ usages: KeyUsageFlags.keyEncipherment }), ["certificate key usage"]);
  });
});
