/** The guard of one server: application and service principal held against what is declared. Pure. */
import type { CredentialPolicy } from "../configuration/configuration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding, Removal } from "./guard-findings";
import { choiceOf, isFree, useOf, type SeenServer, type Use } from "../server/in-use";
import { generationOf, type ServerIdentity } from "../server/labels";
import { UNKNOWN } from "../server/server-facts";
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
  /** Hashes of the certificates on the host that are this server's; null where the host was not observed. */
  host: { certificates: string[] } | null;
  /** Declared servers whose connector may sign in with a key of this application: see {@link concerned}. */
  fleet: SeenServer[];
  /** Null where the pipeline may not read the audit log, undefined where no one asked it. */
  audit: AuditEntry[] | null | undefined;
}

/**
 * What of an observation matters to the guard; of the audit log nothing yet.
 *
 * @param adoptedSha256 hash of a certificate that was made by hand and taken over, null where there is none
 */
export function credentialView(
  identities: readonly ServerIdentity[],
  adoptedSha256: string | null,
  { host, tenant }: Pick<Observation, "host" | "tenant">,
  fleet: readonly SeenServer[],
): CredentialView {
  const isLabelled = (label: string) => identities.some((identity) => generationOf(identity, label) !== null);
  const own = (host.facts?.certificates ?? []).filter(({ label }) => isLabelled(label)).map(({ sha256 }) => sha256);
  const adopted = adoptedSha256 === null ? [] : [adoptedSha256];
  return {
    application: tenant.application,
    host: host.facts && { certificates: [...own, ...adopted] },
    fleet: tenant.application ? concerned(tenant.application, fleet) : [],
    audit: [],
  };
}

/** Those of the declared servers that matter to an application's keys, so that what is handed over stays small. */
function concerned({ appId, keys, principal }: ObservedApplication, fleet: readonly SeenServer[]): SeenServer[] {
  const all = [...keys, ...(principal?.keys ?? [])];
  return fleet.filter(({ host }) => {
    if (host === null || useOf({ kind: "application", appId }, [{ server: "", host }]).kind === "used") return true;
    return all.some(({ sha256 }) => sha256 !== null && sha256 === host.connector.certificateSha256);
  });
}

/** What application and principal are held against. */
export interface CredentialDeclaration {
  /** The server's name in the declaration. */
  server: string;
  policy: CredentialPolicy;
  /** Object id of the application that is guarded; whichever carries the marker where that is not known yet. */
  application?: string;
  /** This server's, and the one that it was renamed from. */
  identities: ServerIdentity[];
  /** Object ids; null where no one can say which principal is the pipeline's. */
  owners: string[] | null;
  principalOwners: string[];
  /** Ids of the application roles that the principal is given. */
  roles: string[];
  /** Ids of key credentials that state knows as this server's; null where state is not at hand. */
  keys: string[] | null;
}

/** What was declared in the last run: what is on its way in or out in this one is our own doing. */
export interface EarlierDeclaration {
  owners: string[];
  roles: string[];
}

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
    private readonly audit: AuditEntry[] | null | undefined,
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
  if (declared.keys?.includes(key.keyId)) return true;
  const held = host !== null && key.sha256 !== null && host.certificates.includes(key.sha256);
  if (held || (host && declared.keys)) return held;
  // A certificate of ours cannot be known from one that bears our name, so no one is accused.
  return declared.identities.some((identity) => generationOf(identity, key.subject) !== null);
}

/** Whether a declared server's connector signs in with a key of the application or of its principal. */
function keyUse({ sha256 }: ObservedKey, { appId, keys, principal }: ObservedApplication, { fleet }: CredentialView) {
  const others = [...keys, ...(principal?.keys ?? [])].map((key) => key.sha256);
  return useOf({ kind: "key", sha256, appId, others }, fleet);
}

const usedBy = (use: Use) => (use.kind === "used" ? `, which the connector of ${use.by.join(" and ")} uses` : "");

function keyFindings(
  into: Findings,
  application: ObservedApplication,
  view: CredentialView,
  declared: CredentialDeclaration,
) {
  for (const key of application.keys) {
    if (isOurs(key, view, declared)) continue;
    const cause = { target: application.objectId, mark: key.keyId, activity: CERTIFICATES };
    const use = keyUse(key, application, view);
    const removal: Removal | null = isFree(use) && view.host ? { kind: "key", id: key.keyId } : null;
    const found = `${keyName(key)}${usedBy(use)}${into.who(cause)}`;
    const { values, remedy } = choiceOf(use, declared.policy);
    const own = { found, appId: application.appId, keyId: key.keyId };
    into.add(diagnose("key-foreign", into.server, { ...own, ...values }, { remedy }), removal);
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

function ownerFindings(
  into: Findings,
  { objectId, appId, owners, principal }: ObservedApplication,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
) {
  if (!declared.owners) return;
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
  // Another application with the marker is no business of the guard of this one.
  const known = declared.application !== undefined && declared.application !== UNKNOWN;
  if (!application || (known && declared.application !== application.objectId)) return [];
  const findings = new Findings(declared.server, audit);
  keyFindings(findings, application, view, declared);
  applicationCredentials(findings, declared.policy, application);
  if (application.principal) principalCredentials(findings, declared.policy, application, application.principal, view);
  settingFindings(findings, application, earlier);
  ownerFindings(findings, application, declared, earlier);
  if (application.principal) permissionFindings(findings, application.principal, declared, earlier);
  return findings.found;
}
