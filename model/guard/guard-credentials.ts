/** Credentials of application and principal, held against this server's own. */
import type { CredentialPolicy } from "../configuration/configuration";
import { diagnose } from "../diagnostics/diagnostic";
import { generationOf } from "../server/labels";
import type { ObservedApplication, ObservedKey, ObservedPrincipal, ObservedSecret } from "../server/observation";
import type { Findings } from "./guard-collector";
import type { Removal } from "./guard-findings";
import type { CredentialDeclaration, CredentialView } from "./guard-view";

const CERTIFICATES = /certificates and secrets|credentials/i;
const day = (instant: string | null) => instant?.slice(0, 10) ?? "an unknown day";

function keyName(key: ObservedKey): string {
  const hash = key.sha256 ? `certificate ${key.sha256.slice(0, 12)}...` : "a key that cannot be read";
  return `key ${key.keyId} (${hash}, "${key.subject}", until ${day(key.endDateTime)})`;
}

const secretName = (secret: ObservedSecret) =>
  `secret ${secret.keyId} ("${secret.displayName}", until ${day(secret.endDateTime)})`;

/** Whether a key is this server's: by its certificate, or by its id; a subject alone is no proof. */
function isOurs(key: ObservedKey, { host }: CredentialView, declared: CredentialDeclaration): boolean {
  if (declared.keys.includes(key.keyId)) return true;
  if (host) return key.sha256 !== null && host.certificates.includes(key.sha256);
  // A certificate of ours cannot be known from one that bears our name, so no one is accused.
  return declared.identities.some((identity) => generationOf(identity, key.subject) !== null);
}

export function keyFindings(
  into: Findings,
  application: ObservedApplication,
  view: CredentialView,
  declared: CredentialDeclaration,
) {
  for (const key of application.keys) {
    if (isOurs(key, view, declared)) continue;
    const cause = { target: application.objectId, mark: key.keyId, activity: CERTIFICATES };
    const inUse = view.host !== null && key.sha256 !== null && key.sha256 === view.host.inUse;
    const removal: Removal | null = inUse || !view.host ? null : { kind: "key", id: key.keyId };
    const found = `${keyName(key)}${inUse ? ", which the connector uses" : ""}${into.who(cause)}`;
    const values = { found, appId: application.appId, keyId: key.keyId };
    into.add(diagnose("key-foreign", into.server, values, { remedy: inUse ? "inUse" : declared.policy }), removal);
  }
}

export function applicationCredentials(
  into: Findings,
  policy: CredentialPolicy,
  { objectId, appId, secrets, federatedCredentials }: ObservedApplication,
) {
  for (const secret of secrets) {
    const cause = { target: objectId, mark: secret.keyId, activity: CERTIFICATES };
    const { keyId } = secret;
    const values = { found: `${secretName(secret)}${into.who(cause)}`, appId, keyId };
    into.add(diagnose("secret-foreign", into.server, values, { remedy: policy }), { kind: "secret", id: keyId });
  }
  for (const { id, name, issuer, subject } of federatedCredentials) {
    const cause = { target: objectId, mark: id, activity: /federated|update application/i };
    const found = `"${name}" for ${subject} of ${issuer}${into.who(cause)}`;
    const values = { found, appId, keyId: id };
    const diagnostic = diagnose("federated-credential-foreign", into.server, values, { remedy: policy });
    into.add(diagnostic, { kind: "federated-credential", id });
  }
}

export function principalCredentials(
  into: Findings,
  policy: CredentialPolicy,
  { objectId, keys, secrets }: ObservedPrincipal,
) {
  const choice = { remedy: policy } as const;
  for (const key of keys) {
    const { keyId } = key;
    const who = into.who({ target: objectId, mark: keyId, activity: CERTIFICATES });
    const values = { found: `${keyName(key)}${who}`, principalId: objectId, keyId };
    into.add(diagnose("principal-key-foreign", into.server, values, choice), { kind: "principal-key", id: keyId });
  }
  for (const secret of secrets) {
    const { keyId } = secret;
    const who = into.who({ target: objectId, mark: keyId, activity: CERTIFICATES });
    const values = { found: `${secretName(secret)}${who}`, principalId: objectId, keyId };
    into.add(diagnose("principal-secret-foreign", into.server, values, choice), {
      kind: "principal-secret",
      id: keyId,
    });
  }
}
