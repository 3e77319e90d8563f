/** Findings about key and certificate of a server. */
import type { CertificatePolicy } from "./certificate-policy";
import { daysBefore, toDays } from "../configuration/duration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { certificateOf, wasRealised, type CertificateReference } from "./generations";
import type { HostCertificateFacts, HostObservation, KeyAccess } from "../protocol/host-protocol";
import { certificateLabel } from "../server/labels";
import type { ObservedApplication } from "../server/observation";
import { shortHash } from "../text/short-hash";

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";

const day = (instant: string) => instant.slice(0, 10);

function aclFindings(
  server: string,
  acl: readonly KeyAccess[] | null,
  service: HostObservation["service"],
): Diagnostic[] {
  const { account } = service;
  const lost = (actual: string) => diagnose("key-acl-lost", server, { account, actual });
  if (acl === null) return [lost("an access list that cannot be read")];
  const allowed = acl.filter((rule) => rule.allow);
  const denied = acl.some((rule) => !rule.allow && rule.sid === service.accountSid);
  const found: Diagnostic[] = [];
  if (denied || !allowed.some((rule) => rule.sid === service.accountSid)) {
    found.push(lost(denied ? "a rule that denies it" : "no rule for it"));
  }
  const expected = [service.accountSid, SYSTEM_SID, ADMINISTRATORS_SID];
  const others = allowed.filter((rule) => !expected.includes(rule.sid));
  if (others.length > 0) {
    const names = others.map((rule) => rule.account || rule.sid).join(", ");
    found.push(diagnose("key-acl-wide", server, { account, others: names }));
  }
  return found;
}

function heldFindings(
  server: string,
  certificate: HostCertificateFacts,
  facts: HostObservation,
  policy: CertificatePolicy,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (!certificate.keyUsable) {
    const actual = certificate.keyProblem ?? "a key that does not sign";
    found.push(diagnose("key-unusable", server, { actual }));
  } else {
    if (certificate.keyProvider !== policy.keyProvider) {
      const provider = certificate.keyProvider ?? "no provider";
      found.push(diagnose("key-not-in-tpm", server, { declared: policy.keyProvider, provider }));
    }
    found.push(...aclFindings(server, certificate.acl, facts.service));
  }
  const due = daysBefore(new Date(certificate.notAfter), toDays(policy.rotateBefore));
  if (new Date(facts.takenAt) >= due) {
    const { rotateBefore } = policy;
    found.push(diagnose("rotation-due", server, { rotateBefore, day: day(certificate.notAfter) }));
  }
  return found;
}

/** What is wrong with the certificate of a generation, on the host and in Entra. */
export function certificateFindings(
  server: string,
  facts: HostObservation,
  application: ObservedApplication,
  reference: CertificateReference,
  policy: CertificatePolicy,
): Diagnostic[] {
  const certificate = certificateOf(facts, reference);
  // A certificate that is there is what the registration will ask for, so its key counts before Entra knows of it too.
  if (!wasRealised(facts, application, reference))
    return certificate ? heldFindings(server, certificate, facts, policy) : [];
  if (!certificate) {
    const { identity, generation, adoptedSha256 } = reference;
    const wanted = adoptedSha256
      ? `the adopted certificate ${shortHash(adoptedSha256)}`
      : `a certificate labelled "${certificateLabel(identity, generation)}"`;
    return [diagnose("certificate-missing", server, { wanted })];
  }
  const found = heldFindings(server, certificate, facts, policy);
  if (!application.keys.some((key) => key.sha256 === certificate.sha256)) {
    const { appId, keys } = application;
    const values = { certificate: shortHash(certificate.sha256), appId, count: keys.length };
    found.push(diagnose("credential-missing", server, values));
  }
  return found;
}
