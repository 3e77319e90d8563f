/** /organization and /directoryObjects of the emulated Graph. */
import { graphErrors } from "./graph-error";
import { collection, object, type GraphAnswer, type GraphRequest } from "./graph-request";
import { showDirectoryObject } from "./owners";
import { requireOrganization, requireRead, requireReadUsers } from "./permissions";

export function organization(request: GraphRequest): GraphAnswer {
  requireOrganization(request.caller);
  const { tenantId, domain } = request.store.data;
  const verifiedDomains = [{ name: domain, type: "Managed", isDefault: true, isInitial: true }];
  const shown = { id: tenantId, displayName: domain, onPremisesSyncEnabled: true, tenantType: "AAD", verifiedDomains };
  return collection(request, "organization", [shown]);
}

export function directoryObject(request: GraphRequest): GraphAnswer {
  const { id } = request.params;
  const { store, caller } = request;
  const found = store.principal(id) ?? store.application(id);
  if (found) requireRead(caller, found);
  else requireReadUsers(caller);
  const shown = showDirectoryObject(store, id);
  if (!shown) throw graphErrors.notFound(id);
  return object(request, "directoryObjects", shown);
}
