/** azuread:index/servicePrincipal:ServicePrincipal */
import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../property-values";
import { stillThere } from "./application";
import { alreadyExists, Diagnostic, during, quoted } from "./diagnostic";
import type { Graph } from "./graph";
import { isNotFound, type GraphError } from "./graph-error";
import { completeOwners, initialOwners, readOwners, reconcileOwners } from "./owners";
import type { Change, EntraResource } from "./resource";
import {
  expandServicePrincipal,
  flattenSaml,
  flattenServicePrincipal,
  SERVICE_PRINCIPAL_TYPE,
} from "./service-principal-body";
import { SERVICE_PRINCIPAL_FIELDS } from "./service-principal-fields";
import { flag, list, maps, tagsOfFeatures, text, textOrNull } from "./values";
import { seenRepeatedly } from "./waiting";

/** "/servicePrincipals/<object id>" */
function objectIdOf(id: string): string {
  const match = /^\/servicePrincipals\/([^/]+)$/.exec(id);
  if (!match) throw new Diagnostic("Parsing ID", `parsing ${quoted(id)}: expected "/servicePrincipals/<object id>"`);
  return match[1];
}

function titleOf(id: string): string {
  return `Service Principal (Service Principal: ${quoted(objectIdOf(id))})`;
}

/** Both mean that the application is not replicated yet. */
function notReplicatedYet({ status, reason }: GraphError): boolean {
  if (status === 400)
    return /The appId '.+' of the service principal does not reference a valid application object/.test(reason);
  const foreign =
    "When using this permission, the backing application of the service principal being created must in the local tenant";
  return status === 403 && reason.includes(foreign);
}

function tagsOf(inputs: PropertyMap, held: PropertyMap, asked: (property: string) => boolean): string[] {
  for (const property of ["featureTags", "features"]) {
    const features = maps(inputs[property]);
    if (features.length > 0 && asked(property)) return tagsOfFeatures(features[0]);
  }
  return list(inputs.tags ?? held.tags);
}

export class ServicePrincipal implements EntraResource {
  readonly type = "azuread:index/servicePrincipal:ServicePrincipal";
  readonly fields = SERVICE_PRINCIPAL_FIELDS;
  readonly limits = { create: 600, delete: 300, read: 300, update: 600 };
  readonly schemaVersion = 1;

  async create(graph: Graph, inputs: PropertyMap, made: (id: string) => void): Promise<void> {
    const clientId = text(inputs.clientId);
    const filter = `appId eq '${clientId.replaceAll("'", "''")}'`;
    const existing = await during(
      "Could not list existing service principals",
      graph.list("/servicePrincipals", { filter }),
    );
    if (existing.length > 0) return this.adopt(graph, existing[0].id, inputs, made);
    const owners = initialOwners(graph, inputs.owners);
    const body = {
      ...expandServicePrincipal(
        inputs,
        tagsOf(inputs, {}, () => true),
      ),
      appId: clientId,
      description: `TERRAFORM_UPDATE_${randomUUID()}`,
      "owners@odata.bind": owners.bound,
    };
    const creation = graph.post("/servicePrincipals", body, notReplicatedYet);
    const path = `/servicePrincipals/${(await during("Could not create service principal", creation)).id}`;
    made(path);
    // A principal that accepts its real description is fully replicated.
    const description = { ...SERVICE_PRINCIPAL_TYPE, description: textOrNull(inputs.description) };
    await graph.patch(path, description).catch((error: Error) => {
      const summary = isNotFound(error)
        ? "Timed out whilst waiting for new service principal to be replicated in Azure AD"
        : "Failed to patch service principal after creating";
      throw new Diagnostic(summary, error.message);
    });
    await completeOwners(graph, path, owners, titleOf(path));
  }

  /** An existing principal is adopted only if that is declared. */
  private async adopt(graph: Graph, objectId: string, inputs: PropertyMap, made: (id: string) => void): Promise<void> {
    if (!flag(inputs.useExisting)) throw alreadyExists("azuread_service_principal", objectId);
    const id = `/servicePrincipals/${objectId}`;
    made(id);
    const diff = new Map("owners" in inputs ? [["owners", { kind: "add" as const, replaces: false }]] : []);
    await this.update(graph, { id, state: {}, inputs, diff });
  }

  async read(graph: Graph, id: string, before: PropertyMap): Promise<PropertyMap | null> {
    const title = titleOf(id);
    const principal = await graph.get(id).catch((error: Error) => {
      if (isNotFound(error)) return null;
      throw new Diagnostic(`Retrieving ${title}`, error.message);
    });
    if (!principal) return null;
    const beta = await during(`Retrieving ${title} (beta API)`, graph.get(id, { select: "samlMetadataUrl" }, "beta"));
    const owners = await during(`Could not retrieve owners for ${title}`, readOwners(graph, id));
    return {
      ...flattenServicePrincipal(principal, beta),
      owners,
      samlSingleSignOn: flattenSaml(principal),
      ...(before.useExisting !== undefined && { useExisting: before.useExisting }),
    };
  }

  async update(graph: Graph, { id, state, inputs, diff }: Change): Promise<void> {
    const tags = tagsOf(inputs, state, (property) => diff.has(property));
    await during(`Updating ${titleOf(id)}`, graph.patch(id, expandServicePrincipal(inputs, tags)));
    if (diff.has("owners")) await reconcileOwners(graph, id, inputs.owners, titleOf(id));
  }

  async delete(graph: Graph, id: string, state: PropertyMap): Promise<void> {
    const deletion = during(`Deleting ${titleOf(id)}`, graph.delete(id));
    // One that existed before may have been removed by others, and upstream does not check that.
    if (flag(state.useExisting)) return deletion.catch(() => undefined);
    await deletion;
    const failure = `Waiting for deletion of ${titleOf(id)}`;
    await seenRepeatedly(graph, { target: "gone", interval: 5, failure }, () => stillThere(graph, id));
  }
}
