/** /servicePrincipals of the emulated Graph. */
import { recordCredentials } from "./audit";
import type { KeyCredential, PasswordCredential, Principal, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { callerOf, collection, noContent, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { loseKey, replaceKeyCredentials, showKeyCredential } from "./key-credentials";
import { requireUnlocked } from "./lock-configuration";
import { addOwner, initialOwners, listOwners, removeOwner } from "./owners";
import { keepPasswords, removePassword, showPassword } from "./password-credentials";
import { requireCreate, requireList, requireRead, requireWrite } from "./permissions";
import { BETA_FIELDS, ownProperties, PRINCIPAL_DEFAULTS } from "./properties";
import { parseFilter, passes, selectsKeys } from "./query";

/** The service principal in a path. */
export function findPrincipal({ store, params }: GraphRequest): Principal {
  const principal = params.appId ? store.principalByAppId(params.appId) : store.principal(params.id);
  if (!principal) throw graphErrors.notFound(params.appId ?? params.id);
  return principal;
}

/** A service principal as Graph returns it: names and audience are its application's, if that is in this tenant. */
function show({ store, version }: GraphRequest, principal: Principal, withKeys = false): Properties {
  const application = store.applicationById(principal.appId);
  const { displayName, signInAudience } = { ...principal.properties, ...application?.properties };
  return {
    ...PRINCIPAL_DEFAULTS,
    servicePrincipalNames: [principal.appId],
    ...(application ? { appOwnerOrganizationId: store.data.tenantId } : {}),
    ...(signInAudience === undefined ? {} : { signInAudience }),
    ...principal.properties,
    id: principal.id,
    appId: principal.appId,
    displayName,
    appDisplayName: displayName,
    appRoles: principal.appRoles,
    oauth2PermissionScopes: principal.oauth2PermissionScopes,
    keyCredentials: principal.keyCredentials.map((credential) => showKeyCredential(credential, withKeys)),
    passwordCredentials: principal.passwordCredentials.map(showPassword),
    ...(version === "beta" ? { ...BETA_FIELDS.servicePrincipal, ...principal.properties } : {}),
  };
}

export function list(request: GraphRequest): GraphAnswer {
  requireList(request.caller);
  const filter = parseFilter(
    request.query,
    ["eq appId", "in id", "eq displayName", "startswith displayName", "any tags"],
    request.text,
  );
  const shown = request.store.data.principals.map((principal) => show(request, principal));
  return collection(
    request,
    "servicePrincipals",
    shown.filter((principal) => passes(filter, principal)),
  );
}

export function get(request: GraphRequest): GraphAnswer {
  const found = findPrincipal(request);
  requireRead(request.caller, found);
  return object(request, "servicePrincipals", show(request, found, selectsKeys(request.query)));
}

/** Unsupported values must not be dropped silently: credentials of new principals, owners in an update. */
function refuseUnknown({ body, text }: GraphRequest, names: readonly string[]): void {
  const given = names.find((name) => (body[name] as unknown[] | undefined)?.length);
  if (given) throw graphErrors.unknown(`${text} with ${given}`);
}

const CREDENTIALS = ["keyCredentials", "passwordCredentials"];

export function create(request: GraphRequest): GraphAnswer {
  const { body, caller, store, clock } = request;
  requireCreate(caller);
  const own = ownProperties("servicePrincipal", body, null);
  refuseUnknown(request, CREDENTIALS);
  const application = store.applicationById(String(body.appId));
  if (!application) {
    throw graphErrors.badRequest(
      `The appId '${String(body.appId)}' of the service principal does not reference a valid application object.`,
    );
  }
  if (store.principalByAppId(application.appId)) {
    throw graphErrors.conflict(
      `The service principal cannot be created, as the service principal name ${application.appId} is already in use.`,
    );
  }
  requireWrite(caller, application);
  const createdDateTime = clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
  const owners = initialOwners(request, "servicePrincipal");
  const principal = store.addPrincipal(application.appId, { createdDateTime, ...own }, owners);
  return object(request, "servicePrincipals", show(request, principal), 201);
}

export function update(request: GraphRequest): GraphAnswer {
  const principal = findPrincipal(request);
  requireWrite(request.caller, principal);
  const own = ownProperties("servicePrincipal", request.body, show(request, principal));
  refuseUnknown(request, ["owners@odata.bind"]);
  const keyCredentials = nextKeys(request, principal);
  const passwordCredentials = nextPasswords(request, principal);
  const former = { ...principal };
  request.store.change(() => {
    Object.assign(principal, { keyCredentials, passwordCredentials });
    Object.assign(principal.properties, own);
  });
  recordCredentials(request.store, request.clock.now(), callerOf(request), principal, former);
  return noContent;
}

/** @throws GraphError if the application locks a changed property */
function nextKeys(request: GraphRequest, principal: Principal): KeyCredential[] {
  const { keyCredentials: stored } = principal;
  const entries = request.body.keyCredentials as Properties[] | undefined;
  if (!entries) return stored;
  const next = replaceKeyCredentials(request, stored, entries);
  const same = next.length === stored.length && next.every((credential) => stored.includes(credential));
  if (!same) requireUnlocked(request.store, principal, "keyCredentials");
  return loseKey(request, stored, next);
}

function nextPasswords({ store, body }: GraphRequest, principal: Principal): PasswordCredential[] {
  const { passwordCredentials: stored } = principal;
  const next = keepPasswords(stored, body);
  if (next.length < stored.length) requireUnlocked(store, principal, "passwordCredentials");
  return next;
}

export function takePassword(request: GraphRequest): GraphAnswer {
  const principal = findPrincipal(request);
  requireWrite(request.caller, principal);
  requireUnlocked(request.store, principal, "passwordCredentials");
  return removePassword(request, principal);
}

export function remove(request: GraphRequest): GraphAnswer {
  const principal = findPrincipal(request);
  requireWrite(request.caller, principal);
  request.store.removePrincipal(principal);
  return noContent;
}

export const owners = {
  list: (request: GraphRequest) => listOwners(request, findPrincipal(request)),
  add: (request: GraphRequest) => addOwner(request, "servicePrincipal", findPrincipal(request)),
  remove: (request: GraphRequest) => removeOwner(request, findPrincipal(request)),
};
