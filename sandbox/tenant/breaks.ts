/** Changes that other people make in the directory outside Pulumi, each with its entry in the audit log. */
import { randomBytes, randomUUID } from "node:crypto";
import { CommandError } from "../../console/errors";
import { managedApplicationName } from "../../model/tenant/managed-application";
import { ACCOUNT_LIMIT, makeUser, syncAccountsOf } from "./administration";
import {
  change,
  recordAssignment,
  recordAudit,
  recordCredentials,
  roleTarget,
  targetOf,
  userTarget,
  type AuditEvent,
} from "./audit";
import type { Application, KeyPolicy, Principal, Properties, User } from "./directory";
import { DIRECTORY_ROLES } from "./directory-roles";
import { makeKeyCredential } from "./key-credentials";
import { CLOUD_NAMES } from "./cloud-names";
import { GRAPH_ROLES, GRAPH_SERVICE, SYNC_SERVICE } from "./services";
import type { TenantStore } from "./store";

export interface TenantBreakContext {
  store: TenantStore;
  now: Date;
  /** A certificate that no server has, DER. */
  certificate: Buffer;
}

/** Breaks of a server's objects in the tenant. */
export const APPLICATION_BREAKS = {
  "foreign-key": "an intruder added a certificate to the application",
  "repeated-key": "a run that was cut off uploaded the server's certificate a second time, under another id",
  "foreign-secret": "an intruder added a client secret to the application",
  "principal-key": "an intruder added a certificate to the service principal",
  "principal-secret": "an intruder added a client secret to the service principal",
  "federated-credential": "a workload from another issuer can sign in as the application",
  owner: "a user became an owner of the application",
  audience: "the application can be used from other tenants",
  disabled: "the service principal cannot sign in",
  "lock-off": "the app instance property lock is off",
  "extra-role": "the service principal received a permission for Microsoft Graph",
} as const;
export type ApplicationBreak = keyof typeof APPLICATION_BREAKS;

/** Breaks of the tenant as a whole. */
export const DIRECTORY_BREAKS = {
  "role-holder": "an undeclared application may synchronise",
  "managed-left": "the product's own application for a server still exists, with role and key",
  "lifetime-policy": "an application management policy allows certificates of 90 days at most",
  "issuer-policy": "an application management policy allows no self-signed certificate",
  "no-password-reset-service": "the tenant has no service principal of the password reset service",
  "directory-role": "a user that is not a synchronisation account holds the directory role",
  "named-like-sync": "a user and an application that no server uses are named like those of a declared server",
  "former-account": "the account of a machine that no longer exists still holds the directory role",
  "former-identifier":
    "an account of the first server, from before its machine identifier was reset, holds the directory role",
  "name-taken": "an application of someone else has the name that is declared for the first server's",
  "accounts-full": "former machines left so many accounts that the tenant accepts no further one",
} as const;
export type DirectoryBreak = keyof typeof DIRECTORY_BREAKS;

const POLICY_DAYS = 90;
const SECRET_DAYS = 730;
const SYNC_ACCOUNTS = "Directory Synchronization Accounts";

/** The user who makes these changes: a user of the tenant, created on the first use. */
function intruder({ store }: TenantBreakContext): User {
  const name = `mallory@${store.data.domain}`;
  const known = store.data.users.find(({ userPrincipalName }) => userPrincipalName === name);
  if (known) return known;
  const user = makeUser(name, []);
  return store.change(({ users }) => (users.push(user), user));
}

function refuseWhere(condition: boolean, message: string): void {
  if (condition) throw new CommandError(message);
}

/** Adds a credential and records who did it. */
function addCredential(context: TenantBreakContext, to: Application | Principal, kind: "key" | "secret"): void {
  const { store, now, certificate } = context;
  const former = { keyCredentials: [...to.keyCredentials], passwordCredentials: [...to.passwordCredentials] };
  if (kind === "key") {
    const credential = makeKeyCredential({ key: certificate.toString("base64") });
    store.change(() => to.keyCredentials.push(credential));
  } else {
    store.addSecret(to, randomBytes(24).toString("base64url"), {
      displayName: "backup",
      startDateTime: now.toISOString(),
      endDateTime: new Date(now.getTime() + SECRET_DAYS * 86_400_000).toISOString(),
    });
  }
  recordCredentials(store, now, intruder(context), to, former);
}

/** Sets one of an object's own properties and records who did it, under the property's name in the log. */
function setProperty(
  context: TenantBreakContext,
  of: Application | Principal,
  values: Properties,
  event: Pick<AuditEvent, "activity"> & { before: unknown; after: unknown; logged: string },
): void {
  const { store, now } = context;
  store.change(() => Object.assign(of.properties, values));
  const targets = [targetOf(store, of, [change(event.logged, event.before, event.after)])];
  recordAudit(store, now, intruder(context), { activity: event.activity, operation: "Update", targets });
}

function assign(context: TenantBreakContext, principal: Principal, resource: Principal, appRoleId: string): void {
  const { store, now } = context;
  const assignment = store.assign(principal.id, resource.id, appRoleId, now);
  recordAssignment(store, now, intruder(context), assignment, "given");
}

