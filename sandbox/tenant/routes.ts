/** Every Graph request that the emulated tenant knows. What is not here answers 501. */
import * as applications from "./applications";
import * as assignments from "./app-role-assignments";
import type { Handler } from "./graph-request";
import { LIST_OPTIONS, OBJECT_OPTIONS, RELATION_OPTIONS } from "./query";
import * as principals from "./service-principals";
import * as tenant from "./tenant-objects";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Method, path below `/v1.0` or `/beta`, handler, and the OData options that it takes. */
export type Route = readonly [Method, string, Handler, (readonly string[])?];

/** `:name` is a part of the path. `(appId='x')` reads as `/appId/x`. */
export const ROUTES: readonly Route[] = [
  ["GET", "/organization", tenant.organization, RELATION_OPTIONS],
  ["GET", "/directoryObjects/:id", tenant.directoryObject, OBJECT_OPTIONS],

  ["GET", "/applications", applications.list, LIST_OPTIONS],
  ["POST", "/applications", applications.create],
  ["GET", "/applications/:id", applications.get, OBJECT_OPTIONS],
  ["PATCH", "/applications/:id", applications.update],
  ["DELETE", "/applications/:id", applications.remove],
  ["GET", "/applications/appId/:appId", applications.get, OBJECT_OPTIONS],
  ["PATCH", "/applications/appId/:appId", applications.update],
  ["DELETE", "/applications/appId/:appId", applications.remove],
  ["GET", "/applications/:id/owners", applications.owners.list, RELATION_OPTIONS],
  ["POST", "/applications/:id/owners/$ref", applications.owners.add],
  ["DELETE", "/applications/:id/owners/:owner/$ref", applications.owners.remove],
  ["GET", "/applications/:id/federatedIdentityCredentials", applications.federatedCredentials, RELATION_OPTIONS],

  ["GET", "/servicePrincipals", principals.list, LIST_OPTIONS],
  ["POST", "/servicePrincipals", principals.create],
  ["GET", "/servicePrincipals/:id", principals.get, OBJECT_OPTIONS],
  ["PATCH", "/servicePrincipals/:id", principals.update],
  ["DELETE", "/servicePrincipals/:id", principals.remove],
  ["GET", "/servicePrincipals/appId/:appId", principals.get, OBJECT_OPTIONS],
  ["GET", "/servicePrincipals/:id/owners", principals.owners.list, RELATION_OPTIONS],
  ["POST", "/servicePrincipals/:id/owners/$ref", principals.owners.add],
  ["DELETE", "/servicePrincipals/:id/owners/:owner/$ref", principals.owners.remove],
  ["GET", "/servicePrincipals/:id/appRoleAssignments", assignments.listOfPrincipal, RELATION_OPTIONS],
  ["GET", "/servicePrincipals/:id/appRoleAssignedTo", assignments.listOfResource, RELATION_OPTIONS],
  ["POST", "/servicePrincipals/:id/appRoleAssignedTo", assignments.create],
  ["GET", "/servicePrincipals/:id/appRoleAssignedTo/:assignment", assignments.get, OBJECT_OPTIONS],
  ["DELETE", "/servicePrincipals/:id/appRoleAssignedTo/:assignment", assignments.remove],
];
