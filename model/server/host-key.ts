/** SSH host keys: which can be pinned, and how they are shown. */
import { createHash } from "node:crypto";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** Types that the command plugin and our own client use safely, with the bytes of such a key (RFC 8709, RFC 5656). */
const BLOB_LENGTH: Record<string, number> = {
  "ssh-ed25519": 51,
  "ecdsa-sha2-nistp256": 104,
  "ecdsa-sha2-nistp384": 136,
  "ecdsa-sha2-nistp521": 172,
};
const ACCEPTED = Object.keys(BLOB_LENGTH);

/** Types of host keys that can be pinned, the preferred one first. */
export const HOST_KEY_TYPES: readonly string[] = ACCEPTED;

/** Where a server has the key to pin. */
export const HOST_KEY_REMEDY =
  "Take the line of %ProgramData%\\ssh\\ssh_host_ed25519_key.pub from the server itself, at its console.";

/** Where a bastion has it: most of them are no Windows servers. */
const BASTION_KEY_REMEDY =
  "Take the line of /etc/ssh/ssh_host_ed25519_key.pub (on Windows: %ProgramData%\\ssh) from the bastion itself.";

/** Where the key to pin in a property is had from. */
export const hostKeyRemedy = (property: string) => (property.includes("proxy") ? BASTION_KEY_REMEDY : HOST_KEY_REMEDY);

/** Type and key bytes of a line of authorized_keys form; null if it is none. */
export function parseHostKey(line: string): { type: string; blob: Buffer } | null {
  const [type, base64] = line.trim().split(/\s+/);
  if (!type || !base64 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const blob = Buffer.from(base64, "base64");
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  return blob.subarray(4, 4 + length).toString("latin1") === type ? { type, blob } : null;
}

/** Whether a text names a public key: by its line of authorized_keys form, or by its SHA-256 fingerprint. */
export function namesPublicKey(text: string): boolean {
  return /^SHA256:[A-Za-z0-9+/]{43}$/.test(text) || (!/[\r\n]/.test(text) && parseHostKey(text) !== null);
}

/** SHA-256 fingerprint as ssh-keygen shows it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** A bastion in one line, so that a change of any part of it shows. */
export function proxyText({
  user,
  host,
  port,
  hostKey,
}: Record<"user" | "host" | "hostKey", string> & { port: number }) {
  return `${user}@${host}:${port} ${fingerprint(parseHostKey(hostKey)!.blob)}`;
}

/** What is wrong with a pinned host key, null if it can be used. */
export function hostKeyProblem(line: string, server: string | null, property: string): Diagnostic | null {
  const help = hostKeyRemedy(property);
  const invalid = (expected: string, actual: string) =>
    diagnose("HOST_KEY_INVALID", server, { property, expected, actual, help });
  const oneLine = `one line of type ${ACCEPTED.join(", ")}`;
  const key = parseHostKey(line);
  if (!key) {
    const text = line.length > 40 ? `${JSON.stringify(line.slice(0, 40))}...` : JSON.stringify(line);
    // Nothing of a private key that was pasted here by mistake may reach a log.
    return invalid(oneLine, line.includes("PRIVATE KEY") ? "a private key" : text);
  }
  if (/[\r\n]/.test(line.trim())) return invalid(oneLine, "several lines");
  if (ACCEPTED.includes(key.type)) {
    if (key.blob.length === BLOB_LENGTH[key.type]) return null;
    const actual = `${key.blob.length} bytes, so that some are missing or too many`;
    return invalid(`${BLOB_LENGTH[key.type]} bytes of ${key.type}`, actual);
  }
  const why =
    key.type === "ssh-rsa" ? " (the plugin would offer SHA-1 signatures only, which newer servers refuse)" : "";
  const actual = `a key of type ${key.type}${why}`;
  return diagnose("HOST_KEY_TYPE", server, { property, expected: ACCEPTED.join(", "), actual, help });
}
