/** /servicePrincipals of the emulated Graph, with the application roles that are assigned on them. */
import { ownProperties, showPrincipal, type Assignment, type Principal, type Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { collection, created, noContent, ok, type GraphAnswer, type GraphRequest } from "./graph-request";
import { addOwner, initialOwners, listOwners, removeOwner } from "./owners";
import { requireAssign, requireCreate, requireRead, requireWrite } from "./permissions";
import { parseFilter, parseSelect, select } from "./query";

function find({ store, params }: GraphRequest): Principal {
  const principal = params.appId ? store.principalByAppId(params.appId) : store.principal(params.id);
  if (!principal) throw graphErrors.notFound(params.appId ?? params.id);
  return principal;
}

/** A principal shows some of its application's own words. */
function show({ store }: GraphRequest, principal: Principal): Properties {
  const application = store.applicationById(principal.appId);
  const displayName = application?.properties.displayName ?? principal.properties.displayName;
  return { servicePrincipalNames: [principal.appId], tags: [], ...showPrincipal(principal), displayName };
}

export function list(request: GraphRequest): GraphAnswer {
  requireRead(request.caller);
  const filter = parseFilter(request.query, ["appId", "displayName"], request.text);
  const names = parseSelect(request.query);
  const shown = request.store.data.principals.map((principal) => show(request, principal));
  const found = shown.filter((principal) => !filter || principal[filter.property] === filter.value);
  return collection(
    request,
    "servicePrincipals",
    found.map((principal) => select(principal, names)),
  );
}

export function get(request: GraphRequest): GraphAnswer {
  const principal = find(request);
  requireRead(request.caller, principal);
  return ok(select(show(request, principal), parseSelect(request.query)));
}

export function create(request: GraphRequest): GraphAnswer {
  const { body, caller, store } = request;
  requireCreate(caller);
  const application = store.applicationById(String(body.appId));
  if (!application)
    throw graphErrors.badRequest(
      `The appId '${String(body.appId)}' of the service principal does not reference a valid application.`,
    );
  if (store.principalByAppId(application.appId)) {
    throw graphErrors.conflict(
      "The service principal cannot be created because one for this appId is already present.",
    );
  }
  if (!caller.roles.includes("Application.ReadWrite.All")) requireWrite(caller, application);
  const principal = store.addPrincipal(application.appId, ownProperties(body), initialOwners(request));
  return created(show(request, principal));
}

export function update(request: GraphRequest): GraphAnswer {
  const principal = find(request);
  requireWrite(request.caller, principal);
  request.store.change(() => Object.assign(principal.properties, ownProperties(request.body)));
  return noContent;
}

export function remove(request: GraphRequest): GraphAnswer {
  const principal = find(request);
  requireWrite(request.caller, principal);
  request.store.removePrincipal(principal);
  return noContent;
}

export const owners = {
  list: (request: GraphRequest) => listOwners(request, find(request)),
  add: (request: GraphRequest) => addOwner(request, find(request)),
  remove: (request: GraphRequest) => removeOwner(request, find(request)),
};

function showAssignment({ store }: GraphRequest, assignment: Assignment): Properties {
  const { id, appRoleId, principalId, resourceId, createdDateTime } = assignment;
  const name = (objectId: string) => {
    const principal = store.principal(objectId);
    const application = principal && store.applicationById(principal.appId);
    return application?.properties.displayName ?? principal?.properties.displayName ?? null;
  };
  const names = { principalDisplayName: name(principalId), resourceDisplayName: name(resourceId) };
  return { id, appRoleId, principalId, resourceId, createdDateTime, principalType: "ServicePrincipal", ...names };
}

function assignments(request: GraphRequest, side: "principalId" | "resourceId"): GraphAnswer {
  const principal = find(request);
  requireRead(request.caller, principal);
  const held = request.store.data.assignments.filter((assignment) => assignment[side] === principal.id);
  return collection(
    request,
    "appRoleAssignments",
    held.map((assignment) => showAssignment(request, assignment)),
  );
}

export const appRoleAssignments = (request: GraphRequest) => assignments(request, "principalId");
export const appRoleAssignedTo = (request: GraphRequest) => assignments(request, "resourceId");

export function assign(request: GraphRequest): GraphAnswer {
  requireAssign(request.caller);
  const { store, body, clock } = request;
  const resource = store.principal(String(body.resourceId));
  const principal = store.principal(String(body.principalId));
  if (!principal) throw graphErrors.notFound(String(body.principalId));
  if (!resource) throw graphErrors.notFound(String(body.resourceId));
  const role = resource.appRoles.find(({ id }) => id === body.appRoleId);
  if (!role?.allowedMemberTypes.includes("Application")) {
    throw graphErrors.badRequest("Permission being assigned was not found on application.");
  }
  const same = (other: Assignment) =>
    other.principalId === principal.id && other.resourceId === resource.id && other.appRoleId === role.id;
  if (store.data.assignments.some(same)) {
    throw graphErrors.badRequest("Permission being assigned already exists on the object.");
  }
  return created(showAssignment(request, store.assign(principal.id, resource.id, role.id, clock.now())));
}

function findAssignment(request: GraphRequest): Assignment {
  const resource = find(request);
  const { assignment: id } = request.params;
  const assignment = request.store.data.assignments.find(
    (other) => other.id === id && other.resourceId === resource.id,
  );
  if (!assignment) throw graphErrors.notFound(id);
  return assignment;
}

export function getAssignment(request: GraphRequest): GraphAnswer {
  requireRead(request.caller, find(request));
  return ok(showAssignment(request, findAssignment(request)));
}

export function unassign(request: GraphRequest): GraphAnswer {
  requireAssign(request.caller);
  const assignment = findAssignment(request);
  request.store.change((directory) => {
    directory.assignments = directory.assignments.filter((other) => other !== assignment);
  });
  return noContent;
}
