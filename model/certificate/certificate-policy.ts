/** What a certificate of ours must be, and the check that what a host claims is what the certificate says. */
import { createHash, X509Certificate as NodeCertificate } from "node:crypto";
import "reflect-metadata";
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate } from "@peculiar/x509";
import type { HostCertificateFacts } from "../protocol/host-protocol";
import { TPM_PROVIDER } from "../protocol/host-operations";
import type { CertificateSource } from "./certificate-source";
import { daysBetween, toDays, type Duration } from "../configuration/duration";
import type { ObservedCertificate } from "./observed-certificate";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** Key and certificate of a server, as declared. */
export interface CertificatePolicy {
  /**
   * Where the certificate comes from: `{ kind: "selfSigned" }`, or `{ kind: "issued", sha256 }` for one that a CA issued
   * already, into LocalMachine\My of the server, or `{ kind: "template", template }` for one that the server asks a CA for.
   * Caution: a change is a rotation at the next `up`.
   * @default a self-signed certificate
   */
  source?: CertificateSource;
  /**
   * Validity of a new certificate, 30 to 730 days. A change takes effect at the next rotation.
   * @default "365 days"
   */
  lifetime: Duration;
  /**
   * How long before its end a certificate is replaced; shorter than `lifetime`. More than 150 days, so that the
   * product's own warning (150 days, later 70 % of the lifetime) never comes.
   * @default "180 days"
   */
  rotateBefore: Duration;
  /**
   * Full name of the key storage provider: the TPM's, or with `allowSoftwareKey` another one that keeps a file for each key.
   * Caution: a change makes a new key and certificate at the next `up`.
   * @default "Microsoft Platform Crypto Provider"
   */
  keyProvider: string;
  /**
   * Allows a provider other than the TPM's to be named. Nothing proves then that the key is in hardware.
   * @default false
   */
  allowSoftwareKey: boolean;
}

/** RSA key length in bits that the product supports (how-to page, certificate requirements of BYOC and BYOA). */
export const KEY_LENGTH = 2048;

/** Signature hashes of a CA that .NET and Entra know; a certificate that is made here is signed with the first. */
const CA_HASHES = ["SHA-256", "SHA-384", "SHA-512"];

/** Defaults shared by code, documentation and tests. */
export const CERTIFICATE_DEFAULTS: CertificatePolicy = {
  lifetime: "365 days",
  rotateBefore: "180 days",
  keyProvider: TPM_PROVIDER,
  allowSoftwareKey: false,
};

/** Days by which a certificate's validity may differ from the declared lifetime: it begins some minutes in the past. */
const VALIDITY_TOLERANCE_DAYS = 1;

/** A certificate as the component passes it on: PEM and dates exactly as Entra gets them. */
export interface PublicCertificate extends ObservedCertificate {
  pem: string;
}

/** What a certificate says of itself, without its bytes. */
export function withoutBytes({ pem: _, ...shown }: PublicCertificate): ObservedCertificate {
  return shown;
}

const digest = (algorithm: "sha1" | "sha256", der: Buffer) => createHash(algorithm).update(der).digest("hex");
const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");
/** A claimed date in the form of {@link seconds}; what is no date stays as it is. */
const claimed = (text: string) => (Number.isNaN(Date.parse(text)) ? text : seconds(new Date(text)));

/** PEM of a DER certificate, 64 characters a line and a newline at the end. */
export function toPem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** What was read, by its hash: host, application and principal show the same certificate in one run. */
const READ = new Map<string, { certificate: X509Certificate; shown: PublicCertificate } | null>();

function read(der: Buffer) {
  const sha256 = digest("sha256", der);
  const known = READ.get(sha256);
  if (known !== undefined) return known;
  const found = parse(der, sha256);
  READ.set(sha256, found);
  return found;
}

/** Reads a DER certificate; null if the bytes are none, or more than one: a hash over them would be no certificate's. */
export function readCertificate(der: Buffer): PublicCertificate | null {
  return read(der)?.shown ?? null;
}

