/** The guard of one server: application and service principal held against what is declared. Pure. */
import type { CredentialPolicy } from "../configuration/configuration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding, Removal } from "./guard-findings";
import { generationOf, type ServerIdentity } from "../server/labels";
import type {
  Observation,
  ObservedApplication,
  ObservedKey,
  ObservedPrincipal,
  ObservedSecret,
} from "../server/observation";

/** What a run saw that matters to the guard. */
export interface CredentialView {
  application: ObservedApplication | null;
  /** Hashes of the certificates on the host that are this server's, and of the one in use; null where it was not seen. */
  host: { certificates: string[]; inUse: string | null } | null;
  /** Null where the pipeline may not read the audit log. */
  audit: AuditEntry[] | null;
}

/**
 * What of an observation matters to the guard; of the audit log nothing yet.
 *
 * @param adoptedSha256 hash of a certificate that was made by hand and taken over, null where there is none
 */
export function credentialView(
  identities: readonly ServerIdentity[],
  adoptedSha256: string | null,
  { host, tenant }: Observation,
): CredentialView {
  const isLabelled = (label: string) => identities.some((identity) => generationOf(identity, label) !== null);
  const own = (host.facts?.certificates ?? []).filter(({ label }) => isLabelled(label)).map(({ sha256 }) => sha256);
  const adopted = adoptedSha256 === null ? [] : [adoptedSha256];
  return {
    application: tenant.application,
    host: host.facts && { certificates: [...own, ...adopted], inUse: host.facts.connector.certificateSha256 },
    audit: [],
  };
}

/** What application and principal are held against. */
export interface CredentialDeclaration {
  /** The server's name in the declaration. */
  server: string;
  policy: CredentialPolicy;
  /** This server's, and the one that it was renamed from. */
  identities: ServerIdentity[];
  /** Object ids. */
  owners: string[];
  principalOwners: string[];
  /** Ids of the application roles that the principal is given. */
  roles: string[];
  /** Ids of key credentials that state knows as this server's. */
  keys: string[];
}

/** What was declared in the last run: what is on its way in or out in this one is our own doing. */
export type EarlierDeclaration = Pick<CredentialDeclaration, "owners" | "roles">;

const AUDIENCE = "AzureADMyOrg";
const CERTIFICATES = /certificates and secrets|credentials/i;
const day = (instant: string | null) => instant?.slice(0, 10) ?? "an unknown day";

function keyName(key: ObservedKey): string {
  const hash = key.sha256 ? `certificate ${key.sha256.slice(0, 12)}...` : "a key that cannot be read";
  return `key ${key.keyId} (${hash}, "${key.subject}", until ${day(key.endDateTime)})`;
}

const secretName = (secret: ObservedSecret) =>
  `secret ${secret.keyId} ("${secret.displayName}", until ${day(secret.endDateTime)})`;

/** What the audit log is asked for: who brought this, or changed it. */
interface Cause {
  target: string;
  mark: string;
  activity: RegExp;
}

/** Collects findings of one server. */
class Findings {
  readonly found: GuardFinding[] = [];

  constructor(
    /** Its name in the declaration. */
    readonly server: string,
    private readonly audit: AuditEntry[] | null,
  ) {}

  /** A clause on who brought it, as far as that is known. */
  who({ target, mark, activity }: Cause): string {
    return whoChanged(this.audit, target, mark, activity);
  }

  add(found: Diagnostic, removal: Removal | null = null): void {
    this.found.push({ ...found, removal });
  }
}

/** Whether a key is this server's: by its certificate, or by its id; a subject alone is no proof. */
function isOurs(key: ObservedKey, { host }: CredentialView, declared: CredentialDeclaration): boolean {
  if (declared.keys.includes(key.keyId)) return true;
  if (host) return key.sha256 !== null && host.certificates.includes(key.sha256);
  // A certificate of ours cannot be known from one that bears our name, so no one is accused.
  return declared.identities.some((identity) => generationOf(identity, key.subject) !== null);
}

