/** The id of a key credential, derived from its certificate: the upload of a run that was cut off is known again by it. */
import { createHash } from "node:crypto";
import type { ObservedApplication } from "../server/observation";

const NAMESPACE = "connect-sync-identity key credential";

/**
 * @param sha256 hash of the certificate, in lower case hexadecimal digits
 * @returns a GUID; the same certificate always has the same one (RFC 9562, version 8)
 */
export function keyIdOf(sha256: string): string {
  const bytes = createHash("sha256").update(`${NAMESPACE}\n${sha256}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Whether the credential of a certificate can have its derived id: no entry with another id holds the certificate. An id
 * cannot be changed, so what was uploaded under another one keeps it until the next certificate.
 */
export function canDeriveKeyId(
  application: ObservedApplication | null,
  isCertificate: (key: ObservedApplication["keys"][number]) => boolean,
): boolean {
  const held = (application?.keys ?? []).filter(isCertificate);
  return held.length === 0 || held.some(({ keyId, sha256 }) => sha256 !== null && keyId === keyIdOf(sha256));
}
