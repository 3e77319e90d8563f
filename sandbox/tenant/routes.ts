/** Every Graph request that the emulated tenant supports. All others answer 501. */
import * as applications from "./applications";
import * as assignments from "./app-role-assignments";
import type { Handler } from "./graph-request";
import * as policies from "./management-policies";
import { EXPANDED_LIST_OPTIONS, LIST_OPTIONS, OBJECT_OPTIONS, RELATION_OPTIONS } from "./query";
import * as principals from "./service-principals";
import * as tenant from "./tenant-objects";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Method, path below `/v1.0` or `/beta`, handler, and accepted OData options. */
export type Route = readonly [Method, string, Handler, (readonly string[])?];

/** Paths below one application or principal, identified by object id or, as `(appId='x')`, by application id. */
function below(collection: string, routes: readonly Route[]): Route[] {
  return [":id", "appId/:appId"].flatMap((name) =>
    routes.map(([method, path, ...rest]): Route => [method, `${collection}/${name}${path}`, ...rest]),
  );
}

/** `:name` is a parameter. `(appId='x')` reads as `/appId/x`. */
export const ROUTES: readonly Route[] = [
  ["GET", "/organization", tenant.organization, RELATION_OPTIONS],
  ["GET", "/directoryObjects/:id", tenant.directoryObject, OBJECT_OPTIONS],
  ["GET", "/users", tenant.users, LIST_OPTIONS],
  ["DELETE", "/users/:id", tenant.removeUser],
  ["GET", "/roleManagement/directory/roleAssignments", tenant.directoryRoles, EXPANDED_LIST_OPTIONS],
  ["DELETE", "/roleManagement/directory/roleAssignments/:assignment", tenant.removeDirectoryRole],
  ["GET", "/policies/defaultAppManagementPolicy", policies.defaultPolicy, OBJECT_OPTIONS],
  ["GET", "/policies/appManagementPolicies", policies.policies, LIST_OPTIONS],
  ["GET", "/auditLogs/directoryAudits", tenant.directoryAudits, LIST_OPTIONS],

  ["GET", "/applications", applications.list, LIST_OPTIONS],
  ["POST", "/applications", applications.create],
  ...below("/applications", [
    ["GET", "", applications.get, OBJECT_OPTIONS],
    ["PATCH", "", applications.update],
    ["DELETE", "", applications.remove],
    ["POST", "/removePassword", applications.takePassword],
    ["GET", "/owners", applications.owners.list, RELATION_OPTIONS],
    ["POST", "/owners/$ref", applications.owners.add],
    ["DELETE", "/owners/:owner/$ref", applications.owners.remove],
    ["GET", "/federatedIdentityCredentials", applications.federatedCredentials.list, RELATION_OPTIONS],
    ["DELETE", "/federatedIdentityCredentials/:credential", applications.federatedCredentials.remove],
  ]),

  ["GET", "/servicePrincipals", principals.list, LIST_OPTIONS],
  ["POST", "/servicePrincipals", principals.create],
  ...below("/servicePrincipals", [
    ["GET", "", principals.get, OBJECT_OPTIONS],
    ["PATCH", "", principals.update],
    ["DELETE", "", principals.remove],
    ["POST", "/removePassword", principals.takePassword],
    ["GET", "/owners", principals.owners.list, RELATION_OPTIONS],
    ["POST", "/owners/$ref", principals.owners.add],
    ["DELETE", "/owners/:owner/$ref", principals.owners.remove],
    ["GET", "/oauth2PermissionGrants", tenant.permissionGrants, RELATION_OPTIONS],
    ["GET", "/appRoleAssignments", assignments.listOfPrincipal, RELATION_OPTIONS],
    ["GET", "/appRoleAssignedTo", assignments.listOfResource, RELATION_OPTIONS],
    ["POST", "/appRoleAssignedTo", assignments.create],
    ["GET", "/appRoleAssignedTo/:assignment", assignments.get, OBJECT_OPTIONS],
    ["DELETE", "/appRoleAssignedTo/:assignment", assignments.remove],
  ]),
];
