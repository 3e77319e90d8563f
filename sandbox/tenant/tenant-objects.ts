/** /organization, /directoryObjects, /users, directory roles, grants and the audit log of the emulated Graph. */
import { graphErrors } from "./graph-error";
import { collection, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { showDirectoryObject, showUser } from "./owners";
import {
  requireOrganization,
  requireRead,
  requireReadAudit,
  requireReadDirectoryRoles,
  requireReadGrants,
  requireReadUsers,
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
  const shown = { id: tenantId, displayName, onPremisesSyncEnabled: true, tenantType: "AAD", verifiedDomains };
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

export function users(request: GraphRequest): GraphAnswer {
  requireReadUsers(request.caller);
  const known = ["eq userPrincipalName", "startswith userPrincipalName"] as const;
  const filter = parseFilter(request.query, known, request.text);
  // Graph shows it only to those who select it.
  const selected = parseSelect(request.query)?.includes("createdDateTime");
  const shown = request.store.data.users
    .map((user) => ({
      ...showUser(user),
      ...(selected ? { createdDateTime: user.createdDateTime ?? null } : {}),
    }))
    .filter((user) => passes(filter, user));
  return collection(request, "users", shown);
}

/** Assignments of directory roles; a role is identified by its template id, as built-in roles are. */
export function directoryRoles(request: GraphRequest): GraphAnswer {
  const { caller, faults, store, query, text } = request;
  requireReadDirectoryRoles(caller);
  if (faults.strikes("tenant", "no-directory-roles")) throw graphErrors.forbidden();
  const filter = parseFilter(query, ["eq roleDefinitionId", "eq principalId"], text);
  if (query.$expand !== undefined && query.$expand !== "principal") throw graphErrors.unknown(text);
  const expanded = (id: string) => (query.$expand ? { principal: showDirectoryObject(store, id) } : {});
  const shown = store.directoryRoleAssignments().map(({ id, principalId, roleDefinitionId }) => {
    return { id, principalId, roleDefinitionId, directoryScopeId: "/", ...expanded(principalId) };
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