function parse(der: Buffer, sha256: string) {
  try {
    const { raw, serialNumber } = new NodeCertificate(der);
    if (!raw.equals(der)) return null;
    const certificate = new X509Certificate(der);
    const shown = {
      sha256,
      thumbprint: digest("sha1", der).toUpperCase(),
      pem: toPem(der),
      subject: certificate.subject,
      issuer: certificate.issuer,
      serialNumber,
      notBefore: seconds(certificate.notBefore),
      notAfter: seconds(certificate.notAfter),
    };
    return { certificate, shown };
  } catch {
    return null;
  }
}

/** What a claimed certificate is held against. */
export type CertificateExpectation = { server: string } & (
  | {
      subject: string;
      /** Of a certificate that was just made; null for an older one, which keeps the lifetime it was made with. */
      lifetime: Duration | null;
    }
  /** A hand-made certificate is trusted by its hash: subject, lifetime and further key usages are what they are. */
  | { adoptedSha256: string }
  /** Of a CA: subject, lifetime and further key usages are the CA's matter, and so is a longer key. */
  | { issuedSha256: string }
  /** Of a CA that was asked by a template, found by its label on the server. */
  | { template: string }
);

/**
 * Holds what a host claims of a certificate against what the certificate says, and both against policy: hash, dates,
 * subject, RSA key size, SHA-256 signature, key usage DigitalSignature and nothing else.
 *
 * @returns every disagreement, none if the certificate may be uploaded
 */
export function checkCertificate(facts: HostCertificateFacts, expected: CertificateExpectation): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const expect = (property: string, actual: string, wanted: string) => {
    if (actual === wanted) return;
    const values = { property, actual: actual === "" ? "none" : actual, expected: wanted };
    problems.push(diagnose("CERTIFICATE_POLICY", expected.server, values));
  };

  const der = Buffer.from(facts.certificate, "base64");
  const found = read(der);
  if (!found) {
    expect("encoding", `${der.length} bytes that are no certificate`, "an X.509 certificate in DER");
    return problems;
  }
  const { certificate: parsed, shown: certificate } = found;
  expect("SHA-256 hash", facts.sha256, certificate.sha256);
  expect("thumbprint", facts.thumbprint.toUpperCase(), certificate.thumbprint);
  const issued = "issuedSha256" in expected || "template" in expected;
  const hashes = expected as { issuedSha256?: string; adoptedSha256?: string };
  const named = hashes.issuedSha256 ?? hashes.adoptedSha256 ?? null;
  if (named !== null) expect("SHA-256 hash", certificate.sha256, named);
  if ("subject" in expected) expect("subject", certificate.subject, expected.subject);
  expect("notBefore", claimed(facts.notBefore), certificate.notBefore);
  expect("notAfter", claimed(facts.notAfter), certificate.notAfter);

  const key = parsed.publicKey.algorithm as { name: string; modulusLength?: number };
  const signature = parsed.signatureAlgorithm as { name: string; hash?: { name: string } };
  const foundKey = `${key.name.startsWith("RSA") ? "RSA" : key.name} ${key.modulusLength ?? ""}`.trim();
  const longer = issued && key.name.startsWith("RSA") && (key.modulusLength ?? 0) >= KEY_LENGTH;
  if (!longer) expect("key", foundKey, issued ? `RSA ${KEY_LENGTH} or longer` : `RSA ${KEY_LENGTH}`);
  const hash = signature.hash?.name ?? signature.name;
  if (!issued || !CA_HASHES.includes(hash)) expect("signature hash", hash, "SHA-256");
  const usages = parsed.getExtension(KeyUsagesExtension)?.usages ?? 0;
  const signs = (usages & KeyUsageFlags.digitalSignature) !== 0;
  const alone = "subject" in expected ? usages === KeyUsageFlags.digitalSignature : signs;
  expect("key usage", alone ? "DigitalSignature" : `flags ${usages}`, "DigitalSignature");

  if (!("lifetime" in expected) || expected.lifetime === null) return problems;
  const validity = daysBetween(new Date(certificate.notBefore), new Date(certificate.notAfter));
  if (Math.abs(validity - toDays(expected.lifetime)) > VALIDITY_TOLERANCE_DAYS) {
    expect("lifetime", `${Math.round(validity)} days`, expected.lifetime);
  }
  return problems;
}
