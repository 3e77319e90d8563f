/** Credentials of application and principal, held against this server's own. */
import type { CredentialPolicy } from "../configuration/configuration";
import { diagnose } from "../diagnostics/diagnostic";
import { choiceOf, isFree, useOf, type Use } from "../server/in-use";
import { generationOf } from "../server/labels";
import type { ObservedApplication, ObservedKey, ObservedPrincipal, ObservedSecret } from "../server/observation";
import { keyIdOf } from "../certificate/key-id";
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
  if (declared.keys?.includes(key.keyId)) return true;
  const held = host !== null && key.sha256 !== null && host.certificates.includes(key.sha256);
  if (held || (host && declared.keys)) return held;
  // A certificate of ours cannot be known from one that bears our name, nor one that a CA named: no one is accused.
  if (host === null && declared.keys === null && declared.namedByAuthority) return true;
  return declared.identities.some((identity) => generationOf(identity, key.subject) !== null);
}

/** Whether a declared server's connector signs in with a key of the application or of its principal. */
function keyUse({ sha256 }: ObservedKey, { appId, keys, principal }: ObservedApplication, { fleet }: CredentialView) {
  const others = [...keys, ...(principal?.keys ?? [])].map((key) => key.sha256);
  return useOf({ kind: "key", sha256, appId, others }, fleet);
}

/**
 * Whether this server's certificate is held by another entry as well, which is the declared one: what an upload that was
 * cut off left. The declared one has an id that state knows, else the id that is derived from the certificate.
 */
function isRepeated(key: ObservedKey, keys: readonly ObservedKey[], { keys: known }: CredentialDeclaration): boolean {
  const { sha256 } = key;
  if (sha256 === null) return false;
  const twins = keys.filter((other) => other.sha256 === sha256);
  const inState = twins.filter(({ keyId }) => known?.includes(keyId));
  const declared = inState.length > 0 ? inState : twins.filter(({ keyId }) => keyId === keyIdOf(sha256));
  return declared.length > 0 && !declared.includes(key);
}

const usedBy = (use: Use) => (use.kind === "used" ? `, which the connector of ${use.by.join(" and ")} uses` : "");

export function keyFindings(
  into: Findings,
  application: ObservedApplication,
  view: CredentialView,
  declared: CredentialDeclaration,
) {
  for (const key of application.keys) {
    if (isRepeated(key, application.keys, declared)) {
      into.add(diagnose("key-repeated", into.server, { found: keyName(key) }));
      continue;
    }
    if (isOurs(key, view, declared)) continue;
    if (view.product && key.sha256 !== null && key.sha256 === view.product.used) continue;
    const cause = { target: application.objectId, mark: key.keyId, activity: CERTIFICATES };
    const use = keyUse(key, application, view);
    const removal: Removal | null = isFree(use) && view.host ? { kind: "key", id: key.keyId } : null;
    const found = `${keyName(key)}${usedBy(use)}${into.who(cause)}`;
    if (view.product && key.sha256 !== null && key.sha256 === view.product.former && removal) {
      into.add(diagnose("key-replaced", into.server, { found }), removal);
      continue;
    }
    const { values, remedy } = choiceOf(use, declared.policy);
    const own = { found, appId: application.appId, keyId: key.keyId };
    into.add(diagnose("key-foreign", into.server, { ...own, ...values }, { remedy }), removal);
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
  application: ObservedApplication,
  { objectId, keys, secrets }: ObservedPrincipal,
  view: CredentialView,
) {
  const choice = { remedy: policy } as const;
  for (const key of keys) {
    const { keyId } = key;
    const who = into.who({ target: objectId, mark: keyId, activity: CERTIFICATES });
    // A certificate that the application holds as well is used by that credential.
    const copied = key.sha256 !== null && application.keys.some(({ sha256 }) => sha256 === key.sha256);
    const use: Use = copied ? { kind: "free" } : keyUse(key, application, view);
    const removal: Removal | null = isFree(use) ? { kind: "principal-key", id: keyId } : null;
    const { values, remedy } = choiceOf(use, policy);
    const own = { found: `${keyName(key)}${usedBy(use)}${who}`, principalId: objectId, keyId };
    into.add(diagnose("principal-key-foreign", into.server, { ...own, ...values }, { remedy }), removal);
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
