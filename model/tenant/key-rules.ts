/** What Entra's application management policies allow of the certificates of an application. */
import { daysBetween, toDays } from "../configuration/duration";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** A restriction that Entra enforces on new certificates. */
export interface KeyRule {
  /** Id of the policy. */
  policy: string;
  /** Its property, as Graph names it: `asymmetricKeyLifetime` limits the lifetime, `trustedCertificateAuthority` the issuer. */
  property: "asymmetricKeyLifetime" | "trustedCertificateAuthority";
  /** Longest lifetime in days; null if the rule is about something else. */
  days: number | null;
}

/** A certificate that is to be uploaded: one that exists, or one that is to be made as declared. */
export type ToUpload = { notBefore: string; notAfter: string } | Pick<CertificatePolicy, "lifetime">;

const lifetimeOf = (certificate: ToUpload) =>
  "lifetime" in certificate
    ? toDays(certificate.lifetime)
    : daysBetween(new Date(certificate.notBefore), new Date(certificate.notAfter));

/** The first rule that refuses it. Certificates of this project are self-signed: the key never leaves the server. */
export function refusingRule(rules: readonly KeyRule[], certificate: ToUpload): KeyRule | undefined {
  const days = lifetimeOf(certificate);
  return rules.find(
    (rule) => rule.property === "trustedCertificateAuthority" || (rule.days !== null && days > rule.days),
  );
}

/** Whole days that a rule allows. */
export const allowedDays = ({ days }: KeyRule) => Math.floor(days ?? 0);

/** Why Entra would refuse it; null if no rule does, or rules could not be read. */
export function uploadRefused(
  server: string,
  rules: readonly KeyRule[] | null | undefined,
  certificate: ToUpload,
): Diagnostic | null {
  const rule = refusingRule(rules ?? [], certificate);
  if (!rule) return null;
  const { policy, property } = rule;
  if (property === "trustedCertificateAuthority")
    return diagnose("CERTIFICATE_ISSUER_REFUSED", server, { policy, property });
  const values = { policy, property, days: allowedDays(rule), actual: Math.round(lifetimeOf(certificate)) };
  return diagnose("CERTIFICATE_LIFETIME_REFUSED", server, values);
}
