/** Rules about key and certificate of a server, each by its name: model/server/assessment.ts has them in order. */
import { namedBy } from "./certificate-source";
import type { CertificatePolicy } from "./certificate-policy";
import { daysBefore, daysBetween, toDays } from "../configuration/duration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { enrolledBy, type CertificateReference } from "./generations";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { certificateLabel } from "../server/labels";
import type { ObservedApplication } from "../server/observation";
import { shortHash } from "../text/short-hash";

/** A server, and the certificate that it should be on. */
export interface KeyFacts {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
  reference: CertificateReference;
  /** Undefined if the host does not hold it. */
  certificate: HostCertificateFacts | undefined;
  policy: CertificatePolicy;
}

/** The same with its application. */
export interface CertificateFacts extends KeyFacts {
  application: ObservedApplication;
  /** This generation got as far as Entra: what never was cannot be missed. */
  realised: boolean;
}

/** Declared by its hash, so that only a person has another one to name. */
export function isIssued({ source = "", adoptedSha256 }: CertificateReference): boolean {
  return adoptedSha256 !== "" && namedBy(source) === adoptedSha256;
}

/** A CA decides what is in it: subject, lifetime and provider are not declared. */
const isOfAuthority = (reference: CertificateReference) => isIssued(reference) || enrolledBy(reference) !== null;

/** What heals a finding about a certificate: a new one, unless the declaration names the one that is there. */
const healing = ({ reference }: Pick<KeyFacts, "reference">) =>
  isIssued(reference)
    ? ({ remedy: "issued", cure: "nothing" } as const)
    : ({ remedy: "made", cure: "certificate" } as const);

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";

const day = (instant: string) => instant.slice(0, 10);

export function certificateMissing(facts: CertificateFacts): Diagnostic[] {
  const { server, certificate, realised, reference } = facts;
  if (certificate || !realised) return [];
  const { identity, generation, adoptedSha256 } = reference;
  const wanted = adoptedSha256
    ? `the ${isIssued(reference) ? "declared" : "adopted"} certificate ${shortHash(adoptedSha256)}`
    : `a certificate labelled "${certificateLabel(identity, generation)}"`;
  return [diagnose("certificate-missing", server, { wanted }, healing(facts))];
}

/** Days by which a certificate may differ from the declared lifetime: older host programs added some minutes. */
const LIFETIME_TOLERANCE_DAYS = 1;

export function certificateNotTaken(facts: CertificateFacts): Diagnostic[] {
  const { server, certificate, realised, reference, policy, application } = facts;
  if (!certificate || realised || reference.adoptedSha256 || isOfAuthority(reference)) return [];
  if (application.keys.some(({ sha256 }) => sha256 === certificate.sha256)) return [];
  const days = daysBetween(new Date(certificate.notBefore), new Date(certificate.notAfter));
  if (Math.abs(days - toDays(policy.lifetime)) < LIFETIME_TOLERANCE_DAYS) return [];
  return [diagnose("certificate-not-taken", server, { lifetime: policy.lifetime, days: Math.round(days) })];
}

/**
 * A TPM that is busy, a denied access and an unknown answer do not prove that a key is lost: it is not replaced. Nor is one
 * whose provider cannot make the signature: another key with that provider would be no better.
 */
function provesNothing({ keyFault, keyProvider }: HostCertificateFacts, declared: string): boolean {
  if (keyFault === "unsupported") return keyProvider === declared;
  return keyFault === "passing" || keyFault === "denied" || keyFault === "unknown";
}

export function keyUnusable(facts: KeyFacts): Diagnostic[] {
  const { server, certificate, policy } = facts;
  if (!certificate || certificate.keyUsable) return [];
  const actual = certificate.keyProblem ?? "a key that does not sign";
  if (provesNothing(certificate, policy.keyProvider)) return [diagnose("key-unavailable", server, { actual })];
  return [diagnose("key-unusable", server, { actual }, healing(facts))];
}

/** The certificate whose key signs; of a dead key nothing else is worth saying. */
const signing = ({ certificate }: KeyFacts) => (certificate?.keyUsable ? certificate : undefined);

export function keyNotInTpm(facts: KeyFacts): Diagnostic[] {
  const certificate = signing(facts);
  const { keyProvider: declared } = facts.policy;
  // A CA's certificate has the provider that its template wants; preflight looks whether that is allowed.
  if (!certificate || certificate.keyProvider === declared || isOfAuthority(facts.reference)) return [];
  return [diagnose("key-not-in-tpm", facts.server, { declared, provider: certificate.keyProvider ?? "no provider" })];
}

export function keyAclLost(facts: KeyFacts): Diagnostic[] {
  const certificate = signing(facts);
  const { service } = facts.host;
  // Without the SID of the service's account it is not known whose rule is which.
  if (!certificate || service.accountSid === null) return [];
  const lost = (actual: string) => [diagnose("key-acl-lost", facts.server, { account: service.account, actual })];
  const { acl } = certificate;
  if (acl === null) return lost("an access list that cannot be read");
  const own = acl.filter(({ sid }) => sid === service.accountSid);
  const denied = own.some(({ allow }) => !allow);
  if (!denied && own.length > 0) return [];
  return lost(denied ? "a rule that denies it" : "no rule for it");
}

export function keyAclWide(facts: KeyFacts): Diagnostic[] {
  const { service } = facts.host;
  if (service.accountSid === null) return [];
  const expected = [service.accountSid, SYSTEM_SID, ADMINISTRATORS_SID];
  const others = (signing(facts)?.acl ?? []).filter(({ sid, allow }) => allow && !expected.includes(sid));
  if (others.length === 0) return [];
  const names = others.map((rule) => rule.account || rule.sid).join(", ");
  return [diagnose("key-acl-wide", facts.server, { account: service.account, others: names })];
}

export function rotationDue(facts: KeyFacts): Diagnostic[] {
  const { server, certificate, host } = facts;
  const { rotateBefore } = facts.policy;
  if (!certificate) return [];
  const due = daysBefore(new Date(certificate.notAfter), toDays(rotateBefore));
  if (new Date(host.takenAt) < due) return [];
  return [diagnose("rotation-due", server, { rotateBefore, day: day(certificate.notAfter) }, healing(facts))];
}

/** Its CA revoked the certificate, or its chain ends nowhere: Entra need not notice, but the organisation wants it gone. */
export function certificateDistrusted(facts: KeyFacts): Diagnostic[] {
  const issuance = facts.certificate?.issuance;
  if (!issuance) return [];
  const { issuer, trusted, problem, revocation } = issuance;
  if (revocation !== "revoked" && trusted) return [];
  const actual = revocation === "revoked" ? `revoked by ${issuer}` : `a chain that is not trusted: ${problem}`;
  return [diagnose("certificate-distrusted", facts.server, { actual, server: facts.server }, healing(facts))];
}

export function credentialMissing(facts: CertificateFacts): Diagnostic[] {
  const { server, certificate, realised, application } = facts;
  if (!certificate || !realised || application.keys.some((key) => key.sha256 === certificate.sha256)) return [];
  const { appId, keys } = application;
  const values = { certificate: shortHash(certificate.sha256), appId, count: keys.length };
  return [diagnose("credential-missing", server, values, healing(facts))];
}
