/** Facts about a certificate, its key and the key's access rules. */
import { randomBytes } from "node:crypto";
import {
  TPM_PROVIDER,
  type HostCertificateFacts,
  type KeyAccess,
  type KeyFault,
} from "../../../model/protocol/host-protocol";
import { WindowsError, type CertificateEntry, type Windows } from "../windows";
import { keyFault } from "./key-faults";
import { Refusal } from "./refusal";

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
  text: hresult === null ? text : `${text} (${hresult})`,
  fault: keyFault(hresult, signedWith),
});

/** Signs and verifies, salt length = hash length; null if the key is good. */
export function probeKey(windows: Windows, sha256: string): KeyProblem | null {
  const data = randomBytes(32).toString("base64");
  const { key, problem, hresult } = windows.getKey(sha256);
  if (!key) return keyProblemOf(problem ?? "no private key", hresult);
  if (key.keyProvider === TPM_PROVIDER && key.pssSaltSize === LONGEST_SALT) {
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

export function readFacts(windows: Windows, entry: CertificateEntry): HostCertificateFacts {
  const { key } = windows.getKey(entry.sha256);
  const problem = probeKey(windows, entry.sha256);
  return {
    ...entry,
    keyProvider: key?.keyProvider ?? null,
    keyUsable: problem === null,
    keyProblem: problem?.text ?? null,
    keyFault: problem?.fault ?? null,
    keyInHardware: key?.keyInHardware ?? false,
    acl: key?.keyFile ? windows.getKeyAccess(key.keyFile) : null,
  };
}

/** Why the key of a certificate cannot be used, as a refusal; only a proven one proposes another key. */
export function keyRefusal({ label, keyProblem, keyFault: fault, keyProvider }: HostCertificateFacts): Refusal {
  const problem = keyProblem ?? "no key";
  // Another key in the same TPM would be no better.
  if (fault === "unsupported" && keyProvider === TPM_PROVIDER) return signatureInvalid(problem);
  return fault === "dead" || fault === "unlinked" || fault === "unsupported"
    ? keyUnusable(label, problem)
    : keyUnavailable(problem);
}

/** Why the connector can no longer sign in with a certificate as far as the host can determine; null if it can. */
export function whyUnusable(windows: Windows, sha256: string): string | null {
  const found = byHash(windows, sha256);
  if (found.length !== 1) return `${found.length} certificates with that hash in LocalMachine\\My`;
  const [{ notBefore, notAfter }] = found;
  const now = new Date(windows.getTime());
  if (now < new Date(notBefore)) return `not valid before ${notBefore}`;
  if (now > new Date(notAfter)) return `expired on ${notAfter}`;
  return probeKey(windows, sha256)?.text ?? null;
}

/** Whether the certificate was proven to be of no use any more: gone, expired or its key lost. */
export function isLost(windows: Windows, sha256: string): boolean {
  if (whyUnusable(windows, sha256) === null) return false;
  const [found] = byHash(windows, sha256);
  if (!found || new Date(windows.getTime()) > new Date(found.notAfter)) return true;
  return probeKey(windows, sha256)?.fault === "dead";
}

export function byLabel(windows: Windows, label: string): CertificateEntry[] {
  return windows.getCertificates().filter((entry) => entry.label === label);
}

export function byHash(windows: Windows, sha256: string): CertificateEntry[] {
  return windows.getCertificates().filter((entry) => entry.sha256 === sha256);
}

/** @throws Refusal if there is none with that hash, or more than one */
export function requireByHash(windows: Windows, sha256: string, label: string): CertificateEntry {
  const found = byHash(windows, sha256);
  if (found.length === 1) return found[0];
  const expected = `one certificate with SHA-256 ${sha256} in LocalMachine\\My`;
  if (found.length > 1) {
    throw new Refusal("CERTIFICATE_AMBIGUOUS", {
      message: "Several certificates have the same hash.",
      expected,
      actual: `${found.length}`,
      remedy: "Remove the copies from LocalMachine\\My.",
    });
  }
  throw new Refusal("CERTIFICATE_MISSING", {
    message: `The certificate "${label}" is not on this server.`,
    expected,
    actual: "none",
    remedy:
      'Run "pulumi up" again: it makes a new generation. ' +
      "Where it does not, change rotate of this server in the configuration.",
  });
}

/** Exactly the service account, SYSTEM and Administrators, and no deny rule. */
function isExact(acl: readonly KeyAccess[] | null, serviceSid: string): boolean {
  if (acl === null) return false;
  const expected = new Set([serviceSid, SYSTEM_SID, ADMINISTRATORS_SID]);
  return (
    acl.every((rule) => rule.allow && expected.has(rule.sid)) &&
    [...expected].every((sid) => acl.some((rule) => rule.sid === sid))
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
      message: "The access rules of the key could not be set.",
      expected: `${service.account}, SYSTEM and Administrators only`,
      actual,
      remedy: "Look at the key file's permissions on the server, then run again.",
    });
  if (!key?.keyFile) throw refuse(problem ?? "a key without a file");
  if (isExact(windows.getKeyAccess(key.keyFile), service.accountSid)) return false;
  windows.setKeyAccess(key.keyFile, [service.accountSid]);
  const acl = windows.getKeyAccess(key.keyFile);
  if (!isExact(acl, service.accountSid)) {
    throw refuse(acl?.map((rule) => rule.account).join(", ") ?? "an access list that cannot be read");
  }
  return true;
}

/** @param problem what the provider answered, with its HRESULT */
export function keyUnavailable(problem: string): Refusal {
  return new Refusal("KEY_UNAVAILABLE", {
    message: "A key on this server does not answer at the moment; nothing was removed.",
    expected: "a key that opens and signs, or proof that it is lost",
    actual: problem,
    remedy: 'Look at the TPM of the server (Get-Tpm): a lockout ends by itself. Then run "pulumi up" again.',
  });
}

function signatureInvalid(actual: string): Refusal {
  return new Refusal("TPM_SIGNATURE_INVALID", {
    message: "The TPM cannot make the signature that Entra requires (PS256).",
    expected: "a signature with salt length = hash length that verifies",
    actual,
    remedy: "Update the TPM's firmware (TPM 2.0 revision 1.16 is known for it), or allow a software key by name.",
  });
}

function keyUnusable(label: string, problem: string): Refusal {
  return new Refusal("KEY_UNUSABLE", {
    message: `The key of certificate "${label}" cannot be used.`,
    expected: "a key whose PS256 signature verifies",
    actual: problem,
    remedy: 'Run "pulumi up" again: it makes a new generation.',
  });
}

export function keyNotInHardware(label: string, keyProvider: string | null): Refusal {
  return new Refusal("KEY_NOT_IN_HARDWARE", {
    message: `The key of certificate "${label}" is not in hardware.`,
    expected: "a key in the TPM",
    actual: keyProvider ?? "no provider",
    remedy: 'Run "pulumi up" again: it makes a new generation; or allow a software key by name.',
  });
}
