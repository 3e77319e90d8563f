/** Generations of a server's key and certificate, as host and Entra hold them. */
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { templateIn } from "./certificate-source";
import { generationOf, type ServerIdentity } from "../server/labels";
import type { ObservedApplication } from "../server/observation";

/** Which certificate is meant: that of a generation, or the one that was adopted in its place. */
export interface CertificateReference {
  /** The server by the name that its labels of this generation carry. */
  identity: ServerIdentity;
  generation: number;
  /** Hash of the certificate that is this generation if it was made by hand or issued by a CA; empty if it was made here. */
  adoptedSha256: string;
  /** Where it comes from, as state remembers that; empty or absent if it is self-signed or adopted. */
  source?: string;
}

/** The template by which the server asks a CA for it; null if it does not. */
export const enrolledBy = ({ source = "", adoptedSha256 }: CertificateReference): string | null =>
  adoptedSha256 === "" ? templateIn(source) : null;

/** A certificate with its key, as the host is asked to make or remove both. */
export interface KeyReference extends CertificateReference {
  /** Whether the key container has a name that no other server's can have; not one of an earlier release. */
  keyUnmistakable: boolean;
}

/** The certificate on the host, undefined if there is none. */
export function certificateOf(
  facts: HostObservation,
  { identity, generation, adoptedSha256 }: CertificateReference,
): HostCertificateFacts | undefined {
  return facts.certificates.find(({ label, sha256 }) =>
    adoptedSha256 ? sha256 === adoptedSha256 : generationOf(identity, label) === generation,
  );
}

/** The newest generation that host or Entra hold, 0 if neither holds one. */
export function newestGeneration(
  facts: HostObservation | null,
  application: ObservedApplication | null,
  identity: ServerIdentity,
): number {
  const labels = [
    ...(facts?.certificates ?? []).map((certificate) => certificate.label),
    ...(application?.keys ?? []).map((key) => key.subject),
  ];
  return Math.max(0, ...labels.map((label) => generationOf(identity, label) ?? 0));
}

/** Whether a generation got as far as Entra: what never was cannot be missed. */
export function wasRealised(
  facts: HostObservation,
  application: ObservedApplication,
  reference: CertificateReference,
): boolean {
  const { identity, generation, adoptedSha256 } = reference;
  const certificate = certificateOf(facts, reference);
  const uploaded = application.keys.some(({ sha256, subject }) => {
    if (sha256 !== null && sha256 === certificate?.sha256) return true;
    return adoptedSha256 ? sha256 === adoptedSha256 : generationOf(identity, subject) === generation;
  });
  if (uploaded) return true;
  const { connector } = facts;
  if (connector.appId !== application.appId) return false;
  if (certificate) return connector.certificateSha256 === certificate.sha256;
  if (application.keys.length === 0) return true;
  // A CA writes no generation into its certificate: what the connector uses and the server does not hold is this one.
  const usesUnknown = !facts.certificates.some(({ sha256 }) => sha256 === connector.certificateSha256);
  return enrolledBy(reference) !== null && usesUnknown;
}
