/** Owners of applications and principals, by object id. */
import type { Application, Principal, Properties, User } from "./directory";
import { graphErrors } from "./graph-error";
import { collection, noContent, referencedIds, type GraphAnswer, type GraphRequest } from "./graph-request";
import { ownsWhatItMakes, requireNameOwner, requireRead, requireWrite } from "./permissions";
import type { Kind } from "./properties";
import type { TenantStore } from "./store";

/** A user as Graph returns it, without roles and password. */
export function showUser({ id, displayName, userPrincipalName }: User): Properties {
  return { id, displayName, userPrincipalName };
}

/** The short form of a directory object, as in lists of owners. */
export function showDirectoryObject(store: TenantStore, id: string): Properties | null {
  const user = store.user(id);
  if (user) return { "@odata.type": "#microsoft.graph.user", ...showUser(user) };
  const found = store.principal(id) ?? store.application(id);
  if (!found) return null;
  const type = store.principal(id) ? "servicePrincipal" : "application";
  const displayName = store.applicationById(found.appId)?.properties.displayName ?? found.properties.displayName;
  return { "@odata.type": `#microsoft.graph.${type}`, id: found.id, appId: found.appId, displayName };
}

/** @throws GraphError if there is no such object, or the caller may not make it an owner */
function checkOwner({ caller, store }: GraphRequest, of: Kind, owner: string): void {
  if (owner === caller.objectId) return;
  const kind = store.user(owner) ? "user" : "principal";
  requireNameOwner(caller, kind, of);
  if (kind === "principal" && !store.principal(owner)) throw graphErrors.notFound(owner);
}

/** Owners of a new object: the named ones, and with OwnedBy the caller itself. */
export function initialOwners(request: GraphRequest, of: Kind): string[] {
  const { body, caller } = request;
  const named = referencedIds(body["owners@odata.bind"]);
  for (const owner of named) checkOwner(request, of, owner);
  return [...new Set([...named, ...(ownsWhatItMakes(caller) ? [caller.objectId] : [])])];
}

export function listOwners(request: GraphRequest, of: Application | Principal): GraphAnswer {
  requireRead(request.caller, of);
  const owners = of.owners
    .map((id) => showDirectoryObject(request.store, id))
    .filter((owner): owner is Properties => owner !== null);
  return collection(request, "directoryObjects", owners);
}

export function addOwner(request: GraphRequest, kind: Kind, to: Application | Principal): GraphAnswer {
  requireWrite(request.caller, to);
  const [owner] = referencedIds(request.body["@odata.id"]);
  if (!owner) throw graphErrors.badRequest("A reference '@odata.id' is required.");
  checkOwner(request, kind, owner);
  if (to.owners.includes(owner)) {
    throw graphErrors.badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  }
  request.store.change(() => to.owners.push(owner));
  return noContent;
}

export function removeOwner(request: GraphRequest, of: Application | Principal): GraphAnswer {
  requireWrite(request.caller, of);
  const owner = request.params.owner.toLowerCase();
  if (!of.owners.includes(owner)) throw graphErrors.notFound(owner);
  request.store.change(() => {
    of.owners = of.owners.filter((other) => other !== owner);
  });
  return noContent;
}
