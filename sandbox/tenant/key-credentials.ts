/** Key credentials as Graph takes and shows them. */
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import type { KeyCredential, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import type { GraphRequest } from "./graph-request";

/** Whole seconds, as Graph shows times. */
const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, "Z");

/** A certificate from Graph's `key`: base64 of DER, or of PEM text as the azuread provider sends it. */
function certificateOf(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, "base64"));
  } catch {
    throw graphErrors.keyValue("Key credential value is invalid: it is no X.509 certificate.");
  }
}

/** The start and end that are asked for, each within the certificate's own. */
function validityOf(entry: Properties, certificate: X509Certificate): { start: Date; end: Date } {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const start = entry.startDateTime ? new Date(String(entry.startDateTime)) : from;
  const end = entry.endDateTime ? new Date(String(entry.endDateTime)) : to;
  if (Number.isNaN(start.getTime()) || start < from) {
    throw graphErrors.keyStart("Key credential start date is invalid: it is before the certificate's.");
  }
  if (Number.isNaN(end.getTime()) || end > to) {
    throw graphErrors.keyEnd("Key credential end date is invalid: it is after the certificate's.");
  }
  if (end <= start) throw graphErrors.keyEnd("Key credential end date is invalid: it is not after the start date.");
  return { start, end };
}

/** RDNs of a subject in the order in which Windows and Graph print them, most specific first. */
const subjectOf = (certificate: X509Certificate) => certificate.subject.split("\n").reverse().join(", ");

/**
 * Makes a key credential out of a body's entry.
 * @throws GraphError KeyCredentialsInvalidValue, -StartDate or -EndDate
 */
export function makeKeyCredential(entry: Properties): KeyCredential {
  const { type = "AsymmetricX509Cert", usage = "Verify" } = entry;
  if (type !== "AsymmetricX509Cert" || usage !== "Verify") {
    throw graphErrors.unknown(`key credential of type ${String(type)} for ${String(usage)}`);
  }
  const certificate = certificateOf(String(entry.key));
  const { start, end } = validityOf(entry, certificate);
  const der = certificate.raw;
  return {
    keyId: String(entry.keyId ?? randomUUID()).toLowerCase(),
    type,
    usage,
    displayName: (entry.displayName as string | null | undefined) || subjectOf(certificate),
    startDateTime: seconds(start),
    endDateTime: seconds(end),
    customKeyIdentifier:
      (entry.customKeyIdentifier as string | null | undefined) ||
      createHash("sha1").update(der).digest("hex").toUpperCase(),
    der: der.toString("base64"),
    sha256: createHash("sha256").update(der).digest("hex"),
    writtenAt: Date.now(),
  };
}

/** A stored credential that is written back must be written back as it is. */
function keep(stored: KeyCredential, entry: Properties): KeyCredential {
  const sameTime = (name: "startDateTime" | "endDateTime") =>
    !entry[name] || seconds(new Date(String(entry[name]))) === stored[name];
  const sameKey = !entry.key || certificateOf(String(entry.key)).raw.toString("base64") === stored.der;
  if (sameKey && sameTime("startDateTime") && sameTime("endDateTime")) return stored;
  throw graphErrors.badRequest(`Update to existing credential with KeyId '${stored.keyId}' is not allowed.`);
}

/**
 * The list that a PATCH leaves: it replaces the whole; an entry without `key` keeps the stored one of its keyId.
 * @throws GraphError where an entry is new without a value, changes a stored one, or is there twice
 */
export function replaceKeyCredentials(
  stored: readonly KeyCredential[],
  entries: readonly Properties[],
): KeyCredential[] {
  const next = entries.map((entry) => {
    const known = stored.find(({ keyId }) => keyId === String(entry.keyId).toLowerCase());
    if (known) return keep(known, entry);
    if (!entry.key) throw graphErrors.keyValue(`Key credential value is invalid: ${String(entry.keyId)} has none.`);
    return makeKeyCredential(entry);
  });
  if (new Set(next.map(({ keyId }) => keyId)).size < next.length) {
    throw graphErrors.badRequest("Two key credentials have the same KeyId.");
  }
  return next;
}

/** Under the fault `key-lost`, the first of the keys that were to stay is gone, as where another writer came in between. */
export function loseKey(
  { faults }: GraphRequest,
  stored: readonly KeyCredential[],
  next: KeyCredential[],
): KeyCredential[] {
  const victim = next.find((credential) => stored.includes(credential));
  if (!victim || !faults.strikes("tenant", "key-lost")) return next;
  return next.filter((credential) => credential !== victim);
}

/** @param withValue shows the certificate, which Graph does only where `$select` names keyCredentials */
export function showKeyCredential(credential: KeyCredential, withValue: boolean): Properties {
  const { customKeyIdentifier, displayName, endDateTime, keyId, startDateTime, type, usage, der } = credential;
  const key = withValue ? der : null;
  return { customKeyIdentifier, displayName, endDateTime, key, keyId, startDateTime, type, usage };
}
