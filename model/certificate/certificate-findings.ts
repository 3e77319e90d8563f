/** Rules about key and certificate of a server, each by its name: model/server/assessment.ts has them in order. */
import type { CertificatePolicy } from "./certificate-policy";
import { daysBefore, toDays } from "../configuration/duration";
import { finding, short, type Finding } from "../diagnostics/findings";
import type { CertificateReference } from "./generations";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { certificateLabel } from "../server/labels";
import type { ObservedApplication } from "../server/observation";

/** A server with its application, and the certificate that it should be on. */
export interface CertificateFacts {
  host: HostObservation;
  application: ObservedApplication;
  reference: CertificateReference;
  /** Undefined where the host does not hold it. */
  certificate: HostCertificateFacts | undefined;
  /** This generation got as far as Entra: what never was cannot be missed. */
  realised: boolean;
  policy: CertificatePolicy;
}

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";

const day = (instant: string) => instant.slice(0, 10);

export function certificateMissing({ certificate, realised, reference }: CertificateFacts): Finding[] {
  if (certificate || !realised) return [];
  const { identity, generation, adoptedSha256 } = reference;
  const wanted = adoptedSha256
    ? `the adopted certificate ${short(adoptedSha256)}`
    : `a certificate labelled "${certificateLabel(identity, generation)}"`;
  return [finding("certificate-missing", wanted, "none in LocalMachine\\My")];
}

export function keyUnusable({ certificate }: CertificateFacts): Finding[] {
  if (!certificate || certificate.keyUsable) return [];
  const actual = certificate.keyProblem ?? "a key that does not sign";
  return [finding("key-unusable", "a key whose signature verifies", actual)];
}

/** The certificate whose key signs; of a dead key nothing else is worth saying. */
const signing = ({ certificate }: CertificateFacts) => (certificate?.keyUsable ? certificate : undefined);

export function keyNotInTpm(facts: CertificateFacts): Finding[] {
  const certificate = signing(facts);
  const { keyProvider: wanted } = facts.policy;
  if (!certificate || certificate.keyProvider === wanted) return [];
  return [finding("key-not-in-tpm", wanted, certificate.keyProvider ?? "no provider")];
}

export function keyAclLost(facts: CertificateFacts): Finding[] {
  const certificate = signing(facts);
  if (!certificate) return [];
  const { service } = facts.host;
  const readers = `${service.account} with read access`;
  const { acl } = certificate;
  if (acl === null) return [finding("key-acl-lost", readers, "an access list that cannot be read")];
  const own = acl.filter(({ sid }) => sid === service.accountSid);
  const denied = own.some(({ allow }) => !allow);
  if (!denied && own.length > 0) return [];
  return [finding("key-acl-lost", readers, denied ? "a rule that denies it" : "no rule for it")];
}

export function keyAclWide(facts: CertificateFacts): Finding[] {
  const { service } = facts.host;
  const expected = [service.accountSid, SYSTEM_SID, ADMINISTRATORS_SID];
  const others = (signing(facts)?.acl ?? []).filter(({ sid, allow }) => allow && !expected.includes(sid));
  if (others.length === 0) return [];
  const names = others.map((rule) => rule.account || rule.sid).join(", ");
  return [finding("key-acl-wide", `${service.account}, SYSTEM and Administrators only`, `also ${names}`)];
}

export function rotationDue({ certificate, host, policy: { rotateBefore } }: CertificateFacts): Finding[] {
  if (!certificate) return [];
  const due = daysBefore(new Date(certificate.notAfter), toDays(rotateBefore));
  if (new Date(host.takenAt) < due) return [];
  const expected = `a certificate that lasts longer than ${rotateBefore}`;
  return [finding("rotation-due", expected, `one that ends on ${day(certificate.notAfter)}`)];
}

export function credentialMissing({ certificate, realised, application }: CertificateFacts): Finding[] {
  if (!certificate || !realised || application.keys.some((key) => key.sha256 === certificate.sha256)) return [];
  const wanted = `certificate ${short(certificate.sha256)} on application ${application.appId}`;
  return [finding("credential-missing", wanted, `${application.keys.length} other key credentials`)];
}
