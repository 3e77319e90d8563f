/** Facts about a certificate, its key and the key's access rules. */
import { randomBytes } from "node:crypto";
import {
  TPM_PROVIDER,
  type HostCertificateFacts,
  type KeyAccess,
  type KeyFault,
} from "../../../model/protocol/host-protocol";
import { WindowsError, type CertificateEntry, type IssuanceFacts, type Windows } from "../windows";
import { SIGNATURE_WAITS } from "../../../model/protocol/host-constants";
import { keyFault } from "./key-faults";
import { Refusal, withoutEnd } from "./refusal";
import { sameText } from "./same-text";

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";
/** The key signs, but the signature is wrong. */
const INVALID_SIGNATURE = "its PS256 signature does not verify";
/** Value of the key's property PSS Salt Size. */
const LONGEST_SALT = 1;
const LONGEST_SALT_PROBLEM =
  "its TPM salts PSS signatures to the maximum (PSS Salt Size 1), not to the length of the hash";

/** Why a key does not sign, and what that proves. */
interface KeyProblem {
  text: string;
  fault: KeyFault;
}

const keyProblemOf = (text: string, hresult: string | null, signedWith: string | null = null): KeyProblem => ({
  text: hresult === null ? text : `${withoutEnd(text)} (${hresult})`,
  fault: keyFault(hresult, signedWith),
});

/** Why a key does not sign; null if it is good. One that fails for a passing reason is tried again. */
async function probeKey(windows: Windows, sha256: string): Promise<KeyProblem | null> {
  for (const seconds of SIGNATURE_WAITS) {
    const problem = tryKey(windows, sha256);
    if (problem?.fault !== "passing") return problem;
    await windows.wait(seconds);
  }
  return tryKey(windows, sha256);
}

/** Signs and verifies once, salt length = hash length; null if the key is good. */
export function tryKey(windows: Windows, sha256: string): KeyProblem | null {
  const data = randomBytes(32).toString("base64");
  const { key, problem, hresult } = windows.getKey(sha256);
  if (!key) return keyProblemOf(problem ?? "no private key", hresult);
  if (sameText(key.keyProvider, TPM_PROVIDER) && key.pssSaltSize === LONGEST_SALT) {
    return { text: LONGEST_SALT_PROBLEM, fault: "unsupported" };
  }
  try {
    if (windows.verify(sha256, data, windows.sign(sha256, data))) return null;
    return { text: INVALID_SIGNATURE, fault: "unsupported" };
  } catch (error) {
    if (!(error instanceof WindowsError) || error.kind !== "key") throw error;
    return keyProblemOf(error.message, error.hresult, key.keyProvider);
  }
}

function shownIssuance(facts: IssuanceFacts | null): HostCertificateFacts["issuance"] {
  if (!facts) return null;
  const { issuer, trusted, problem, revocation, revocationProblem } = facts;
  return { issuer, trusted, problem, revocation, revocationProblem };
}

export async function readFacts(windows: Windows, entry: CertificateEntry): Promise<HostCertificateFacts> {
  const { key } = windows.getKey(entry.sha256);
  const problem = await probeKey(windows, entry.sha256);
  return {
    ...entry,
    keyProvider: key?.keyProvider ?? null,
    keyUsable: problem === null,
    keyProblem: problem?.text ?? null,
    keyFault: problem?.fault ?? null,
    keyInHardware: key?.keyInHardware ?? false,
    issuance: shownIssuance(windows.getIssuance(entry.sha256)),
    acl: key?.keyFile ? windows.getKeyAccess(key.keyFile) : null,
  };
}

/** Why the key of a certificate cannot be used, as a refusal; only a proven one proposes another key. */
export function keyRefusal(facts: HostCertificateFacts, source: "adopted" | "issued" | null = null): Refusal {
  const { label, keyProblem, keyFault: fault, keyProvider } = facts;
  const actual = keyProblem ?? "";
  // Another key in the same TPM would be no better.
  if (fault === "unsupported" && sameText(keyProvider, TPM_PROVIDER)) {
    const expected = "a signature with salt length = hash length that verifies";
    return new Refusal("TPM_SIGNATURE_INVALID", { expected, actual });
  }
  if (fault !== "dead" && fault !== "unlinked" && fault !== "unsupported") return keyUnavailable(actual);
  const expected = "a key whose PS256 signature verifies";
  return source
    ? new Refusal(`KEY_UNUSABLE.${source}`, { expected, actual })
    : new Refusal("KEY_UNUSABLE", { expected, actual, detail: [label] });
}

