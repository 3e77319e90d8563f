/** The guard of one server: application and service principal held against what is declared. Pure. */
import type { CredentialPolicy } from "../configuration/configuration";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding, GuardFindingCode, Removal } from "./guard-findings";
import { isFree, unlessInUse, useOf, type SeenServer, type Use } from "../server/in-use";
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

/** What was declared in the last run: what is on its way in or out in this one is nobody's doing but ours. */
export interface EarlierDeclaration {
  owners: string[];
  roles: string[];
}

const AUDIENCE = "AzureADMyOrg";
const GRAPH = "https://graph.microsoft.com/v1.0";
const CERTIFICATES = /certificates and secrets|credentials/i;
const day = (instant: string | null) => instant?.slice(0, 10) ?? "an unknown day";

const deletion = (path: string) => `az rest --method DELETE --url '${GRAPH}/${path}'`;
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

/** Collects findings of one object of the directory. */
class Findings {
  readonly found: GuardFinding[] = [];

  constructor(private readonly audit: AuditEntry[] | null | undefined) {}

  add(
    code: GuardFindingCode,
    expected: string,
    actual: string,
    remedy: string,
    cause: { target: string; mark: string; activity: RegExp },
    removal: Removal | null = null,
  ): void {
    const who = whoChanged(this.audit, cause.target, cause.mark, cause.activity);
    this.found.push({ code, expected, actual: `${actual}${who}`, remedy, removal });
  }
}

/** Whether a key is this server's: by its certificate, or by its id; a subject alone is no proof. */
function isOurs(key: ObservedKey, { host }: CredentialView, declared: CredentialDeclaration): boolean {
  if (declared.keys?.includes(key.keyId)) return true;
  const held = host !== null && key.sha256 !== null && host.certificates.includes(key.sha256);
  if (held || (host && declared.keys)) return held;
  // Nothing distinguishes a certificate of ours from one that bears our name, so it is not accused.
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
    const command = `az ad app credential delete --cert --id ${application.appId} --key-id ${key.keyId}`;
    const remedy = unlessInUse(use, decide(declared.policy, command));
    into.add("key-foreign", "keys of this server only", `${keyName(key)}${usedBy(use)}`, remedy, cause, removal);
  }
}

function applicationCredentials(
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

function principalCredentials(
  into: Findings,
  policy: CredentialPolicy,
  application: ObservedApplication,
  { objectId, keys, secrets }: ObservedPrincipal,
  view: CredentialView,
) {
  const expected = "no credential of the service principal itself";
  const command = (id: string) => `az ad sp credential delete --id ${objectId} --key-id ${id}`;
  for (const key of keys) {
    const cause = { target: objectId, mark: key.keyId, activity: CERTIFICATES };
    // A certificate that the application holds as well is used by that credential.
    const copied = key.sha256 !== null && application.keys.some(({ sha256 }) => sha256 === key.sha256);
    const use: Use = copied ? { kind: "free" } : keyUse(key, application, view);
    const removal: Removal | null = isFree(use) ? { kind: "principal-key", id: key.keyId } : null;
    const remedy = unlessInUse(use, decide(policy, `${command(key.keyId)} --cert`));
    into.add("principal-key-foreign", expected, `${keyName(key)}${usedBy(use)}`, remedy, cause, removal);
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
    const remedy = `Declare it in owners, or az ad app owner remove --id ${appId} --owner-object-id ${id}.`;
    const actual = `owner ${name} (${id}) of the application`;
    into.add("owner-foreign", "the declared owners", actual, remedy, { target: objectId, mark: id, activity });
  }
  const acceptedOfPrincipal = new Set([...declared.principalOwners, ...accepted]);
  for (const { id, name } of (principal?.owners ?? []).filter((owner) => !acceptedOfPrincipal.has(owner.id))) {
    const target = principal!.objectId;
    const remedy = `Remove it: ${deletion(`servicePrincipals/${target}/owners/${id}/$ref`)}.`;
    const actual = `owner ${name} (${id}) of the service principal`;
    into.add("owner-foreign", "the pipeline or nobody", actual, remedy, { target, mark: id, activity });
  }
  const lasting = declared.owners.filter((owner) => earlier?.owners.includes(owner));
  for (const id of lasting.filter((owner) => !owners.some((present) => present.id === owner))) {
    const remedy = "Run pulumi up --refresh, which adds it again.";
    into.add("owner-missing", `owner ${id}`, "no such owner", remedy, { target: objectId, mark: id, activity });
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
    const remedy = `Remove it: ${deletion(`servicePrincipals/${objectId}/appRoleAssignments/${id}`)}.`;
    const actual = `role ${appRoleId} of ${resourceName}`;
    into.add("role-foreign", "the declared roles only", actual, remedy, {
      target: objectId,
      mark: appRoleId,
      activity,
    });
  }
  const lasting = declared.roles.filter((role) => earlier?.roles.includes(role));
  for (const role of lasting.filter((id) => !appRoles.some(({ appRoleId }) => appRoleId === id))) {
    const remedy = "Run pulumi up --refresh, which assigns it again.";
    into.add("role-missing", `role ${role}`, "no such assignment", remedy, { target: objectId, mark: role, activity });
  }
  for (const grant of delegatedScopes ?? []) {
    const [resource, scope] = grant.split(" ");
    const remedy = `Remove its grant: az ad app permission list-grants --id ${objectId} tells it.`;
    const cause = { target: objectId, mark: scope, activity: /delegated permission|oauth2/i };
    into.add("scope-foreign", "no delegated permission", `scope ${scope} of ${resource}`, remedy, cause);
  }
}

function settingFindings(into: Findings, application: ObservedApplication, earlier: EarlierDeclaration | null) {
  const { objectId, appId, signInAudience, lock, principal } = application;
  const activity = /update application|update service principal|(dis|en)able/i;
  const refresh = "Find out who changed it, then run pulumi up --refresh, which sets it back.";
  if (signInAudience !== AUDIENCE) {
    const cause = { target: objectId, mark: signInAudience, activity };
    into.add("audience-wide", `sign-in audience ${AUDIENCE}`, signInAudience, refresh, cause);
  }
  if (principal && !principal.accountEnabled) {
    const cause = { target: principal.objectId, mark: "AccountEnabled", activity };
    into.add("principal-disabled", "an enabled service principal", "a disabled one", refresh, cause);
  }
  if (!earlier) return;
  if (!lock) {
    const cause = { target: objectId, mark: "servicePrincipalLockConfiguration", activity };
    const remedy = "pulumi up switches it on again; find out who switched it off.";
    into.add("lock-off", "the app instance property lock for all properties", "no such lock", remedy, cause);
  }
  if (!principal) {
    const cause = { target: objectId, mark: appId, activity: /remove service principal/i };
    const remedy = "Run pulumi up --refresh, which makes a new one with its roles.";
    into.add("principal-missing", `a service principal of ${appId}`, "none", remedy, cause);
  }
}

/**
 * Holds an application and its principal against the declaration.
 *
 * @param earlier what was declared in the last run, null where the guard is new: then what `up` sets anyway is no finding
 * @returns the findings, none where nothing is there that was not declared, or where there is no application yet
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
  const findings = new Findings(audit);
  keyFindings(findings, application, view, declared);
  applicationCredentials(findings, declared.policy, application);
  if (application.principal) principalCredentials(findings, declared.policy, application, application.principal, view);
  settingFindings(findings, application, earlier);
  ownerFindings(findings, application, declared, earlier);
  if (application.principal) permissionFindings(findings, application.principal, declared, earlier);
  return findings.found;
}
