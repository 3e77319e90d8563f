/** What somebody else does in the directory behind Pulumi's back, each with its entry in the audit log. */
import { randomBytes, randomUUID } from "node:crypto";
import { SandboxError } from "../../console/errors";
import { managedApplicationName } from "../../model/tenant/managed-application";
import { makeUser } from "./administration";
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
import type { Application, Principal, Properties, User } from "./directory";
import { DIRECTORY_ROLES } from "./directory-roles";
import { makeKeyCredential } from "./key-credentials";
import { GRAPH_ROLES, GRAPH_SERVICE, SYNC_SERVICE } from "./services";
import type { TenantStore } from "./store";

export interface TenantBreakContext {
  store: TenantStore;
  now: Date;
  /** A certificate that no server has, DER. */
  certificate: Buffer;
}

/** Breaks of what the tenant holds for one server. */
export const APPLICATION_BREAKS = {
  "foreign-key": "somebody added a certificate to the application",
  "foreign-secret": "somebody added a client secret to the application",
  "principal-key": "somebody added a certificate to the service principal",
  "principal-secret": "somebody added a client secret to the service principal",
  "federated-credential": "a workload of another issuer may sign in as the application",
  owner: "somebody became an owner of the application",
  audience: "the application may be used from other tenants",
  disabled: "the service principal may not sign in",
  "lock-off": "the app instance property lock is off",
  "extra-role": "the service principal got a permission of Microsoft Graph",
} as const;
export type ApplicationBreak = keyof typeof APPLICATION_BREAKS;

/** Breaks of the tenant as a whole. */
export const DIRECTORY_BREAKS = {
  "role-holder": "an application that nobody declared may synchronise",
  "managed-left": "the product's own application of a server is still there, with role and key",
  "directory-role": "a user who is no synchronisation account holds the directory role",
} as const;
export type DirectoryBreak = keyof typeof DIRECTORY_BREAKS;

const SECRET_DAYS = 730;
const SYNC_ACCOUNTS = "Directory Synchronization Accounts";

/** Whoever does all of this: a user of the tenant, made at the first time. */
function intruder({ store }: TenantBreakContext): User {
  const name = `mallory@${store.data.domain}`;
  const known = store.data.users.find(({ userPrincipalName }) => userPrincipalName === name);
  if (known) return known;
  const user = makeUser(name, []);
  return store.change(({ users }) => (users.push(user), user));
}

function refuseWhere(condition: boolean, message: string): void {
  if (condition) throw new SandboxError(message);
}

/** Adds a credential and writes who did it. */
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

/** Sets one of an object's own properties and writes who did it, under the name that the log gives the property. */
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
  refuseWhere(application.owners.includes(user.id), `${user.userPrincipalName} is an owner already`);
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
  refuseWhere(held, `the service principal holds ${role.value} already`);
  assign(context, principal, graph, role.id);
}

type ApplicationBreaker = (context: TenantBreakContext, application: Application, principal: () => Principal) => void;

const APPLICATION_BREAKERS: Record<ApplicationBreak, ApplicationBreaker> = {
  "foreign-key": (context, application) => addCredential(context, application, "key"),
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
 * Breaks what the tenant holds for a server.
 *
 * @param appId the server's application
 * @throws SandboxError where it does not apply now
 */
export function breakApplication(context: TenantBreakContext, appId: string, what: ApplicationBreak): void {
  const application = context.store.applicationById(appId);
  if (!application) throw new SandboxError(`there is no application ${appId} in the tenant`);
  const principal = () => {
    const found = context.store.principalByAppId(appId);
    if (!found) throw new SandboxError(`the application ${appId} has no service principal`);
    return found;
  };
  APPLICATION_BREAKERS[what](context, application, principal);
}

/** An application with a key, its principal, and the role to synchronise, all of it the intruder's work. */
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

/** The first server for which the product has left nothing yet. */
function leaveManaged(context: TenantBreakContext, servers: readonly string[]): void {
  const names = context.store.data.applications.map(({ properties }) => String(properties.displayName));
  const prefix = (server: string) => managedApplicationName(server.toUpperCase());
  const server = servers.find((candidate) => !names.some((name) => name.startsWith(prefix(candidate))));
  if (!server) throw new SandboxError("every server has an application of the product's already");
  addHolder(context, `${prefix(server)}${randomBytes(6).toString("hex")}`);
}

function giveDirectoryRole(context: TenantBreakContext): void {
  const { store, now } = context;
  const user = intruder(context);
  const role = DIRECTORY_ROLES[SYNC_ACCOUNTS];
  refuseWhere(user.directoryRoles?.includes(role) ?? false, `${user.userPrincipalName} holds the role already`);
  store.change(() => {
    user.directoryRoles = [...(user.directoryRoles ?? []), role];
  });
  const changes = [change("Role.DisplayName", [], SYNC_ACCOUNTS), change("Role.TemplateId", [], role)];
  recordAudit(store, now, user, {
    activity: "Add member to role",
    operation: "Assign",
    category: "RoleManagement",
    targets: [userTarget(user, changes), roleTarget(role, SYNC_ACCOUNTS)],
  });
}

/**
 * Breaks the tenant as a whole.
 *
 * @param servers names of the declared servers
 * @throws SandboxError where it does not apply now
 */
export function breakDirectory(context: TenantBreakContext, servers: readonly string[], what: DirectoryBreak): void {
  if (!context.store.principalByAppId(SYNC_SERVICE.appId)) throw new SandboxError("the tenant does not synchronise");
  if (what === "role-holder") return addHolder(context, "Directory Helper");
  if (what === "managed-left") return leaveManaged(context, servers);
  giveDirectoryRole(context);
}