function keyFindings(
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

function applicationCredentials(
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

function principalCredentials(
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

function ownerFindings(
  into: Findings,
  { objectId, appId, owners, principal }: ObservedApplication,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
) {
  const accepted = new Set([...declared.owners, ...(earlier?.owners ?? [])]);
  const activity = /owner/i;
  for (const { id, name } of owners.filter((owner) => !accepted.has(owner.id))) {
    const found = `owner ${name} (${id}) of the application${into.who({ target: objectId, mark: id, activity })}`;
    const values = { expected: "the declared owners", found, appId, ownerId: id };
    into.add(diagnose("owner-foreign", into.server, values, { remedy: "application" }));
  }
  const acceptedOfPrincipal = new Set([...declared.principalOwners, ...accepted]);
  for (const { id, name } of (principal?.owners ?? []).filter((owner) => !acceptedOfPrincipal.has(owner.id))) {
    const target = principal!.objectId;
    const found = `owner ${name} (${id}) of the service principal${into.who({ target, mark: id, activity })}`;
    const values = { expected: "the pipeline, or no owner", found, principalId: target, ownerId: id };
    into.add(diagnose("owner-foreign", into.server, values, { remedy: "principal" }));
  }
  const lasting = declared.owners.filter((owner) => earlier?.owners.includes(owner));
  for (const id of lasting.filter((owner) => !owners.some((present) => present.id === owner))) {
    const who = into.who({ target: objectId, mark: id, activity });
    into.add(diagnose("owner-missing", into.server, { ownerId: id, who }));
  }
}

function permissionFindings(
  into: Findings,
  { objectId, appRoles, delegatedScopes }: ObservedPrincipal,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
) {
  const activity = /app role assignment/i;
  const accepted = new Set([...declared.roles, ...(earlier?.roles ?? [])]);
  for (const { id, appRoleId, resourceName } of appRoles.filter((role) => !accepted.has(role.appRoleId))) {
    const who = into.who({ target: objectId, mark: appRoleId, activity });
    const values = { found: `role ${appRoleId} of ${resourceName}${who}`, id: objectId, assignmentId: id };
    into.add(diagnose("role-foreign", into.server, values));
  }
  const lasting = declared.roles.filter((role) => earlier?.roles.includes(role));
  for (const role of lasting.filter((id) => !appRoles.some(({ appRoleId }) => appRoleId === id))) {
    const who = into.who({ target: objectId, mark: role, activity });
    into.add(diagnose("role-missing", into.server, { role, who }));
  }
  for (const grant of delegatedScopes ?? []) {
    const [resource, scope] = grant.split(" ");
    const who = into.who({ target: objectId, mark: scope, activity: /delegated permission|oauth2/i });
    into.add(diagnose("scope-foreign", into.server, { found: `scope ${scope} of ${resource}${who}`, id: objectId }));
  }
}

function settingFindings(into: Findings, application: ObservedApplication, earlier: EarlierDeclaration | null) {
  const { objectId, appId, signInAudience, lock, principal } = application;
  const activity = /update application|update service principal|(dis|en)able/i;
  const { server } = into;
  if (signInAudience !== AUDIENCE) {
    const who = into.who({ target: objectId, mark: signInAudience, activity });
    into.add(diagnose("audience-wide", server, { audience: AUDIENCE, found: `${signInAudience}${who}` }));
  }
  if (principal && !principal.accountEnabled) {
    const who = into.who({ target: principal.objectId, mark: "AccountEnabled", activity });
    into.add(diagnose("principal-disabled", server, { who }));
  }
  if (!earlier) return;
  if (!lock) {
    const who = into.who({ target: objectId, mark: "servicePrincipalLockConfiguration", activity });
    into.add(diagnose("lock-off", server, { who }));
  }
  if (!principal) {
    const who = into.who({ target: objectId, mark: appId, activity: /remove service principal/i });
    into.add(diagnose("principal-missing", server, { appId, who }));
  }
}

/**
 * Holds an application and its principal against the declaration.
 *
 * @param earlier what was declared in the last run, null where the guard is new: then what `up` sets anyway is no finding
 * @returns the findings, none if all that is there was declared, or if there is no application yet
 */
export function assessCredentials(
  view: CredentialView,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
): GuardFinding[] {
  const { application, audit } = view;
  if (!application) return [];
  const findings = new Findings(declared.server, audit);
  keyFindings(findings, application, view, declared);
  applicationCredentials(findings, declared.policy, application);
  if (application.principal) principalCredentials(findings, declared.policy, application.principal);
  settingFindings(findings, application, earlier);
  ownerFindings(findings, application, declared, earlier);
  if (application.principal) permissionFindings(findings, application.principal, declared, earlier);
  return findings.found;
}