function addFederatedCredential(context: TenantBreakContext, application: Application): void {
  const { store, now } = context;
  const credential = {
    id: randomUUID(),
    name: `deploy-${randomUUID().slice(0, 8)}`,
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:mallory/tools:ref:refs/heads/main",
    audiences: ["api://AzureADTokenExchange"],
    description: null,
  };
  store.change(() => application.federatedIdentityCredentials.push(credential));
  recordAudit(store, now, intruder(context), {
    activity: "Update application",
    operation: "Update",
    targets: [targetOf(store, application, [change("FederatedIdentityCredentials", [], credential)])],
  });
}

function addOwner(context: TenantBreakContext, application: Application): void {
  const { store, now } = context;
  const user = intruder(context);
  refuseWhere(application.owners.includes(user.id), `${user.userPrincipalName} is already an owner`);
  store.change(() => application.owners.push(user.id));
  const changes = [change("Application.ObjectID", [], application.id)];
  recordAudit(store, now, user, {
    activity: "Add owner to application",
    operation: "Assign",
    targets: [userTarget(user, changes), targetOf(store, application)],
  });
}

function lockOff(context: TenantBreakContext, application: Application): void {
  const name = "servicePrincipalLockConfiguration";
  const former = application.properties[name] as Properties | null | undefined;
  const off = { ...former, isEnabled: false, allProperties: false };
  const event = { activity: "Update application", logged: "ServicePrincipalLockConfiguration" };
  setProperty(context, application, { [name]: off }, { ...event, before: former ?? [], after: off });
}

function giveGraphRole(context: TenantBreakContext, principal: Principal): void {
  const { store } = context;
  const role = GRAPH_ROLES.find(({ value }) => value === "Application.ReadWrite.All")!;
  const graph = store.principalByAppId(GRAPH_SERVICE.appId)!;
  const held = store.rolesOf(principal.id, graph).some(({ value }) => value === role.value);
  refuseWhere(held, `the service principal already holds ${role.value}`);
  assign(context, principal, graph, role.id);
}

type ApplicationBreaker = (context: TenantBreakContext, application: Application, principal: () => Principal) => void;

const APPLICATION_BREAKERS: Record<ApplicationBreak, ApplicationBreaker> = {
  "foreign-key": (context, application) => addCredential(context, application, "key"),
  "repeated-key": (context, application) => {
    const own = application.keyCredentials.at(-1);
    if (!own) throw new CommandError("the application has no key to repeat: run up first");
    addCredential({ ...context, certificate: Buffer.from(own.der, "base64") }, application, "key");
  },
  "foreign-secret": (context, application) => addCredential(context, application, "secret"),
  "principal-key": (context, _application, principal) => addCredential(context, principal(), "key"),
  "principal-secret": (context, _application, principal) => addCredential(context, principal(), "secret"),
  "federated-credential": addFederatedCredential,
  owner: addOwner,
  audience: (context, application) => {
    const event = { activity: "Update application", logged: "AvailableToOtherTenants", before: false, after: true };
    setProperty(context, application, { signInAudience: "AzureADMultipleOrgs" }, event);
  },
  disabled: (context, _application, principal) => {
    const event = { activity: "Update service principal", logged: "AccountEnabled", before: true, after: false };
    setProperty(context, principal(), { accountEnabled: false }, event);
  },
  "lock-off": lockOff,
  "extra-role": (context, _application, principal) => giveGraphRole(context, principal()),
};

/**
 * Breaks a server's objects in the tenant.
 *
 * @param appId the server's application
 * @throws CommandError if it does not apply now
 */
export function breakApplication(context: TenantBreakContext, appId: string, what: ApplicationBreak): void {
  const application = context.store.applicationById(appId);
  if (!application) throw new CommandError(`the tenant has no application ${appId}`);
  const principal = () => {
    const found = context.store.principalByAppId(appId);
    if (!found) throw new CommandError(`the application ${appId} has no service principal`);
    return found;
  };
  APPLICATION_BREAKERS[what](context, application, principal);
}

/** An application with a key, its service principal, and the role to synchronise, all created by the intruder. */
function addHolder(context: TenantBreakContext, displayName: string): void {
  const { store, now, certificate } = context;
  const { servicePrincipalId } = store.addManagedApplication({ displayName, certificates: [certificate] });
  const principal = store.principal(servicePrincipalId)!;
  const actor = intruder(context);
  const added = targetOf(store, principal, [change("AppPrincipalId", [], principal.appId)]);
  recordAudit(store, now, actor, { activity: "Add service principal", operation: "Add", targets: [added] });
  const assignment = store.data.assignments.find(({ principalId }) => principalId === servicePrincipalId);
  if (assignment) recordAssignment(store, now, actor, assignment, "given");
}

/** The first server for which the product has not left an application yet. */
function leaveManaged(context: TenantBreakContext, servers: readonly string[]): void {
  const names = context.store.data.applications.map(({ properties }) => String(properties.displayName));
  const prefix = (server: string) => managedApplicationName(server.toUpperCase());
  const server = servers.find((candidate) => !names.some((name) => name.startsWith(prefix(candidate))));
  if (!server) throw new CommandError("every server already has an application of the product");
  addHolder(context, `${prefix(server)}${randomBytes(6).toString("hex")}`);
}

