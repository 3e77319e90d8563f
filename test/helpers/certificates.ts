/** Real self-signed certificates for tests, and a host's description of them. */
import "reflect-metadata";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { TPM_PROVIDER, type HostCertificateFacts } from "../../model/protocol/host-protocol";
import { certificateLabel, certificateSubject, type ServerIdentity } from "../../model/server/labels";

type KeyKind = number | "P-256" | "Ed25519";

export interface CertificateOptions {
  /** @default "CN=test" */
  subject?: string;
  notBefore?: Date;
  notAfter?: Date;
  /** Bits of an RSA key, or the name of another kind of key. @default 2048 */
  key?: KeyKind;
  /** @default "SHA-256" */
  hash?: "SHA-1" | "SHA-256" | "SHA-384";
  /** Null omits the extension. @default DigitalSignature */
  usages?: x509.KeyUsageFlags | null;
}

export const { KeyUsageFlags } = x509;
export const DAY = 86_400_000;
/** The clock of the tests. */
export const NOW = new Date("2026-10-01T12:00:00Z");

const keys = new Map<string, Promise<webcrypto.CryptoKeyPair>>();

/** One key pair for each kind, because generating RSA keys takes most of the time of these tests. */
function keysOf(kind: KeyKind, hash: string): Promise<webcrypto.CryptoKeyPair> {
  const name = `${kind} ${hash}`;
  const rsa = { name: "RSASSA-PKCS1-v1_5", publicExponent: new Uint8Array([1, 0, 1]), hash };
  const others = { "P-256": { name: "ECDSA", namedCurve: "P-256" }, Ed25519: { name: "Ed25519" } };
  const algorithm = typeof kind === "number" ? { ...rsa, modulusLength: kind } : others[kind];
  const made =
    keys.get(name) ??
    (webcrypto.subtle.generateKey(algorithm, false, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>);
  keys.set(name, made);
  return made;
}

/** Makes a certificate. @returns DER */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Buffer> {
  const { subject = "CN=test", key = 2048, hash = "SHA-256", usages = x509.KeyUsageFlags.digitalSignature } = options;
  const notBefore = options.notBefore ?? NOW;
  const names = { "P-256": "ECDSA", Ed25519: "Ed25519" };
  const signingAlgorithm = { name: typeof key === "number" ? "RSASSA-PKCS1-v1_5" : names[key], hash };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString("hex"),
    name: subject,
    notBefore,
    notAfter: options.notAfter ?? new Date(notBefore.getTime() + 365 * DAY),
    keys: await keysOf(key, hash),
    signingAlgorithm,
    extensions: usages === null ? [] : [new x509.KeyUsagesExtension(usages, true)],
  });
  return Buffer.from(certificate.rawData);
}

const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");
const iso = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

/** How a host describes a certificate whose key is in its TPM. */
export function factsOf(der: Buffer, changes: Partial<HostCertificateFacts> = {}): HostCertificateFacts {
  const certificate = new x509.X509Certificate(der);
  return {
    sha256: digest("sha256", der),
    thumbprint: digest("sha1", der).toUpperCase(),
    label: certificate.subject.replace(/^CN=/, ""),
    subject: certificate.subject,
    notBefore: iso(certificate.notBefore),
    notAfter: iso(certificate.notAfter),
    certificate: der.toString("base64"),
    keyProvider: TPM_PROVIDER,
    keyUsable: true,
    keyProblem: null,
    keyInHardware: true,
    acl: keyAccess(),
    ...changes,
  };
}

export const SERVICE_SID = "S-1-5-80-3245704983-3664226991-764670653-2504430226-901976451";

/** The access rules of a healthy key file, as a German Windows names their accounts. */
export function keyAccess(): HostCertificateFacts["acl"] {
  return [
    { sid: "S-1-5-18", account: "NT-AUTORITÄT\\SYSTEM", rights: "FullControl", allow: true },
    { sid: "S-1-5-32-544", account: "VORDEFINIERT\\Administratoren", rights: "FullControl", allow: true },
    { sid: SERVICE_SID, account: "NT SERVICE\\ADSync", rights: "Read, Synchronize", allow: true },
  ];
}

const generations = new Map<string, Promise<HostCertificateFacts>>();

/** The certificate of a server's generation, created once: declared lifetime of 365 days from {@link NOW}. */
export function generationFacts(identity: ServerIdentity, generation: number): Promise<HostCertificateFacts> {
  const label = certificateLabel(identity, generation);
  const made =
    generations.get(label) ??
    makeCertificate({ subject: certificateSubject(identity, generation) }).then((der) => factsOf(der, { label }));
  generations.set(label, made);
  return made;
}
