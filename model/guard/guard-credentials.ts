/** Credentials of application and principal, held against this server's own. */
import type { CredentialPolicy } from "../configuration/configuration";
import { generationOf } from "../server/labels";
import type { ObservedApplication, ObservedKey, ObservedPrincipal, ObservedSecret } from "../server/observation";
import type { Findings } from "./guard-collector";
import type { Removal } from "./guard-findings";
import type { CredentialDeclaration, CredentialView } from "./guard-view";

const CERTIFICATES = /certificates and secrets|credentials/i;
const day = (instant: string | null) => instant?.slice(0, 10) ?? "an unknown day";

const decide = (policy: CredentialPolicy, command: string) =>
  policy === "enforce"
    ? "pulumi up removes it; find out who added it."
    : `Find out who added it, then ${command}, or set credentialPolicy: enforce and run pulumi up.`;

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
  // Nothing tells a certificate of ours from one that bears our name, so nobody is accused.
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
    const command = `az ad app credential delete --cert --id ${application.appId} --key-id ${key.keyId}`;
    const remedy = inUse
      ? "The connector signs in with it, so it is left until pulumi up has switched the connector."
      : decide(declared.policy, command);
    const actual = `${keyName(key)}${inUse ? ", which the connector uses" : ""}`;
    into.add("key-foreign", "keys of this server only", actual, remedy, cause, removal);
  }
}

export function applicationCredentials(
  into: Findings,
  policy: CredentialPolicy,
  { objectId, appId, secrets, federatedCredentials }: ObservedApplication,
) {
  for (const secret of secrets) {
    const cause = { target: objectId, mark: secret.keyId, activity: CERTIFICATES };
    const command = `az ad app credential delete --id ${appId} --key-id ${secret.keyId}`;
    const removal: Removal = { kind: "secret", id: secret.keyId };
    into.add("secret-foreign", "no client secret", secretName(secret), decide(policy, command), cause, removal);
  }
  for (const { id, name, issuer, subject } of federatedCredentials) {
    const cause = { target: objectId, mark: id, activity: /federated|update application/i };
    const command = `az ad app federated-credential delete --id ${appId} --federated-credential-id ${id}`;
    const removal: Removal = { kind: "federated-credential", id };
    const actual = `"${name}" for ${subject} of ${issuer}`;
    into.add(
      "federated-credential-foreign",
      "no federated credential",
      actual,
      decide(policy, command),
      cause,
      removal,
    );
  }
}

export function principalCredentials(
  into: Findings,
  policy: CredentialPolicy,
  { objectId, keys, secrets }: ObservedPrincipal,
) {
  const expected = "no credential of the service principal itself";
  const command = (id: string) => `az ad sp credential delete --id ${objectId} --key-id ${id}`;
  for (const key of keys) {
    const cause = { target: objectId, mark: key.keyId, activity: CERTIFICATES };
    const removal: Removal = { kind: "principal-key", id: key.keyId };
    into.add(
      "principal-key-foreign",
      expected,
      keyName(key),
      decide(policy, `${command(key.keyId)} --cert`),
      cause,
      removal,
    );
  }
  for (const secret of secrets) {
    const cause = { target: objectId, mark: secret.keyId, activity: CERTIFICATES };
    const removal: Removal = { kind: "principal-secret", id: secret.keyId };
    into.add(
      "principal-secret-foreign",
      expected,
      secretName(secret),
      decide(policy, command(secret.keyId)),
      cause,
      removal,
    );
  }
}