/** Why the connector can no longer sign in with a certificate as far as the host can determine; null if it can. */
export async function whyUnusable(windows: Windows, sha256: string): Promise<string | null> {
  const found = byHash(windows, sha256);
  if (found.length !== 1) return `${found.length} certificates with that hash in LocalMachine\\My`;
  const [{ notBefore, notAfter }] = found;
  const now = new Date(windows.getTime());
  if (now < new Date(notBefore)) return `not valid before ${notBefore}`;
  if (now > new Date(notAfter)) return `expired on ${notAfter}`;
  return (await probeKey(windows, sha256))?.text ?? null;
}

/** Whether the certificate was proven to be of no use any more: gone, expired or its key lost. */
export async function isLost(windows: Windows, sha256: string): Promise<boolean> {
  if ((await whyUnusable(windows, sha256)) === null) return false;
  const [found] = byHash(windows, sha256);
  if (!found || new Date(windows.getTime()) > new Date(found.notAfter)) return true;
  return (await probeKey(windows, sha256))?.fault === "dead";
}

export function byLabel(windows: Windows, label: string): CertificateEntry[] {
  return windows.getCertificates().filter((entry) => entry.label === label);
}

export function byHash(windows: Windows, sha256: string): CertificateEntry[] {
  return windows.getCertificates().filter((entry) => entry.sha256 === sha256);
}

/**
 * @param label null for a certificate that is adopted or issued by a CA
 * @throws Refusal if there is none with that hash, or more than one
 */
export function requireByHash(
  windows: Windows,
  sha256: string,
  label: string | null,
  unnamed: "CERTIFICATE_MISSING.adopted" | "CERTIFICATE_MISSING.issued" = "CERTIFICATE_MISSING.adopted",
): CertificateEntry {
  const found = byHash(windows, sha256);
  if (found.length === 1) return found[0];
  const expected = `one certificate with SHA-256 ${sha256} in LocalMachine\\My`;
  if (found.length > 1) {
    throw new Refusal("CERTIFICATE_AMBIGUOUS", {
      expected,
      actual: `${found.length}`,
    });
  }
  const missing = { expected, actual: "none" };
  throw label === null
    ? new Refusal(unnamed, missing)
    : new Refusal("CERTIFICATE_MISSING", { ...missing, detail: [label] });
}

/** @throws Refusal if several carry the label */
export function requireAtMostOne(entries: CertificateEntry[], label: string): CertificateEntry | undefined {
  if (entries.length <= 1) return entries[0];
  throw new Refusal("CERTIFICATE_AMBIGUOUS.label", {
    expected: `one certificate labelled "${label}"`,
    actual: `${entries.length}: ${entries.map((entry) => entry.thumbprint).join(", ")}`,
  });
}

/** Rights with which an account can read the key, and so sign with it; Windows combines names with commas. */
const READS = /\b(Read|ReadAndExecute|Modify|FullControl)\b/i;

/** Exactly the service account, SYSTEM and Administrators, each able to read, and no deny rule. */
function isExact(acl: readonly KeyAccess[] | null, serviceSid: string): boolean {
  if (acl === null) return false;
  const expected = new Set([serviceSid, SYSTEM_SID, ADMINISTRATORS_SID]);
  return (
    acl.every((rule) => rule.allow && expected.has(rule.sid)) &&
    [...expected].every((sid) => acl.some((rule) => rule.sid === sid && READS.test(rule.rights)))
  );
}

/**
 * Lets only the service account, SYSTEM and Administrators use the key; reads the list back.
 *
 * @returns whether anything was changed
 */
export function ensureKeyAccess(windows: Windows, sha256: string, service: { account: string; accountSid: string }) {
  const { key, problem } = windows.getKey(sha256);
  const refuse = (actual: string): Refusal =>
    new Refusal("KEY_ACL_NOT_SET", {
      expected: `${service.account}, SYSTEM and Administrators only`,
      actual,
    });
  if (!key?.keyFile) throw refuse(problem ?? "a key without a file");
  if (isExact(windows.getKeyAccess(key.keyFile), service.accountSid)) return false;
  windows.setKeyAccess(key.keyFile, [service.accountSid]);
  const acl = windows.getKeyAccess(key.keyFile);
  if (!isExact(acl, service.accountSid)) {
    const rules = acl?.map(({ account, rights }) => `${account}: ${rights}`).join(", ");
    throw refuse(rules ?? "an access list that cannot be read");
  }
  return true;
}

/** @param hresult the provider's answer; null if the problem contains it already */
export function keyUnavailable(problem: string, hresult: string | null = null): Refusal {
  return new Refusal("KEY_UNAVAILABLE", {
    expected: "a key that opens and signs, or proof that it is lost",
    actual: hresult === null ? problem : `${withoutEnd(problem)} (${hresult})`,
  });
}

export function keyNotInHardware(label: string, keyProvider: string | null): Refusal {
  return new Refusal("KEY_NOT_IN_HARDWARE", {
    expected: "a key in the TPM",
    actual: `${keyProvider}`,
    detail: [label],
  });
}
