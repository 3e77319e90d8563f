/** The objects of the emulated directory, as Graph shows them. */
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { graphErrors } from "./graph-error";

/** A stored key credential; `der` is what Graph calls `key`. */
export interface KeyCredential {
  keyId: string;
  type: string;
  usage: string;
  displayName: string | null;
  startDateTime: string;
  endDateTime: string;
  /** SHA-1 of the certificate, base64, as Graph shows it. */
  customKeyIdentifier: string;
  /** Certificate, DER, base64. */
  der: string;
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  sha256: string;
  /** Real time of the write, for the replication fault. */
  writtenAt: number;
}

export interface PasswordCredential {
  keyId: string;
  displayName: string | null;
  endDateTime: string;
  /** scrypt of the secret, with its salt; both hexadecimal. */
  hash: string;
  salt: string;
}

/** Fields that Graph keeps and shows unchanged. */
export type Properties = Record<string, unknown>;

export interface Application {
  id: string;
  appId: string;
  owners: string[];
  properties: Properties;
  keyCredentials: KeyCredential[];
  passwordCredentials: PasswordCredential[];
  federatedIdentityCredentials: Properties[];
}

export interface AppRole {
  id: string;
  value: string;
  displayName: string;
  description: string;
  isEnabled: boolean;
  allowedMemberTypes: string[];
}

export interface Principal {
  id: string;
  appId: string;
  owners: string[];
  properties: Properties;
  appRoles: AppRole[];
  oauth2PermissionScopes: Properties[];
  writtenAt: number;
}

export interface Assignment {
  id: string;
  appRoleId: string;
  principalId: string;
  resourceId: string;
  createdDateTime: string;
  writtenAt: number;
}

const IMMUTABLE = ["id", "appId", "createdDateTime", "keyCredentials", "passwordCredentials", "owners"];

/** What a body says of an object's own fields. */
export function ownProperties(body: Properties): Properties {
  const entries = Object.entries(body).filter(([name]) => !IMMUTABLE.includes(name) && !name.includes("@odata"));
  return Object.fromEntries(entries);
}

/** A certificate from Graph's `key`: base64 of DER, or of PEM text as the azuread provider sends it. */
function certificateOf(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, "base64"));
  } catch {
    throw graphErrors.keyInvalid("Key credential is invalid: the value is no X.509 certificate.");
  }
}

/** Makes a key credential out of a body's entry. */
export function makeKeyCredential(entry: Properties, now: Date): KeyCredential {
  const certificate = certificateOf(String(entry.key));
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const start = entry.startDateTime ? new Date(String(entry.startDateTime)) : from;
  const end = entry.endDateTime ? new Date(String(entry.endDateTime)) : to;
  if (start < from) throw graphErrors.keyStart("Key credential start date is before the certificate's.");
  if (end > to) throw graphErrors.keyDates("Key credential end date is invalid: it is after the certificate's.");
  if (end <= now) throw graphErrors.keyDates("Key credential end date is in the past.");
  const der = certificate.raw;
  return {
    keyId: String(entry.keyId ?? randomUUID()),
    type: String(entry.type ?? "AsymmetricX509Cert"),
    usage: String(entry.usage ?? "Verify"),
    displayName: (entry.displayName as string | null | undefined) ?? certificate.subject,
    startDateTime: start.toISOString().replace(/\.\d+Z$/, "Z"),
    endDateTime: end.toISOString().replace(/\.\d+Z$/, "Z"),
    customKeyIdentifier: createHash("sha1").update(der).digest("base64"),
    der: der.toString("base64"),
    sha256: createHash("sha256").update(der).digest("hex"),
    writtenAt: Date.now(),
  };
}

/** The list that a PATCH leaves: it replaces the whole; an entry without `key` keeps the stored one of its keyId. */
export function replaceKeyCredentials(stored: KeyCredential[], entries: Properties[], now: Date): KeyCredential[] {
  return entries.map((entry) => {
    const known = stored.find((credential) => credential.keyId === entry.keyId);
    if (known) return known;
    if (!entry.key) throw graphErrors.keyInvalid(`Key credential ${String(entry.keyId)} has no value.`);
    return makeKeyCredential(entry, now);
  });
}

/** An application as Graph shows it; key bytes only where they are asked for by name. */
export function showApplication(application: Application, withKeys: boolean): Properties {
  const keyCredentials = application.keyCredentials.map(({ der, sha256: _hash, writtenAt: _time, ...shown }) => ({
    ...shown,
    key: withKeys ? der : null,
  }));
  const passwordCredentials = application.passwordCredentials.map(({ hash: _hash, salt: _salt, ...shown }) => ({
    ...shown,
    secretText: null,
  }));
  const { id, appId, properties } = application;
  return { ...properties, id, appId, keyCredentials, passwordCredentials };
}

export function showPrincipal(principal: Principal): Properties {
  const { id, appId, properties, appRoles, oauth2PermissionScopes } = principal;
  return { ...properties, id, appId, appRoles, oauth2PermissionScopes, keyCredentials: [], passwordCredentials: [] };
}
