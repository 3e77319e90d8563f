/** The plugin's functions. */
import type { PropertyMap } from "../property-values";
import { Diagnostic, during, quoted } from "./diagnostic";
import type { Graph, GraphObject } from "./graph";
import { isNotFound } from "./graph-error";
import { flattenSaml, flattenServicePrincipal } from "./service-principal-body";
import { text } from "./values";

export type DataSource = (graph: Graph, inputs: PropertyMap) => Promise<PropertyMap>;

function escaped(value: string): string {
  return value.replaceAll("'", "''");
}

async function findByFilter(graph: Graph, filter: string): Promise<GraphObject[]> {
  const listing = graph.list("/servicePrincipals", { filter });
  return during(`Listing service principals for filter ${quoted(filter)}`, listing);
}

async function findByDisplayName(graph: Graph, displayName: string): Promise<GraphObject> {
  const filter = `displayName eq '${escaped(displayName)}'`;
  const found = await findByFilter(graph, filter);
  if (found.length === 0) {
    throw new Diagnostic(
      "Service principal not found",
      `no service principals found matching filter: ${quoted(filter)}`,
    );
  }
  if (found.length > 1) {
    throw new Diagnostic(
      "Multiple service principals found",
      `found multiple service principals matching filter: ${quoted(filter)}`,
    );
  }
  return found[0];
}

async function findPrincipal(graph: Graph, inputs: PropertyMap): Promise<GraphObject> {
  const [objectId, displayName, clientId] = [inputs.objectId, inputs.displayName, inputs.clientId].map(text);
  if ([objectId, displayName, clientId].filter((value) => value).length !== 1) {
    throw new Diagnostic("one of `client_id,display_name,object_id` must be specified");
  }
  if (objectId) {
    return graph.get(`/servicePrincipals/${objectId}`).catch((error: Error) => {
      const title = `Service Principal (Service Principal: ${quoted(objectId)})`;
      throw isNotFound(error)
        ? new Diagnostic(`${title} was not found`)
        : new Diagnostic(`Retrieving ${title}`, error.message);
    });
  }
  if (displayName) return findByDisplayName(graph, displayName);
  const found = await findByFilter(graph, `appId eq '${escaped(clientId)}'`);
  const principal = found.find((entry) => (entry.appId ?? "").toLowerCase() === clientId.toLowerCase());
  if (!principal) throw new Diagnostic("No service principal found", "no service principal found");
  return principal;
}

async function getServicePrincipal(graph: Graph, inputs: PropertyMap): Promise<PropertyMap> {
  const principal = await findPrincipal(graph, inputs);
  const id = `/servicePrincipals/${principal.id}`;
  const title = `Service Principal (Service Principal: ${quoted(principal.id)})`;
  const beta = await during(`Retrieving ${title} (beta API)`, graph.get(id, { select: "samlMetadataUrl" }, "beta"));
  const saml = flattenSaml(principal);
  return { ...flattenServicePrincipal(principal, beta), samlSingleSignOns: saml ? [saml] : [], id };
}

async function getClientConfig(graph: Graph): Promise<PropertyMap> {
  const { clientId, tenantId, objectId } = graph.session.identity;
  return { clientId, tenantId, objectId, id: `${tenantId}-${clientId}-${objectId}` };
}

export const DATA_SOURCES: Record<string, DataSource> = {
  "azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
  "azuread:index/getClientConfig:getClientConfig": getClientConfig,
};