function giveDirectoryRole(context: TenantBreakContext, user = intruder(context)): void {
  const { store, now } = context;
  const role = DIRECTORY_ROLES[SYNC_ACCOUNTS];
  refuseWhere(user.directoryRoles?.includes(role) ?? false, `${user.userPrincipalName} already holds the role`);
  store.change(() => {
    user.directoryRoles = [...(user.directoryRoles ?? []), role];
  });
  const changes = [change("Role.DisplayName", [], SYNC_ACCOUNTS), change("Role.TemplateId", [], role)];
  recordAudit(store, now, intruder(context), {
    activity: "Add member to role",
    operation: "Assign",
    category: "RoleManagement",
    targets: [userTarget(user, changes), roleTarget(role, SYNC_ACCOUNTS)],
  });
}

/** Changes the default application management policy, which Entra's audit log records under its own category. */
function restrictKeys({ store }: TenantBreakContext, policy: KeyPolicy): void {
  const held = Object.keys(policy).every((name) => store.data.keyPolicy?.[name as keyof KeyPolicy] !== undefined);
  refuseWhere(held, "the policy has this restriction already");
  store.change((directory) => {
    directory.keyPolicy = { ...directory.keyPolicy, ...policy };
  });
}

/** Anyone who may create users and applications chooses their names. */
function nameLikeSync(context: TenantBreakContext, [server]: readonly string[]): void {
  const { store } = context;
  const name = `Sync_mallory@${store.data.domain}`;
  refuseWhere(
    store.data.users.some(({ userPrincipalName }) => userPrincipalName === name),
    `the tenant has a user ${name} already`,
  );
  const user = makeUser(name, []);
  store.change(({ users }) => users.push(user));
  giveDirectoryRole(context, user);
  addHolder(context, `${managedApplicationName(server.toUpperCase())}${randomBytes(6).toString("hex")}`);
}

/** Entra does not mind two applications of one name. */
function takeName(context: TenantBreakContext, [server]: readonly string[]): void {
  const { store, now } = context;
  const { appId } = store.addManagedApplication({
    ...{ displayName: `Entra Connect Sync - ${server}`, certificates: [context.certificate], synchronises: false },
  });
  const targets = [targetOf(store, store.applicationById(appId)!, [change("AppId", [], appId)])];
  recordAudit(store, now, intruder(context), { activity: "Add application", operation: "Add", targets });
}

const FORMER_DAYS = 400;

/** An account that the product made for a machine, so long ago that the audit log does not show it any more. */
function leaveAccount({ store, now }: TenantBreakContext, computer: string): void {
  const name = `Sync_${computer}_${randomBytes(6).toString("hex")}`;
  const user = makeUser(`${name}@${store.data.domain}`, [SYNC_ACCOUNTS]);
  const createdDateTime = new Date(now.getTime() - FORMER_DAYS * 86_400_000).toISOString();
  store.change(({ users }) => users.push({ ...user, createdDateTime }));
}

function fillAccounts(context: TenantBreakContext): void {
  const missing = () => ACCOUNT_LIMIT - syncAccountsOf(context.store.data.users).length;
  refuseWhere(missing() <= 0, `the tenant has ${ACCOUNT_LIMIT} synchronisation accounts already`);
  while (missing() > 0) DIRECTORY_BREAKERS["former-account"](context, []);
}

const DIRECTORY_BREAKERS: Record<DirectoryBreak, (context: TenantBreakContext, servers: readonly string[]) => void> = {
  "role-holder": (context) => addHolder(context, "Directory Helper"),
  "managed-left": leaveManaged,
  "directory-role": (context) => giveDirectoryRole(context),
  "no-password-reset-service": ({ store }) => {
    const service = store.principalByAppId(CLOUD_NAMES[store.data.cloud].passwordResetAppId);
    refuseWhere(!service, "the tenant has no password reset service already");
    store.removePrincipal(service!);
  },
  "named-like-sync": nameLikeSync,
  "former-account": (context) => leaveAccount(context, `OLD${randomBytes(3).toString("hex").toUpperCase()}`),
  "former-identifier": (context, [server]) => leaveAccount(context, server.toUpperCase()),
  "name-taken": takeName,
  "accounts-full": fillAccounts,
  "lifetime-policy": (context) => restrictKeys(context, { maxLifetimeDays: POLICY_DAYS }),
  "issuer-policy": (context) => restrictKeys(context, { trustedIssuers: true }),
};

/**
 * Breaks the tenant as a whole.
 *
 * @param servers names of the declared servers
 * @throws CommandError if it does not apply now
 */
export function breakDirectory(context: TenantBreakContext, servers: readonly string[], what: DirectoryBreak): void {
  if (!context.store.principalByAppId(SYNC_SERVICE.appId)) throw new CommandError("the tenant does not synchronise");
  DIRECTORY_BREAKERS[what](context, servers);
}
