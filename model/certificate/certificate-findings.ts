/** Findings about key and certificate of a server. */
import type { CertificatePolicy } from "./certificate-policy";
import { daysBefore, toDays } from "../configuration/duration";
import { finding, short, type Finding } from "../diagnostics/findings";
import { certificateOf, wasRealised, type CertificateReference } from "./generations";
import type { HostCertificateFacts, HostObservation, KeyAccess } from "../protocol/host-protocol";
import { certificateLabel } from "../server/labels";
import type { ObservedApplication } from "../server/observation";

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";

const day = (instant: string) => instant.slice(0, 10);

function aclFindings(acl: readonly KeyAccess[] | null, service: HostObservation["service"]): Finding[] {
  const readers = `${service.account} with read access`;
  if (acl === null) return [finding("key-acl-lost", readers, "an access list that cannot be read")];
  const allowed = acl.filter((rule) => rule.allow);
  const denied = acl.some((rule) => !rule.allow && rule.sid === service.accountSid);
  const found: Finding[] = [];
  if (denied || !allowed.some((rule) => rule.sid === service.accountSid)) {
    found.push(finding("key-acl-lost", readers, denied ? "a rule that denies it" : "no rule for it"));
  }
  const expected = [service.accountSid, SYSTEM_SID, ADMINISTRATORS_SID];
  const others = allowed.filter((rule) => !expected.includes(rule.sid));
  if (others.length > 0) {
    const names = others.map((rule) => rule.account || rule.sid).join(", ");
    found.push(finding("key-acl-wide", `${service.account}, SYSTEM and Administrators only`, `also ${names}`));
  }
  return found;
}

function heldFindings(certificate: HostCertificateFacts, facts: HostObservation, policy: CertificatePolicy): Finding[] {
  const found: Finding[] = [];
  if (!certificate.keyUsable) {
    const actual = certificate.keyProblem ?? "a key that does not sign";
    found.push(finding("key-unusable", "a key whose signature verifies", actual));
  } else {
    if (certificate.keyProvider !== policy.keyProvider) {
      found.push(finding("key-not-in-tpm", policy.keyProvider, certificate.keyProvider ?? "no provider"));
    }
    found.push(...aclFindings(certificate.acl, facts.service));
  }
  const due = daysBefore(new Date(certificate.notAfter), toDays(policy.rotateBefore));
  if (new Date(facts.takenAt) >= due) {
    const expected = `a certificate that lasts longer than ${policy.rotateBefore}`;
    found.push(finding("rotation-due", expected, `one that ends on ${day(certificate.notAfter)}`));
  }
  return found;
}

/** What is wrong with the certificate of a generation, on the host and in Entra. */
export function certificateFindings(
  facts: HostObservation,
  application: ObservedApplication,
  reference: CertificateReference,
  policy: CertificatePolicy,
): Finding[] {
  const certificate = certificateOf(facts, reference);
  // A certificate that is there is what the registration will ask for, so its key counts before Entra knows of it too.
  if (!wasRealised(facts, application, reference)) return certificate ? heldFindings(certificate, facts, policy) : [];
  if (!certificate) {
    const { identity, generation, adoptedSha256 } = reference;
    const wanted = adoptedSha256
      ? `the adopted certificate ${short(adoptedSha256)}`
      : `a certificate labelled "${certificateLabel(identity, generation)}"`;
    return [finding("certificate-missing", wanted, "none in LocalMachine\\My")];
  }
  const found = heldFindings(certificate, facts, policy);
  if (!application.keys.some((key) => key.sha256 === certificate.sha256)) {
    const wanted = `certificate ${short(certificate.sha256)} on application ${application.appId}`;
    found.push(finding("credential-missing", wanted, `${application.keys.length} other key credentials`));
  }
  return found;
}
