/** The directory's audit log: who changed what, in the format of Entra's own entries. */
import { randomUUID } from "node:crypto";
import type {
  Application,
  Assignment,
  AuditEntry,
  KeyCredential,
  PasswordCredential,
  Principal,
  User,
} from "./directory";
import type { TenantStore } from "./store";

/** Maximum number of entries; Entra keeps them for days instead. */
const KEPT = 200;

type Target = AuditEntry["targetResources"][number];
type Change = Target["modifiedProperties"][number];

interface Credentials {
  keyCredentials: readonly KeyCredential[];
  passwordCredentials: readonly PasswordCredential[];
}

/** The operation, and its targets. */
export interface AuditEvent {
  activity: string;
  operation: "Add" | "Assign" | "Update" | "Unassign" | "Delete";
  /** @default "ApplicationManagement" */
  category?: "ApplicationManagement" | "RoleManagement";
  targets: Target[];
}

const list = (value: unknown) => JSON.stringify(Array.isArray(value) ? value : [value]);

/** A property of a target, before and after. */
export function change(displayName: string, before: unknown, after: unknown): Change {
  return { displayName, oldValue: list(before), newValue: list(after) };
}

const target = (id: string, displayName: string, type: string, modifiedProperties: Change[]): Target => ({
  ...{ id, displayName, type, userPrincipalName: null, groupType: null, modifiedProperties },
});

const nameOf = (store: TenantStore, { appId, properties }: Application | Principal) =>
  String(store.applicationById(appId)?.properties.displayName ?? properties.displayName);

export function targetOf(store: TenantStore, of: Application | Principal, changes: Change[] = []): Target {
  return target(of.id, nameOf(store, of), "appRoles" in of ? "ServicePrincipal" : "Application", changes);
}

export function userTarget({ id, displayName, userPrincipalName }: User, changes: Change[] = []): Target {
  return { ...target(id, displayName, "User", changes), userPrincipalName };
}

export function roleTarget(id: string, displayName: string): Target {
  return target(id, displayName, "Role", []);
}

/** Writes an entry. */
export function recordAudit(store: TenantStore, now: Date, actor: User | Principal, event: AuditEvent): void {
  const { activity, operation, category = "ApplicationManagement", targets } = event;
  const initiatedBy: AuditEntry["initiatedBy"] =
    "appId" in actor
      ? { user: null, app: { ...APP, displayName: nameOf(store, actor), servicePrincipalId: actor.id } }
      : { user: { ...USER, id: actor.id, userPrincipalName: actor.userPrincipalName }, app: null };
  const correlationId = randomUUID();
  const entry: AuditEntry = {
    id: `Directory_${correlationId}_${randomUUID().slice(0, 8)}`,
    category,
    correlationId,
    result: "success",
    resultReason: "",
    activityDisplayName: activity,
    activityDateTime: now.toISOString(),
    loggedByService: "Core Directory",
    operationType: operation,
    initiatedBy,
    targetResources: targets,
    additionalDetails: [],
  };
  store.change((directory) => {
    directory.audit = [...directory.audit, entry].slice(-KEPT);
  });
}

const APP = { appId: null, servicePrincipalName: null };
/** An address from the range that is reserved for documentation. */
const USER = { displayName: null, ipAddress: "203.0.113.7" };

function describeCredentials({ keyCredentials, passwordCredentials }: Credentials): string[] {
  return [
    ...keyCredentials.map(
      ({ keyId, type, usage, displayName }) =>
        `[KeyIdentifier=${keyId},KeyType=${type},KeyUsage=${usage},DisplayName=${displayName}]`,
    ),
    ...passwordCredentials.map(
      ({ keyId, displayName }) =>
        `[KeyIdentifier=${keyId},KeyType=Password,KeyUsage=Verify,DisplayName=${displayName ?? ""}]`,
    ),
  ];
}

/** Records changed credentials of an application or a principal; nothing if they are unchanged. */
export function recordCredentials(
  store: TenantStore,
  now: Date,
  actor: User | Principal,
  of: Application | Principal,
  former: Credentials,
): void {
  const [before, after] = [describeCredentials(former), describeCredentials(of)];
  if (before.join() === after.join()) return;
  const verb = after.length < before.length ? "Remove" : "Add";
  recordAudit(store, now, actor, {
    activity:
      "appRoles" in of
        ? `${verb} service principal credentials`
        : "Update application – Certificates and secrets management",
    operation: "Update",
    targets: [targetOf(store, of, [change("KeyDescription", before, after)])],
  });
}

/** Records that an application role was assigned or removed. */
export function recordAssignment(
  store: TenantStore,
  now: Date,
  actor: User | Principal,
  { principalId, resourceId, appRoleId }: Assignment,
  done: "given" | "taken",
): void {
  const [principal, resource] = [store.principal(principalId), store.principal(resourceId)];
  if (!principal || !resource) return;
  const role = resource.appRoles.find(({ id }) => id === appRoleId);
  const one = (name: string, value: string | undefined) =>
    done === "given" ? change(name, [], value) : change(name, value, []);
  const changes = [
    one("AppRole.Id", appRoleId),
    one("AppRole.Value", role?.value),
    one("ServicePrincipal.ObjectID", principalId),
    one("ServicePrincipal.AppId", principal.appId),
  ];
  recordAudit(store, now, actor, {
    activity:
      done === "given"
        ? "Add app role assignment to service principal"
        : "Remove app role assignment from service principal",
    operation: done === "given" ? "Assign" : "Unassign",
    targets: [targetOf(store, resource, changes), targetOf(store, principal)],
  });
}
