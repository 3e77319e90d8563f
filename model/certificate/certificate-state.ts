/** Which key and certificate a server should be on, as remembered between runs. */
import { certificateOf, newestGeneration, type KeyReference } from "./generations";
import { namedBy, sourceOf, sourceText } from "./certificate-source";
import type { CertificatePolicy } from "./certificate-policy";
import { canDeriveKeyId } from "./key-id";
import type { HostObservation } from "../protocol/host-protocol";
import { generationOf } from "../server/labels";
import type { ObservedApplication } from "../server/observation";

/** What is declared that this memory hangs on. */
export interface CertificateDeclaration {
  stack: string;
  server: string;
  host: string;
  port: number;
  user: string;
  hostKeyFingerprint: string;
  /** The bastion on the way, as {@link proxyText} writes it; left out if there is none, as in a state of earlier releases. */
  proxy?: string;
  /** Rotation on demand: a text that differs from the last one starts a rotation; empty if none is declared. */
  rotate: string;
  /** Hash of a hand-made certificate to adopt; empty if there is none. */
  adopt: string;
  certificate: Pick<CertificatePolicy, "source">;
}

export interface CertificateMemory {
  certificateGeneration: number;
  /** The server's name in the labels of this generation: the former one until a renamed server was rotated. */
  certificateServer: string;
  /** Hash of the certificate that is this generation if it was made by hand or issued by a CA; empty if it was made here. */
  adoptedSha256: string;
  /** Where the certificate of this generation comes from: {@link sourceText}; empty in a state of earlier releases. */
  certificateSource: string;
  /** Moves if the certificate's resource is replaced; stays if it is updated in place. */
  certificateReplacement: number;
  /** Whether the key credential has the id that is derived from its certificate; false for those of earlier releases. */
  keyIdDerived: boolean;
  /** Whether the key container's name belongs to no other server; false for those of earlier releases. */
  keyUnmistakable: boolean;
  /**
   * Runs for which the certificate is still made in place, 0 in most: the connection changed, and the host behind the
   * new one was not seen to hold this generation since. To replace the certificate now would delete the old one over the
   * old connection, which may lead nowhere for ever.
   */
  settling: number;
  /** The text that asked for the last rotation. */
  rotate: string;
  /** The declared adoption that was acted upon last. */
  adopt: string;
}

/** What a run found that only a new certificate heals. */
export interface CertificateNeed {
  /** Findings with the cure `certificate`. */
  due: boolean;
  /** The certificate of this generation is there, but its key is dead. */
  keyDead: boolean;
  /** The newest generation that was revoked, 0 if none was: a rotation goes beyond it, or its result would count as revoked. */
  revoked: number;
}

/** Runs that a changed connection is given until the host behind it holds the certificate; then it is replaced. */
const SETTLING_RUNS = 2;

/** What says how a server is reached. */
export const CONNECTION_PROPERTIES = ["host", "port", "user", "hostKeyFingerprint", "proxy"] as const;

/** The certificate that a memory means. */
export function certificateReference(stack: string, memory: CertificateMemory): KeyReference {
  const { certificateServer, certificateGeneration, adoptedSha256, certificateSource: source } = memory;
  return {
    identity: { stack, server: certificateServer },
    generation: certificateGeneration,
    ...{ adoptedSha256, source },
    keyUnmistakable: memory.keyUnmistakable,
  };
}

/**
 * The memory of a server that state does not know: the newest generation that host or Entra hold, and the adopted
 * certificate if the connector does not use one of ours already.
 */
export function firstCertificate(
  declaration: CertificateDeclaration,
  facts: HostObservation | null,
  application: ObservedApplication | null,
): CertificateMemory {
  const { stack, server, rotate, adopt } = declaration;
  const newest = newestGeneration(facts, application, { stack, server });
  const certificateSource = sourceText(sourceOf(declaration.certificate));
  const issued = namedBy(certificateSource);
  const adopts = adopt !== "" && (newest === 0 || facts?.connector.certificateSha256 === adopt);
  const named = adopts ? adopt : issued;
  const generation = named !== "" ? newest + 1 : Math.max(1, newest);
  const isCertificate = ({ subject, sha256 }: ObservedApplication["keys"][number]) =>
    named === "" ? generationOf({ stack, server }, subject) === generation : sha256 === named;
  return {
    certificateGeneration: generation,
    certificateServer: server,
    adoptedSha256: named,
    // An adopted certificate stays until its next rotation; only another one that is declared by its hash follows at once.
    certificateSource: issued !== "" && named !== issued ? "" : certificateSource,
    certificateReplacement: generation,
    // What was made by hand is imported with its id, from an application that may not be known by its marker yet.
    keyIdDerived: !adopts && canDeriveKeyId(application, isCertificate),
    // A key under another name is still found by its certificate.
    keyUnmistakable: true,
    settling: 0,
    rotate,
    adopt,
  };
}

