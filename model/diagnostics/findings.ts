/** Findings: each difference between declaration, Entra and server, with a stable code and what heals it. */
import { encodeText, LONGEST_LINE } from "../text/encoders/text";

/**
 * What heals a finding in a plain `up`:
 * - `certificate`: a new generation of key and certificate, uploaded and switched to;
 * - `registration`: the registration runs again on the server;
 * - `program`: the host program is copied again;
 * - `nothing`: a person has to decide; the remedy says what.
 */
export type Cure = "certificate" | "registration" | "program" | "nothing";

/** Every finding: what it means, and its cure. docs/findings.md is held against this table by a test. */
export const FINDINGS = {
  "certificate-missing": { cure: "certificate", meaning: "The certificate is gone from the server's machine store." },
  "key-unusable": { cure: "certificate", meaning: "The certificate is there, but its key does not sign any more." },
  "key-not-in-tpm": { cure: "certificate", meaning: "The key lies with another provider than the declared one." },
  "key-acl-lost": { cure: "registration", meaning: "The service account may not read the key." },
  "key-acl-wide": {
    cure: "registration",
    meaning: "Others than the service account, SYSTEM and Administrators may use the key.",
  },
  "rotation-due": { cure: "certificate", meaning: "The certificate is within its rotation window." },
  "credential-missing": {
    cure: "certificate",
    meaning: "Entra does not hold the certificate on the application any more.",
  },
  "connector-password-account": { cure: "registration", meaning: "The connector signs in with a password account." },
  "connector-other-application": { cure: "registration", meaning: "The connector uses another application." },
  "connector-other-certificate": { cure: "registration", meaning: "The connector uses another certificate." },
  "sign-in-awaited": {
    cure: "registration",
    meaning: "The switch waits for an administrator who signs in at the server's desktop.",
  },
  "switch-unverified": {
    cure: "registration",
    meaning: "The connector was switched, but the verification of the switch did not succeed.",
  },
  "connector-parameters-blank": {
    cure: "nothing",
    meaning: "The connector's connectivity parameters are blank, so the product cannot roll over.",
  },
  "scheduler-left-paused": { cure: "registration", meaning: "An interrupted run left the scheduler paused." },
  "program-changed": { cure: "program", meaning: "The host program on the server is not the one that was installed." },
  "writeback-undeclared": { cure: "nothing", meaning: "Password writeback on the server is not as declared." },
  "credential-revoked": {
    cure: "nothing",
    meaning: "The server's credential was revoked, and it does not synchronise.",
  },
  "application-missing": { cure: "nothing", meaning: "The application is gone from Entra." },
} as const satisfies Record<string, { cure: Cure; meaning: string }>;

/** Code of a finding about a server and its application: a key of {@link FINDINGS}. */
export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  code: FindingCode;
  /** A finding makes a drift alarm red; what only informs is a notice (model/diagnostics/notices.ts). */
  level: "finding";
  expected: string;
  actual: string;
  cure: Cure;
  /** What a person does where the cure is `nothing`; empty otherwise. */
  remedy: string;
}

/** One line for one finding: code, expected, actual. */
export function formatFinding(server: string, finding: Finding): string {
  const remedy = finding.remedy === "" ? "" : ` ${finding.remedy}`;
  return encodeText(
    `${server}: ${finding.code}: expected ${finding.expected}, found ${finding.actual}.${remedy}`,
    LONGEST_LINE,
  );
}

/** The beginning of a hash, for messages. */
export const short = (sha256: string) => `${sha256.slice(0, 12)}...`;

/** A finding with the cure that its code has in the table, unless the case has another one. */
export function finding(
  code: FindingCode,
  expected: string,
  actual: string,
  remedy = "",
  cure: Cure = FINDINGS[code].cure,
): Finding {
  return { code, level: "finding", expected, actual, cure, remedy };
}
