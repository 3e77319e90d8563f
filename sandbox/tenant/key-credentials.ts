/** Key credentials as Graph accepts and returns them. */
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import type { KeyCredential, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import type { GraphRequest } from "./graph-request";
import { refuseByPolicy } from "./management-policies";

/** Whole seconds, as in Graph's times. */
const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, "Z");

/** A certificate from Graph's `key`: base64 of DER, or of PEM text as the azuread provider sends it. */
function certificateOf(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, "base64"));
  } catch {
    throw graphErrors.keyValue("Key credential value is invalid: it is no X.509 certificate.");
  }
}

/** The requested start and end, each within the certificate's own. */
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

/** RDNs of a subject in the order of Windows and Graph, most specific first. */
const subjectOf = (certificate: X509Certificate) => certificate.subject.split("\n").reverse().join(", ");

/**
 * Creates a key credential from a body's entry.
 * @param request whose tenant's policy is enforced; none for a key that another client added before the policy
 * @throws GraphError KeyCredentialsInvalidValue, -StartDate or -EndDate, or the refusal of a policy
 */
export function makeKeyCredential(entry: Properties, request?: GraphRequest): KeyCredential {
  const { type = "AsymmetricX509Cert", usage = "Verify" } = entry;
  if (type !== "AsymmetricX509Cert" || usage !== "Verify") {
    throw graphErrors.unknown(`key credential of type ${String(type)} for ${String(usage)}`);
  }
  const certificate = certificateOf(String(entry.key));
  const { start, end } = validityOf(entry, certificate);
  if (request) refuseByPolicy(request, certificate, { start, end });
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

/** A stored credential can only be written back unchanged. */
function keep(stored: KeyCredential, entry: Properties): KeyCredential {
  const sameTime = (name: "startDateTime" | "endDateTime") =>
    !entry[name] || seconds(new Date(String(entry[name]))) === stored[name];
  const sameKey = !entry.key || certificateOf(String(entry.key)).raw.toString("base64") === stored.der;
  if (sameKey && sameTime("startDateTime") && sameTime("endDateTime")) return stored;
  throw graphErrors.badRequest(`Update to existing credential with KeyId '${stored.keyId}' is not allowed.`);
}

/**
 * The list after a PATCH: it replaces the whole list; an entry without `key` keeps the stored one of its keyId.
 * @throws GraphError if an entry is new without a value, changes a stored one, or appears twice
 */
export function replaceKeyCredentials(
  request: GraphRequest,
  stored: readonly KeyCredential[],
  entries: readonly Properties[],
): KeyCredential[] {
  const next = entries.map((entry) => {
    const known = stored.find(({ keyId }) => keyId === String(entry.keyId).toLowerCase());
    if (known) return keep(known, entry);
    if (!entry.key) throw graphErrors.keyValue(`Key credential value is invalid: ${String(entry.keyId)} has none.`);
    return makeKeyCredential(entry, request);
  });
  if (new Set(next.map(({ keyId }) => keyId)).size < next.length) {
    throw graphErrors.badRequest("Two key credentials have the same KeyId.");
  }
  return next;
}

/** With the fault `key-lost`, the first of the kept keys is lost, as if another writer had intervened. */
export function loseKey(
  { faults }: GraphRequest,
  stored: readonly KeyCredential[],
  next: KeyCredential[],
): KeyCredential[] {
  const victim = next.find((credential) => stored.includes(credential));
  if (!victim || !faults.strikes("tenant", "key-lost")) return next;
  return next.filter((credential) => credential !== victim);
}

/** @param withValue includes the certificate, which Graph does only if `$select` names keyCredentials */
export function showKeyCredential(credential: KeyCredential, withValue: boolean): Properties {
  const { customKeyIdentifier, displayName, endDateTime, keyId, startDateTime, type, usage, der } = credential;
  const key = withValue ? der : null;
  return { customKeyIdentifier, displayName, endDateTime, key, keyId, startDateTime, type, usage };
}
