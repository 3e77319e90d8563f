/** Every Graph request that the emulated tenant knows. What is not here answers 501. */
import * as applications from "./applications";
import { collection, ok, type GraphRequest, type Handler } from "./graph-request";
import { graphErrors } from "./graph-error";
import * as principals from "./service-principals";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

function directoryObject({ store, params }: GraphRequest) {
  const found = store.principal(params.id) ?? store.application(params.id);
  if (!found) throw graphErrors.notFound(params.id);
  return ok({ "@odata.type": "#microsoft.graph.directoryObject", id: found.id });
}

function organization(request: GraphRequest) {
  const { tenantId, domain } = request.store.data;
  const verifiedDomains = [{ name: domain, isDefault: true, isInitial: true }];
  return collection(request, "organization", [{ id: tenantId, displayName: domain, verifiedDomains }]);
}

/** Path below `/v1.0` or `/beta`; `:name` is a part of it. `(appId='x')` reads as `/appId/x`. */
export const ROUTES: readonly (readonly [Method, string, Handler])[] = [
  ["GET", "/organization", organization],
  ["GET", "/directoryObjects/:id", directoryObject],

  ["GET", "/applications", applications.list],
  ["POST", "/applications", applications.create],
  ["GET", "/applications/:id", applications.get],
  ["PATCH", "/applications/:id", applications.update],
  ["DELETE", "/applications/:id", applications.remove],
  ["GET", "/applications/appId/:appId", applications.get],
  ["PATCH", "/applications/appId/:appId", applications.update],
  ["GET", "/applications/:id/owners", applications.owners.list],
  ["POST", "/applications/:id/owners/$ref", applications.owners.add],
  ["DELETE", "/applications/:id/owners/:owner/$ref", applications.owners.remove],
  ["GET", "/applications/:id/federatedIdentityCredentials", applications.federatedCredentials],

  ["GET", "/servicePrincipals", principals.list],
  ["POST", "/servicePrincipals", principals.create],
  ["GET", "/servicePrincipals/:id", principals.get],
  ["PATCH", "/servicePrincipals/:id", principals.update],
  ["DELETE", "/servicePrincipals/:id", principals.remove],
  ["GET", "/servicePrincipals/appId/:appId", principals.get],
  ["GET", "/servicePrincipals/:id/owners", principals.owners.list],
  ["POST", "/servicePrincipals/:id/owners/$ref", principals.owners.add],
  ["DELETE", "/servicePrincipals/:id/owners/:owner/$ref", principals.owners.remove],
  ["GET", "/servicePrincipals/:id/appRoleAssignments", principals.appRoleAssignments],
  ["GET", "/servicePrincipals/:id/appRoleAssignedTo", principals.appRoleAssignedTo],
  ["POST", "/servicePrincipals/:id/appRoleAssignedTo", principals.assign],
  ["GET", "/servicePrincipals/:id/appRoleAssignedTo/:assignment", principals.getAssignment],
  ["DELETE", "/servicePrincipals/:id/appRoleAssignedTo/:assignment", principals.unassign],
];

export const WRITES: readonly string[] = ["POST", "PATCH", "DELETE"];