/** The memory of the last run, even if an older release of this program wrote it. */
export function rememberedCertificate(
  old: Partial<CertificateMemory> & { server: string; certificateGeneration: number },
): CertificateMemory {
  return {
    certificateGeneration: old.certificateGeneration,
    certificateServer: old.certificateServer ?? old.server,
    adoptedSha256: old.adoptedSha256 ?? "",
    certificateSource: old.certificateSource ?? "",
    certificateReplacement: old.certificateReplacement ?? old.certificateGeneration,
    keyIdDerived: old.keyIdDerived ?? false,
    keyUnmistakable: old.keyUnmistakable ?? false,
    settling: old.settling ?? 0,
    rotate: old.rotate ?? "",
    adopt: old.adopt ?? "",
  };
}

/** Whether the host is reached otherwise than in the last run. */
export function connectionChanged(old: CertificateDeclaration, declaration: CertificateDeclaration): boolean {
  return CONNECTION_PROPERTIES.some((property) => old[property] !== declaration[property]);
}

/**
 * The memory of this run.
 *
 * A generation moves for what only a new certificate heals, for a rotation on demand, for an adoption, for another source
 * and after a rename; once for all of them. One that a CA issued under its hash moves for another hash only: there is no
 * other certificate to move to. While the connection settles it stays, and what is missing is made under the same label
 * in place; only a dead key takes a new label, in place as well, as one in use is never overwritten.
 */
export function nextCertificate(
  remembered: CertificateMemory,
  declaration: CertificateDeclaration,
  changedConnection: boolean,
  facts: HostObservation,
  need: CertificateNeed,
): CertificateMemory {
  const seen = certificateOf(facts, certificateReference(declaration.stack, remembered));
  const granted = changedConnection ? SETTLING_RUNS : Math.max(0, remembered.settling - 1);
  const settling = seen?.keyUsable ? 0 : granted;
  const inPlace = changedConnection || settling > 0;
  const { rotate, adopt } = declaration;
  const asked = rotate !== "" && rotate !== remembered.rotate;
  const adopts = adopt !== "" && adopt !== remembered.adopt && adopt !== remembered.adoptedSha256;
  const renamed = remembered.certificateServer !== declaration.server;
  const certificateSource = sourceText(sourceOf(declaration.certificate));
  const resourced = certificateSource !== remembered.certificateSource;
  const issued = namedBy(certificateSource);
  const stays = issued !== "" && issued === remembered.adoptedSha256;
  const replaced = inPlace ? asked && !changedConnection : need.due || asked || adopts || renamed || resourced;
  if (replaced && !stays) {
    return {
      certificateGeneration: Math.max(remembered.certificateGeneration, need.revoked) + 1,
      certificateServer: declaration.server,
      adoptedSha256: issued !== "" ? issued : adopts ? adopt : "",
      certificateSource,
      certificateReplacement: remembered.certificateReplacement + 1,
      keyIdDerived: issued !== "" || !adopts,
      keyUnmistakable: true,
      ...{ settling, rotate, adopt },
    };
  }
  const relabelled = inPlace && need.keyDead && !stays;
  return {
    ...remembered,
    // The same certificate, under another name of its source: one that was adopted is declared as a CA's since.
    certificateSource: stays || relabelled ? certificateSource : remembered.certificateSource,
    settling,
    certificateGeneration: remembered.certificateGeneration + (relabelled ? 1 : 0),
    adoptedSha256: relabelled ? issued : remembered.adoptedSha256,
    keyIdDerived: relabelled || remembered.keyIdDerived,
    keyUnmistakable: relabelled || remembered.keyUnmistakable,
    // What was asked for is remembered once it is done; what is asked for no more, at once.
    rotate: asked ? remembered.rotate : rotate,
    adopt: adopts ? remembered.adopt : adopt,
  };
}
