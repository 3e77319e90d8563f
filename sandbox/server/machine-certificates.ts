/** The store LocalMachine\My of an emulated server: real self-signed certificates with the model's keys. */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  verify,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Machine } from "./machine";
import { createKey, findKey } from "./machine-keys";
import type { MachineKey, StoredCertificate } from "./machine-state";
import { WindowsError, type Windows } from "./windows";

/** The validity from New-SelfSignedCertificate starts this many minutes before now. */
const BACKDATED_MINUTES = 10;
const DAY = 24 * 60 * 60_000;
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

export function certificatesByHash(machine: Machine, sha256: string): StoredCertificate[] {
  return machine.state.certificates.filter((entry) => entry.sha256 === sha256.toLowerCase());
}

/** The key container of a certificate; undefined if it no longer exists. */
export function keyOf(machine: Machine, certificate: StoredCertificate): MachineKey | undefined {
  return findKey(machine, certificate.keyName, certificate.keyProvider);
}

/** SHA-256 of the certificates in the store that have the public key of a key. */
export function holdersOf(machine: Machine, key: Pick<MachineKey, "privateKey">): string[] {
  const own = createPublicKey(key.privateKey).export({ type: "spki", format: "der" });
  const publicKey = ({ certificate }: StoredCertificate) =>
    new X509Certificate(Buffer.from(certificate, "base64")).publicKey.export({ type: "spki", format: "der" });
  return machine.state.certificates.filter((entry) => publicKey(entry).equals(own)).map(({ sha256 }) => sha256);
}

/** What Windows shows of a certificate. */
export function describeCertificate(der: Buffer, label: string) {
  const certificate = new x509.X509Certificate(der);
  return {
    sha256: createHash("sha256").update(der).digest("hex"),
    thumbprint: createHash("sha1").update(der).digest("hex").toUpperCase(),
    label,
    subject: certificate.subject,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    certificate: der.toString("base64"),
  };
}

/** Creates a certificate for a key that is created, or found by its name. */
export async function createCertificate(
  machine: Machine,
  now: Date,
  args: Parameters<Windows["newCertificate"]>[0],
): Promise<StoredCertificate> {
  const key = await createKey(machine, args.keyName, args.keyProvider, args.keyLength);
  const start = new Date(Math.floor(now.getTime() / 1000) * 1000 - BACKDATED_MINUTES * 60_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: args.subject,
    serialNumber: createHash("sha1").update(`${args.keyName} ${now.toISOString()}`).digest("hex").slice(0, 30),
    notBefore: start,
    notAfter: new Date(start.getTime() + args.lifetimeDays * DAY),
    signingAlgorithm: ALGORITHM,
    keys: await cryptoKeys(key),
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  });
  const entry: StoredCertificate = {
    ...describeCertificate(Buffer.from(certificate.rawData), args.label),
    keyName: key.name,
    keyProvider: key.provider,
  };
  machine.change((state) => state.certificates.push(entry));
  return entry;
}

async function cryptoKeys(key: MachineKey) {
  const privateKey = createPrivateKey(key.privateKey);
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, ALGORITHM, true, ["verify"]),
  };
}

/** Removes the selected certificates; their keys remain, as in Windows. */
export function removeCertificates(machine: Machine, isMeant: (entry: StoredCertificate) => boolean): number {
  const count = machine.state.certificates.filter(isMeant).length;
  if (count > 0) {
    machine.change((state) => {
      state.certificates = state.certificates.filter((entry) => !isMeant(entry));
    });
  }
  return count;
}

/** Whether a PS256 signature, salt length = hash length, verifies with the certificate's public key. */
export function verifyWith(machine: Machine, sha256: string, data: Buffer, signature: Buffer): boolean {
  const [certificate] = certificatesByHash(machine, sha256);
  if (!certificate) throw new WindowsError("not-found", `no certificate with SHA-256 ${sha256} in LocalMachine\\My`);
  const key = new X509Certificate(Buffer.from(certificate.certificate, "base64")).publicKey;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}
