/** Owners of applications and principals, by object id. */
import type { Application, Principal } from "./directory";
import { graphErrors } from "./graph-error";
import { collection, noContent, referencedIds, type GraphAnswer, type GraphRequest } from "./graph-request";
import { mayNameOwner, requireRead, requireWrite } from "./permissions";

/** Owners of a new object: those named, else the caller itself, as Graph does for an application as the caller. */
export function initialOwners({ body, caller }: GraphRequest): string[] {
  const named = referencedIds(body["owners@odata.bind"]);
  if (named.some((owner) => !mayNameOwner(caller, owner))) throw graphErrors.forbidden();
  return [...new Set([...named, caller.objectId])];
}

export function listOwners(request: GraphRequest, object: Application | Principal): GraphAnswer {
  requireRead(request.caller, object);
  const owners = object.owners.map((id) => ({ "@odata.type": "#microsoft.graph.servicePrincipal", id }));
  return collection(request, "directoryObjects", owners);
}

export function addOwner(request: GraphRequest, object: Application | Principal): GraphAnswer {
  requireWrite(request.caller, object);
  const [owner] = referencedIds(request.body["@odata.id"]);
  if (!owner) throw graphErrors.badRequest("A reference '@odata.id' is required.");
  if (!mayNameOwner(request.caller, owner)) throw graphErrors.forbidden();
  if (object.owners.includes(owner)) {
    throw graphErrors.badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  }
  request.store.change(() => object.owners.push(owner));
  return noContent;
}

export function removeOwner(request: GraphRequest, object: Application | Principal): GraphAnswer {
  requireWrite(request.caller, object);
  const { owner } = request.params;
  if (!object.owners.includes(owner)) throw graphErrors.notFound(owner);
  request.store.change(() => {
    object.owners = object.owners.filter((other) => other !== owner);
  });
  return noContent;
}
