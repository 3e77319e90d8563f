/** /applications of the emulated Graph. */
import { recordCredentials } from "./audit";
import type { Application, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { callerOf, collection, noContent, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { loseKey, replaceKeyCredentials, showKeyCredential } from "./key-credentials";
import { mergeLock } from "./lock-configuration";
import { addOwner, initialOwners, listOwners, removeOwner } from "./owners";
import { keepPasswords, removePassword, showPassword } from "./password-credentials";
import { requireCreate, requireList, requireRead, requireWrite } from "./permissions";
import { APPLICATION_DEFAULTS, BETA_FIELDS, ownProperties } from "./properties";
import { parseFilter, passes, selectsKeys } from "./query";

function find({ store, params }: GraphRequest): Application {
  const application = params.appId ? store.applicationById(params.appId) : store.application(params.id);
  if (!application) throw graphErrors.notFound(params.appId ?? params.id);
  return application;
}

/** An application as Graph returns it; the bytes of certificates only for a single one, and if requested by name. */
function show({ version }: GraphRequest, application: Application, withKeys = false): Properties {
  return {
    ...APPLICATION_DEFAULTS,
    ...application.properties,
    id: application.id,
    appId: application.appId,
    keyCredentials: application.keyCredentials.map((credential) => showKeyCredential(credential, withKeys)),
    passwordCredentials: application.passwordCredentials.map(showPassword),
    ...(version === "beta" ? { ...BETA_FIELDS.application, ...application.properties } : {}),
  };
}

export function list(request: GraphRequest): GraphAnswer {
  requireList(request.caller);
  const filter = parseFilter(request.query, ["eq appId", "eq displayName", "any tags"], request.text);
  const shown = request.store.data.applications.map((application) => show(request, application));
  return collection(
    request,
    "applications",
    shown.filter((application) => passes(filter, application)),
  );
}

export function get(request: GraphRequest): GraphAnswer {
  const found = find(request);
  requireRead(request.caller, found);
  return object(request, "applications", show(request, found, selectsKeys(request.query)));
}

export function create(request: GraphRequest): GraphAnswer {
  requireCreate(request.caller);
  const { body, store, clock } = request;
  const own = mergeLock(ownProperties("application", body, null), {});
  if (!own.displayName)
    throw graphErrors.badRequest("A value is required for property 'displayName' of resource 'Application'.");
  const owners = initialOwners(request, "application");
  const keys = replaceKeyCredentials(request, [], (body.keyCredentials ?? []) as Properties[]);
  keepPasswords([], body);
  const createdDateTime = clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
  const application = store.addApplication({ createdDateTime, publisherDomain: store.data.domain, ...own }, owners);
  store.change(() => (application.keyCredentials = keys));
  return object(request, "applications", show(request, application), 201);
}

export function update(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireWrite(request.caller, application);
  const { body, store } = request;
  if ("owners@odata.bind" in body) throw graphErrors.unknown(`${request.text} with owners@odata.bind`);
  const own = mergeLock(ownProperties("application", body, show(request, application)), application.properties);
  const entries = body.keyCredentials as Properties[] | undefined;
  const keyCredentials = entries
    ? loseKey(request, application.keyCredentials, replaceKeyCredentials(request, application.keyCredentials, entries))
    : application.keyCredentials;
  const passwordCredentials = keepPasswords(application.passwordCredentials, body);
  const former = { ...application };
  store.change(() => {
    Object.assign(application, { keyCredentials, passwordCredentials });
    Object.assign(application.properties, own);
  });
  recordCredentials(store, request.clock.now(), callerOf(request), application, former);
  return noContent;
}

export function remove(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireWrite(request.caller, application);
  request.store.removeApplication(application);
  return noContent;
}

export const owners = {
  list: (request: GraphRequest) => listOwners(request, find(request)),
  add: (request: GraphRequest) => addOwner(request, "application", find(request)),
  remove: (request: GraphRequest) => removeOwner(request, find(request)),
};

export function takePassword(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireWrite(request.caller, application);
  return removePassword(request, application);
}

export const federatedCredentials = {
  list(request: GraphRequest): GraphAnswer {
    const application = find(request);
    requireRead(request.caller, application);
    return collection(request, "federatedIdentityCredentials", application.federatedIdentityCredentials);
  },
  /** By id or by name. */
  remove(request: GraphRequest): GraphAnswer {
    const application = find(request);
    requireWrite(request.caller, application);
    const { credential } = request.params;
    const others = application.federatedIdentityCredentials.filter(
      ({ id, name }) => id !== credential.toLowerCase() && name !== credential,
    );
    if (others.length === application.federatedIdentityCredentials.length) throw graphErrors.notFound(credential);
    request.store.change(() => (application.federatedIdentityCredentials = others));
    return noContent;
  },
};
