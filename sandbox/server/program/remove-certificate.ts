/** `remove-certificate`: removes an own or adopted certificate with its key, unless something uses them. */
import type { z } from "zod";
import type { CertificateRequest, RemovalResult } from "../../../model/protocol/host-protocol";
import type { CertificateEntry, Windows } from "../windows";
import { byHash, byLabel, keyUnavailable } from "./certificates";
import type { Context } from "./context";
import { keepIssued } from "./issued";
import { keyFault } from "./key-faults";
import { requireAdSync } from "./preflight";
import { asText, Refusal } from "./refusal";

type Removal = z.infer<typeof RemovalResult>["before"];
type Key = Pick<CertificateRequest, "keyName" | "keyProvider">;

/** What goes: proven to be used by nothing that is known. */
export interface RemovalPlan {
  certificates: CertificateEntry[];
  keys: Key[];
}

export async function removeCertificate(context: Context<CertificateRequest>): Promise<z.infer<typeof RemovalResult>> {
  const { windows, request } = context;
  requireAdSync(windows);
  if (request.issued) return keepIssued(context);
  if (request.enrolment) removeRequests(context);
  const plan = planRemoval(windows, request);
  const before = count(windows, plan);
  if (before.certificates > 0 || before.keyFile) {
    context.changed = true;
    removePlanned(windows, plan);
  }
  const after = count(windows, plan);
  if (after.certificates > 0 || after.keyFile) {
    throw new Refusal("VERIFICATION_FAILED.removal", {
      expected: "neither",
      actual: `${after.certificates} certificate(s), key there: ${asText(after.keyFile)}`,
    });
  }
  return { before, after };
}

/** The requests of the label that wait for their CA, with their keys. */
export function removeRequests(context: Context<CertificateRequest>): void {
  const { windows, request } = context;
  for (const sha256 of windows.getEnrolmentRequests(request.label)) {
    context.changed = true;
    windows.removeEnrolmentRequest(sha256);
  }
}

/**
 * The certificates of a request with their keys, and those of the same subject whose label someone changed.
 *
 * @throws Refusal if the connector's certificate or another one needs a key that would go, or if a key does not answer
 */
export function planRemoval(windows: Windows, request: CertificateRequest): RemovalPlan {
  const certificates = selected(windows, request);
  const inUse = windows.getConnector().certificateSha256;
  const isAmong = (hash: string | null) => certificates.some(({ sha256 }) => sha256 === hash);
  const keys = isAmong(inUse) ? [] : existingKeys(windows, request, certificates);
  for (const { keyName, keyProvider } of keys) {
    for (const sha256 of windows.getKeyHolders(keyName, keyProvider)) {
      if (isAmong(sha256)) continue;
      const [holder] = byHash(windows, sha256);
      const isOwn = request.adoptSha256 === null && holder.subject === request.subject;
      if (sha256 !== inUse && !isOwn) throw keyShared(keyName, holder);
      certificates.push(holder);
    }
  }
  if (isAmong(inUse)) throw certificateInUse(request, inUse!);
  return { certificates, keys };
}

/** An adopted certificate is identified by its hash alone; its label may be empty or belong to another application. */
function selected(windows: Windows, { label, adoptSha256 }: CertificateRequest): CertificateEntry[] {
  return adoptSha256 === null ? byLabel(windows, label) : byHash(windows, adoptSha256);
}

/** Provider and container of each key that exists: those of the certificates and, for one of this project, the fixed name. */
function existingKeys(windows: Windows, request: CertificateRequest, certificates: CertificateEntry[]): Key[] {
  const keys: Key[] = certificates.flatMap(({ sha256 }) => {
    const { key, problem, hresult } = windows.getKey(sha256);
    if (key) return [key];
    if (!["dead", "unlinked"].includes(keyFault(hresult))) throw keyUnavailable(problem ?? "", hresult);
    return [];
  });
  if (request.adoptSha256 === null) keys.push(request);
  const unique = new Map(
    keys.map(({ keyName, keyProvider }) => [`${keyProvider}/${keyName}`.toLowerCase(), { keyName, keyProvider }]),
  );
  return [...unique.values()].filter((key) => windows.testKey(key.keyName, key.keyProvider));
}

function count(windows: Windows, { certificates, keys }: RemovalPlan): Removal {
  const hashes = new Set(certificates.map(({ sha256 }) => sha256));
  return {
    certificates: windows.getCertificates().filter(({ sha256 }) => hashes.has(sha256)).length,
    keyFile: keys.some((key) => windows.testKey(key.keyName, key.keyProvider)),
  };
}

/** Key first: a certificate whose key could not be removed must remain, because it identifies the key. */
export function removePlanned(windows: Windows, { certificates, keys }: RemovalPlan): void {
  for (const { keyName, keyProvider } of keys) windows.removeKey(keyName, keyProvider);
  for (const { sha256 } of certificates) windows.removeCertificateByHash(sha256);
}

function keyShared(keyName: string, { label, thumbprint }: CertificateEntry): Refusal {
  return new Refusal("KEY_SHARED", {
    expected: "a key that no other certificate has",
    actual: `certificate ${thumbprint} "${label}"`,
    detail: [keyName],
  });
}

export function certificateInUse({ server, label }: { server: string; label: string }, sha256: string): Refusal {
  return new Refusal("CERTIFICATE_IN_USE", {
    expected: `a connector that does not use "${label}"`,
    actual: `a connector on certificate ${sha256}`,
    detail: [server],
  });
}
