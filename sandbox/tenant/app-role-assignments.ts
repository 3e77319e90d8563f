/** Application roles that principals hold on a resource: appRoleAssignedTo and appRoleAssignments. */
import { recordAssignment } from "./audit";
import type { Assignment, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { callerOf, collection, noContent, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { showDirectoryObject } from "./owners";
import { requireAssign, requireReadAssignments } from "./permissions";
import { findPrincipal } from "./service-principals";

/** Graph's own pages are larger; with small ones, a sandbox of two servers has several of them. */
const SMALL_PAGE = 3;

function show({ store }: GraphRequest, assignment: Assignment): Properties {
  const { id, appRoleId, principalId, resourceId, createdDateTime } = assignment;
  const name = (objectId: string) => showDirectoryObject(store, objectId)?.displayName ?? null;
  return {
    id,
    deletedDateTime: null,
    appRoleId,
    createdDateTime,
    principalDisplayName: name(principalId),
    principalId,
    principalType: "ServicePrincipal",
    resourceDisplayName: name(resourceId),
    resourceId,
  };
}

function listSide(request: GraphRequest, side: "principalId" | "resourceId"): GraphAnswer {
  requireReadAssignments(request.caller);
  const principal = findPrincipal(request);
  const held = request.store.data.assignments.filter((assignment) => assignment[side] === principal.id);
  return collection(
    request,
    "appRoleAssignments",
    held.map((assignment) => show(request, assignment)),
    request.assignmentsOnPage ?? SMALL_PAGE,
  );
}

export const listOfPrincipal = (request: GraphRequest) => listSide(request, "principalId");
export const listOfResource = (request: GraphRequest) => listSide(request, "resourceId");

export function create(request: GraphRequest): GraphAnswer {
  requireAssign(request.caller);
  const { store, body, clock } = request;
  const resource = findPrincipal(request);
  if (String(body.resourceId).toLowerCase() !== resource.id) {
    throw graphErrors.badRequest("Invalid value specified for property 'resourceId' of resource 'AppRoleAssignment'.");
  }
  const principal = store.principal(String(body.principalId));
  if (!principal) throw graphErrors.notFound(String(body.principalId));
  const role = resource.appRoles.find(({ id }) => id === String(body.appRoleId).toLowerCase());
  if (!role?.isEnabled || !role.allowedMemberTypes.includes("Application")) {
    throw graphErrors.badRequest(`Permission being assigned was not found on application '${resource.appId}'.`);
  }
  const same = (other: Assignment) =>
    other.principalId === principal.id && other.resourceId === resource.id && other.appRoleId === role.id;
  if (store.data.assignments.some(same)) {
    throw graphErrors.badRequest("Permission being assigned already exists on the object.");
  }
  const assignment = store.assign(principal.id, resource.id, role.id, clock.now());
  recordAssignment(store, clock.now(), callerOf(request), assignment, "given");
  return object(request, "appRoleAssignments", show(request, assignment), 201);
}

function find(request: GraphRequest): Assignment {
  const resource = findPrincipal(request);
  const { assignment: id } = request.params;
  const assignment = request.store.data.assignments.find(
    (other) => other.id === id && other.resourceId === resource.id,
  );
  if (!assignment) throw graphErrors.notFound(id);
  return assignment;
}

export function get(request: GraphRequest): GraphAnswer {
  requireReadAssignments(request.caller);
  return object(request, "appRoleAssignments", show(request, find(request)));
}

export function remove(request: GraphRequest): GraphAnswer {
  requireAssign(request.caller);
  const assignment = find(request);
  request.store.change((directory) => {
    directory.assignments = directory.assignments.filter((other) => other !== assignment);
  });
  recordAssignment(request.store, request.clock.now(), callerOf(request), assignment, "taken");
  return noContent;
}
