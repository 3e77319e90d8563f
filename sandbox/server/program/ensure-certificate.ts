/** `ensure-certificate`: key with the named provider, certificate, access rules, and a signature that verifies. */
import {
  TPM_PROVIDER,
  type CertificateRequest,
  type CertificateResult,
  type HostCertificateFacts,
} from "../../../model/protocol/host-protocol";
import type { z } from "zod";
import { WindowsError, type CertificateEntry, type Windows } from "../windows";
import {
  byHash,
  byLabel,
  ensureKeyAccess,
  keyNotInHardware,
  keyRefusal,
  readFacts,
  requireAtMostOne,
  requireByHash,
} from "./certificates";
import type { Context } from "./context";
import { enrol } from "./enrolment";
import { takeIssued } from "./issued";
import { keyFault } from "./key-faults";
import {
  requireAdSync,
  requireFramework,
  requireServiceAccount,
  requireTpm,
  requireVersion,
  type ServiceAccount,
} from "./preflight";
import { Refusal } from "./refusal";
import { planRemoval, removePlanned } from "./remove-certificate";
import { sameText } from "./same-text";

export async function ensureCertificate(
  context: Context<CertificateRequest>,
): Promise<z.infer<typeof CertificateResult>> {
  const { windows, request } = context;
  const { service: found, product } = requireAdSync(windows);
  requireVersion(product.version, request.minimumVersion);
  const service = requireServiceAccount(windows, found, request.serviceAccount);
  if (request.issued) return takeIssued(context, service);
  if (request.adoptSha256 !== null) return adopt(context, service, request.adoptSha256);
  if (request.enrolment) return enrol(context, service, request.enrolment);
  requireAllowedProvider(request);
  requireTpm(windows, request.keyProvider);

  const existing = requireAtMostOne(byLabel(windows, request.label), request.label);
  const before = existing ? await readFacts(windows, existing) : null;
  if (before && isAsAsked(before, request)) {
    if (ensureKeyAccess(windows, before.sha256, service)) context.changed = true;
    return { before, after: await readFacts(windows, existing!) };
  }
  if (before) replaceUnused(context, before);

  const made = await makeChecked(context, service);
  return { before, after: await readFacts(windows, made) };
}

/** Adopts a certificate from another source unchanged; only the access rules of its key are corrected. */
async function adopt(
  context: Context<CertificateRequest>,
  service: ServiceAccount,
  sha256: string,
): Promise<z.infer<typeof CertificateResult>> {
  const { windows } = context;
  const entry = requireByHash(windows, sha256, null);
  const before = await readFacts(windows, entry);
  if (!before.keyUsable) throw keyRefusal(before, "adopted");
  if (ensureKeyAccess(windows, sha256, service)) context.changed = true;
  return { before, after: await readFacts(windows, entry) };
}

/** Creates key and certificate, signs and verifies, sets the access rules; removes what it created if that fails. */
async function makeChecked(context: Context<CertificateRequest>, service: ServiceAccount): Promise<CertificateEntry> {
  const { windows, request } = context;
  requireFramework(windows);
  let hadKey = windows.testKey(request.keyName, request.keyProvider);
  if (hadKey) requireOwnKey(windows, request);
  const wasChanged = context.changed;
  let made: CertificateEntry | null = null;
  context.changed = true;
  context.progress.report("makingKey");
  try {
    try {
      made = await windows.newCertificate(request);
    } catch (error) {
      if (!hadKey || !isUseless(windows, request, error)) throw error;
      windows.removeKey(request.keyName, request.keyProvider);
      hadKey = false;
      made = await windows.newCertificate(request);
    }
    const facts = await readFacts(windows, made);
    if (!facts.keyUsable) throw keyRefusal(facts);
    if (!facts.keyInHardware && !request.allowSoftwareKey) throw keyNotInHardware(request.label, facts.keyProvider);
    ensureKeyAccess(windows, made.sha256, service);
    return made;
  } catch (error) {
    if (removedAgain(context, made, hadKey)) context.changed = wasChanged;
    throw error;
  }
}

/** The fixed name is only derived: a key under it that a certificate of another subject has is another server's. */
function requireOwnKey(windows: Windows, { keyName, keyProvider, subject }: CertificateRequest): void {
  for (const sha256 of windows.getKeyHolders(keyName, keyProvider)) {
    const [holder] = byHash(windows, sha256);
    if (holder.subject !== subject) throw keyOfAnother(keyName, holder);
  }
}

function keyOfAnother(keyName: string, { label, thumbprint }: CertificateEntry): Refusal {
  return new Refusal("KEY_SHARED.making", {
    expected: "a key that no other certificate has",
    actual: `certificate ${thumbprint} "${label}"`,
    detail: [keyName],
  });
}

/** The key under the fixed name is of no use: no certificate has it, and why it does not sign does not pass. */
function isUseless(windows: Windows, { keyName, keyProvider }: CertificateRequest, error: unknown): boolean {
  if (!(error instanceof WindowsError) || error.kind !== "key") return false;
  const fault = keyFault(error.hresult, keyProvider);
  if (fault !== "dead" && fault !== "unsupported" && fault !== "unknown") return false;
  return windows.getKeyHolders(keyName, keyProvider).length === 0;
}

/** Removes what this run made, and nothing that was there before; returns whether it succeeded. */
function removedAgain(
  { windows, request }: Context<CertificateRequest>,
  made: CertificateEntry | null,
  hadKey: boolean,
): boolean {
  const { keyName, keyProvider } = request;
  try {
    if (!hadKey && windows.testKey(keyName, keyProvider)) windows.removeKey(keyName, keyProvider);
    // A step may fail behind its effect; before this run there was none of the label.
    for (const { sha256 } of made ? [made] : byLabel(windows, request.label)) windows.removeCertificateByHash(sha256);
    return true;
  } catch {
    // The next run finds certificate and key by label and name.
    return false;
  }
}

/** The key signs and is stored as requested. A changed lifetime takes effect at the next rotation only. */
function isAsAsked(facts: HostCertificateFacts, request: CertificateRequest): boolean {
  return facts.keyUsable && sameText(facts.keyProvider, request.keyProvider);
}

function requireAllowedProvider(request: CertificateRequest): void {
  if (sameText(request.keyProvider, TPM_PROVIDER) || request.allowSoftwareKey) return;
  throw new Refusal("KEY_NOT_IN_HARDWARE.provider", {
    expected: "the provider of the TPM, or allowSoftwareKey true",
    actual: request.keyProvider,
  });
}

/** Removes a certificate with that label whose key works, but is stored with another provider. */
function replaceUnused(context: Context<CertificateRequest>, facts: HostCertificateFacts): void {
  const { windows, request } = context;
  const inUse = windows.getConnector().certificateSha256 === facts.sha256;
  if (inUse && facts.keyUsable) throw providerInUse(facts, request.keyProvider);
  // A dead one too: the next run finds it, and makes another generation beside it.
  if (!facts.keyUsable) throw keyRefusal(facts);
  const plan = planRemoval(windows, request);
  context.changed = true;
  removePlanned(windows, plan);
}

function providerInUse({ label, keyProvider }: HostCertificateFacts, wanted: string): Refusal {
  return new Refusal("CERTIFICATE_IN_USE.provider", {
    expected: `the key of "${label}" with ${wanted}`,
    actual: `${keyProvider}`,
  });
}
