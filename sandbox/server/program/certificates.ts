/** Facts about a certificate, its key and the key's access rules. */
import { randomBytes } from "node:crypto";
import type { HostCertificateFacts, KeyAccess } from "../../../model/protocol/host-protocol";
import type { CertificateEntry, Windows } from "../windows";
import { Refusal } from "./refusal";

const SYSTEM_SID = "S-1-5-18";
const ADMINISTRATORS_SID = "S-1-5-32-544";
/** The key signs, but the signature is wrong. */
export const INVALID_SIGNATURE = "its PS256 signature does not verify";

/** Signs and verifies, salt length = hash length; null if the key is good, else the reason. */
export function probeKey(windows: Windows, sha256: string): string | null {
  const data = randomBytes(32).toString("base64");
  try {
    return windows.verify(sha256, data, windows.sign(sha256, data)) ? null : INVALID_SIGNATURE;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Wrong signatures come from the TPM's firmware; a new key does not correct them. */
export const signsWrongly = (facts: HostCertificateFacts) => facts.keyProblem === INVALID_SIGNATURE;

export function readFacts(windows: Windows, entry: CertificateEntry): HostCertificateFacts {
  const { key, problem } = windows.getKey(entry.sha256);
  const keyProblem = key ? probeKey(windows, entry.sha256) : (problem ?? "no private key");
  return {
    ...entry,
    keyProvider: key?.keyProvider ?? null,
    keyUsable: keyProblem === null,
    keyProblem,
    keyInHardware: key?.keyInHardware ?? false,
    acl: key?.keyFile ? windows.getKeyAccess(key.keyFile) : null,
  };
}

/** Why the connector can no longer sign in with a certificate as far as the host can determine; null if it can. */
export function whyUnusable(windows: Windows, sha256: string): string | null {
  const found = byHash(windows, sha256);
  if (found.length !== 1) return `${found.length} certificates with that hash in LocalMachine\\My`;
  const [{ notBefore, notAfter }] = found;
  const now = new Date(windows.getTime());
  if (now < new Date(notBefore)) return `not valid before ${notBefore}`;
  if (now > new Date(notAfter)) return `expired on ${notAfter}`;
  return probeKey(windows, sha256);
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

export function keyUnusable(label: string, problem: string): Refusal {
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
    expected: "a key in the TPM or an HSM",
    actual: keyProvider ?? "no provider",
    remedy: 'Run "pulumi up" again: it makes a new generation; or allow a software key by name.',
  });
}
