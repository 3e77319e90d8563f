/** /applications of the emulated Graph. */
import { ownProperties, replaceKeyCredentials, showApplication, type Application, type Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { collection, created, noContent, ok, type GraphAnswer, type GraphRequest } from "./graph-request";
import { addOwner, initialOwners, listOwners, removeOwner } from "./owners";
import { requireCreate, requireRead, requireWrite } from "./permissions";
import { parseFilter, parseSelect, select } from "./query";

function find({ store, params }: GraphRequest): Application {
  const application = params.appId ? store.applicationById(params.appId) : store.application(params.id);
  if (!application) throw graphErrors.notFound(params.appId ?? params.id);
  return application;
}

const withKeys = (names: string[] | null) => names?.includes("keyCredentials") ?? false;

export function list(request: GraphRequest): GraphAnswer {
  requireRead(request.caller);
  const filter = parseFilter(request.query, ["appId", "displayName", "tags"], request.text);
  const names = parseSelect(request.query);
  const matches = (application: Application) => {
    if (!filter) return true;
    if (filter.property === "appId") return application.appId === filter.value;
    if (filter.property === "tags")
      return ((application.properties.tags as string[] | undefined) ?? []).includes(filter.value);
    return String(application.properties.displayName).toLowerCase() === filter.value.toLowerCase();
  };
  const found = request.store.data.applications.filter(matches);
  return collection(
    request,
    "applications",
    found.map((application) => select(showApplication(application, withKeys(names)), names)),
  );
}

export function get(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireRead(request.caller, application);
  const names = parseSelect(request.query);
  return ok(select(showApplication(application, withKeys(names)), names));
}

export function create(request: GraphRequest): GraphAnswer {
  requireCreate(request.caller);
  const { body, store, clock } = request;
  if (typeof body.displayName !== "string" || body.displayName === "") {
    throw graphErrors.badRequest("Property displayName is required.");
  }
  const owners = initialOwners(request);
  const defaults = {
    signInAudience: "AzureADandPersonalMicrosoftAccount",
    tags: [],
    identifierUris: [],
    publisherDomain: store.data.domain,
  };
  const properties = { ...defaults, createdDateTime: clock.now().toISOString(), ...ownProperties(body) };
  const application = store.addApplication(properties, owners);
  if (Array.isArray(body.keyCredentials)) setKeys(request, application, body.keyCredentials as Properties[]);
  return created(showApplication(application, false));
}

function setKeys({ store, clock }: GraphRequest, application: Application, entries: Properties[]): void {
  const next = replaceKeyCredentials(application.keyCredentials, entries, clock.now());
  store.change(() => (application.keyCredentials = next));
}

export function update(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireWrite(request.caller, application);
  const { keyCredentials } = request.body;
  if (Array.isArray(keyCredentials)) setKeys(request, application, keyCredentials as Properties[]);
  request.store.change(() => Object.assign(application.properties, ownProperties(request.body)));
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
  add: (request: GraphRequest) => addOwner(request, find(request)),
  remove: (request: GraphRequest) => removeOwner(request, find(request)),
};

export function federatedCredentials(request: GraphRequest): GraphAnswer {
  const application = find(request);
  requireRead(request.caller, application);
  return collection(request, "federatedIdentityCredentials", application.federatedIdentityCredentials);
}
