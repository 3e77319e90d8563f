/** What Windows says of a certificate of a CA: its chain, its revocation, its usages. */
import { X509Certificate as NodeCertificate } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Machine } from "./machine";
import { isOfAuthority } from "./machine-authority";
import type { StoredCertificate } from "./machine-state";
import type { IssuanceFacts } from "./windows";

const UNKNOWN_ROOT = "PartialChain: A certificate chain could not be built to a trusted root authority.";
const OFFLINE = "The revocation function was unable to check revocation because the revocation server was offline.";

/** Key usages as .NET names them. */
const USAGES: Partial<Record<keyof typeof x509.KeyUsageFlags, string>> = {
  digitalSignature: "DigitalSignature",
  nonRepudiation: "NonRepudiation",
  keyEncipherment: "KeyEncipherment",
  dataEncipherment: "DataEncipherment",
  keyAgreement: "KeyAgreement",
  keyCertSign: "KeyCertSign",
  cRLSign: "CrlSign",
};

function usagesOf(certificate: x509.X509Certificate): string[] | null {
  const extension = certificate.getExtension(x509.KeyUsagesExtension);
  if (!extension) return null;
  return Object.entries(USAGES).flatMap(([name, shown]) => {
    const flag = x509.KeyUsageFlags[name as keyof typeof x509.KeyUsageFlags];
    return (extension.usages & flag) === 0 ? [] : [shown];
  });
}

/** @param offline no revocation list and no responder answers */
export function readIssuance(
  machine: Machine,
  { certificate, sha256 }: StoredCertificate,
  offline: boolean,
): Omit<IssuanceFacts, "exportable"> | null {
  const der = Buffer.from(certificate, "base64");
  const parsed = new x509.X509Certificate(der);
  if (parsed.issuer === parsed.subject) return null;
  const trusted = isOfAuthority(machine, der);
  const revoked = machine.state.authority?.revoked.includes(sha256) ?? false;
  // Without a chain no list is looked for.
  const unchecked = offline || !trusted;
  const { asymmetricKeyDetails, asymmetricKeyType } = new NodeCertificate(der).publicKey;
  return {
    issuer: parsed.issuer,
    trusted,
    problem: trusted ? null : UNKNOWN_ROOT,
    revocation: unchecked ? "unchecked" : revoked ? "revoked" : "good",
    revocationProblem: unchecked ? OFFLINE : null,
    keyLength: asymmetricKeyType === "rsa" ? (asymmetricKeyDetails?.modulusLength ?? 0) : 0,
    keyUsages: usagesOf(parsed),
    purposes: (parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages as string[] | undefined) ?? null,
  };
}
