/** /organization, /directoryObjects, /users, directory roles, grants and the audit log of the emulated Graph. */
import type { User } from "./directory";
import { DIRECTORY_ROLES } from "./directory-roles";
import { graphErrors } from "./graph-error";
import { collection, noContent, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { showDirectoryObject, showUser } from "./owners";
import {
  requireOrganization,
  requireRead,
  requireReadAudit,
  requireReadDirectoryRoles,
  requireReadGrants,
  requireReadUsers,
  requireWriteDirectoryRoles,
  requireWriteUsers,
} from "./permissions";
import { parseFilter, parseSelect, passes } from "./query";
import { findPrincipal } from "./service-principals";

/** The name of the tenant, as its administrators gave it: neither its id nor a domain. */
export const ORGANIZATION_NAME = "Contoso Ltd";

export function organization(request: GraphRequest): GraphAnswer {
  requireOrganization(request.caller);
  const { tenantId, domain } = request.store.data;
  if (request.faults.strikes("tenant", "no-organization")) throw graphErrors.forbidden();
  const verifiedDomains = [{ name: domain, type: "Managed", isDefault: true, isInitial: true }];
  const displayName = ORGANIZATION_NAME;
  // Servers of a sandbox synchronise nothing; an idle tenant shows the last cycle, which is every half hour.
  const onPremisesLastSyncDateTime = new Date(
    Math.floor(request.clock.now().getTime() / 1_800_000) * 1_800_000,
  ).toISOString();
  const premises = { onPremisesSyncEnabled: true, onPremisesLastSyncDateTime };
  const shown = { id: tenantId, displayName, ...premises, tenantType: "AAD", verifiedDomains };
  return collection(request, "organization", [shown]);
}

export function directoryObject(request: GraphRequest): GraphAnswer {
  const { id } = request.params;
  const { store, caller } = request;
  const found = store.principal(id) ?? store.application(id);
  if (found) requireRead(caller, found);
  else requireReadUsers(caller);
  const shown = showDirectoryObject(store, id);
  if (!shown) throw graphErrors.notFound(id);
  return object(request, "directoryObjects", shown);
}

const moreOfUser = ({ createdDateTime, licences = 0 }: User) => ({
  createdDateTime: createdDateTime ?? null,
  onPremisesSyncEnabled: null,
  assignedLicenses: Array.from({ length: licences }, () => ({ disabledPlans: [], skuId: SOME_LICENCE })),
});
const SOME_LICENCE = "05e9a617-0261-4cee-bb44-138d3ef5d965";

const only = (names: readonly string[], of: object) =>
  Object.fromEntries(Object.entries(of).filter(([name]) => names.includes(name)));

export function removeUser({ caller, store, params: { id } }: GraphRequest): GraphAnswer {
  requireWriteUsers(caller);
  const user = store.user(id);
  if (!user) throw graphErrors.notFound(id);
  // An application needs a directory role of its own to remove a user that has one.
  if (user.directoryRoles && user.directoryRoles.length > 0) throw graphErrors.forbidden();
  store.change((directory) => {
    directory.users = directory.users.filter((other) => other !== user);
  });
  return noContent;
}

/** Takes a directory role from a user. */
export function removeDirectoryRole({ caller, store, params: { assignment: id } }: GraphRequest): GraphAnswer {
  requireWriteDirectoryRoles(caller);
  const assignment = store.directoryRoleAssignments().find((one) => one.id === id);
  if (!assignment) throw graphErrors.notFound(id);
  store.change(() => {
    const user = store.user(assignment.principalId)!;
    user.directoryRoles = user.directoryRoles!.filter((role) => role !== assignment.roleDefinitionId);
  });
  return noContent;
}

export function users(request: GraphRequest): GraphAnswer {
  requireReadUsers(request.caller);
  const known = ["eq userPrincipalName", "startswith userPrincipalName"] as const;
  const filter = parseFilter(request.query, known, request.text);
  // Graph shows the rest only to those who select it.
  const selected = parseSelect(request.query) ?? [];
  const shown = request.store.data.users
    .map((user) => ({ ...showUser(user), ...only(selected, moreOfUser(user)) }))
    .filter((user) => passes(filter, user));
  return collection(request, "users", shown);
}

/** Assignments of directory roles; a role is identified by its template id, as built-in roles are. */
export function directoryRoles(request: GraphRequest): GraphAnswer {
  const { caller, faults, store, query, text } = request;
  requireReadDirectoryRoles(caller);
  if (faults.strikes("tenant", "no-directory-roles")) throw graphErrors.forbidden();
  const filter = parseFilter(query, ["eq roleDefinitionId", "eq principalId"], text);
  // Graph expands one of them at a time.
  const known = [undefined, "principal", "roleDefinition"];
  if (!known.includes(query.$expand)) throw graphErrors.unknown(text);
  const names = new Map<string, string>(Object.entries(DIRECTORY_ROLES).map(([name, role]) => [role, name]));
  const expanded = (principal: string, role: string) => {
    if (query.$expand === "principal") return { principal: showDirectoryObject(store, principal) };
    return query.$expand ? { roleDefinition: { id: role, displayName: names.get(role) ?? null } } : {};
  };
  const shown = store.directoryRoleAssignments().map(({ id, principalId, roleDefinitionId }) => {
    return { id, principalId, roleDefinitionId, directoryScopeId: "/", ...expanded(principalId, roleDefinitionId) };
  });
  return collection(
    request,
    "roleManagement/directory/roleAssignments",
    shown.filter((assignment) => passes(filter, assignment)),
  );
}

export function permissionGrants(request: GraphRequest): GraphAnswer {
  requireReadGrants(request.caller);
  const { id } = findPrincipal(request);
  const held = request.store.data.grants.filter(({ clientId }) => clientId === id);
  return collection(
    request,
    "oauth2PermissionGrants",
    held.map((grant) => ({ ...grant })),
  );
}

/** Newest first, as Graph sorts them. */
export function directoryAudits(request: GraphRequest): GraphAnswer {
  requireReadAudit(request.caller);
  if (request.faults.strikes("tenant", "no-audit")) throw graphErrors.permissionMissing("AuditLog.Read.All");
  const filter = parseFilter(request.query, ["any targetResources", "eq activityDisplayName"], request.text);
  const shown = request.store.data.audit.map((entry) => ({ ...entry })).reverse();
  return collection(
    request,
    "auditLogs/directoryAudits",
    shown.filter((entry) => passes(filter, entry)),
  );
}
