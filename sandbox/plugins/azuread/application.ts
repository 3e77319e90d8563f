/** azuread:index/application:Application */
import { randomUUID } from "node:crypto";
import { NotEmulatedError } from "../provider";
import { Unknown, type PropertyMap } from "../property-values";
import { APPLICATION_FIELDS } from "./application-fields";
import {
  APPLICATION_TYPE,
  EXPAND_CHANGED,
  expandApi,
  expandCommon,
  expandTags,
  flattenApplication,
} from "./application-body";
import { duplicateName, Diagnostic, during, quoted } from "./diagnostic";
import type { Graph, GraphObject } from "./graph";
import { isNotFound, type GraphError } from "./graph-error";
import { exclusively } from "./locks";
import { completeOwners, initialOwners, readOwners, reconcileOwners } from "./owners";
import type { Change, EntraResource } from "./resource";
import { flag, text } from "./values";
import { seenRepeatedly } from "./waiting";

const RESOURCE = "azuread_application";

/** "/applications/<object id>" */
export function applicationObjectId(id: string): string {
  const match = /^\/applications\/([^/]+)$/.exec(id);
  if (!match) throw new Diagnostic("Parsing ID", `parsing ${quoted(id)}: expected "/applications/<object id>"`);
  return match[1];
}

function titleOf(id: string): string {
  return `application with object ID: ${quoted(applicationObjectId(id))}`;
}

/** A new application is not replicated at once, and a conflict has the same cause. */
function notReplicatedYet(error: GraphError): boolean {
  const enabled = "Permission (scope or role) cannot be deleted or updated unless disabled first";
  return error.status === 404 || error.status === 409 || (error.status === 400 && error.reason.includes(enabled));
}

async function findByName(graph: Graph, name: string): Promise<GraphObject[]> {
  const found = await graph.list("/applications", { filter: `displayName eq '${name}'` });
  return found.filter((app) => app.displayName === name);
}

export class Application implements EntraResource {
  readonly type = "azuread:index/application:Application";
  readonly fields = APPLICATION_FIELDS;
  readonly limits = { create: 600, delete: 300, read: 300, update: 600 };
  readonly schemaVersion = 2;
  readonly recomputed = { appRoles: "appRoleIds", api: "oauth2PermissionScopeIds" };

  async plan(graph: Graph, { id, state, inputs }: Omit<Change, "diff">): Promise<void> {
    const name = inputs.displayName;
    if (!flag(inputs.preventDuplicateNames) || name instanceof Unknown || name === state.displayName) return;
    const found = await during("could not check for existing application(s)", findByName(graph, text(name)));
    const same = found.find((app) => id === "" || id === app.id);
    if (same) throw duplicateName(RESOURCE, same.id, text(name), true);
  }

  async create(graph: Graph, inputs: PropertyMap, made: (id: string) => void): Promise<void> {
    const name = text(inputs.displayName);
    if (flag(inputs.preventDuplicateNames)) {
      const [existing] = await during("Could not check for existing application(s)", findByName(graph, name));
      if (existing) throw duplicateName(RESOURCE, existing.id, name);
    }
    const owners = initialOwners(graph, inputs.owners);
    const api = expandApi(inputs.api);
    const { acceptMappedClaims, ...ownersMaySet } = api;
    const changed = Object.values(EXPAND_CHANGED).map((expand) => expand(inputs));
    const body = {
      ...expandCommon(inputs, expandTags(inputs, true, undefined)),
      ...Object.assign({}, ...changed),
      // An owner without further rights may not request mapped claims at creation, so that follows later.
      api: acceptMappedClaims ? ownersMaySet : api,
      "owners@odata.bind": owners.bound,
    };
    const app = await during("Could not create application", graph.post("/applications", body));
    const path = `/applications/${app.id}`;
    made(path);
    await this.awaitReplication(graph, path, name);
    if (inputs.oauth2PostResponseRequired !== undefined)
      await this.setPostResponse(graph, path, inputs, notReplicatedYet);
    if (acceptMappedClaims) {
      const patch = graph.patch(path, { ...APPLICATION_TYPE, api }, notReplicatedYet);
      await during("Failed to patch application after creating to set `api.0.mapped_claims_enabled` property", patch);
    }
    await completeOwners(graph, path, owners, titleOf(path));
  }

  /** Renames it and back: only a fully replicated application accepts both. */
  private async awaitReplication(graph: Graph, path: string, name: string): Promise<void> {
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, name]) {
      await graph.patch(path, { ...APPLICATION_TYPE, displayName }, notReplicatedYet).catch((error: Error) => {
        const summary = isNotFound(error)
          ? "Timed out whilst waiting for new application to be replicated in Azure AD"
          : `Failed to patch application with object ID ${quoted(applicationObjectId(path))} after creating`;
        throw new Diagnostic(summary, error.message);
      });
    }
  }

  /** Known to Graph's beta only. */
  private async setPostResponse(
    graph: Graph,
    path: string,
    inputs: PropertyMap,
    retryWhen?: (error: GraphError) => boolean,
  ): Promise<void> {
    const body = { ...APPLICATION_TYPE, oauth2RequirePostResponse: flag(inputs.oauth2PostResponseRequired) };
    const patch = graph.send({ method: "PATCH", version: "beta", path, body, retryWhen });
    await during(`Failed to set \`oauth2_post_response_required\` for ${titleOf(path)}`, patch);
  }

  async read(graph: Graph, id: string, before: PropertyMap): Promise<PropertyMap | null> {
    const title = `Application (Application: ${quoted(applicationObjectId(id))})`;
    const app = await graph.get(id).catch((error: Error) => {
      if (isNotFound(error)) return null;
      throw new Diagnostic(`Retrieving ${title}`, error.message);
    });
    if (!app) return null;
    const beta = await during(
      `Retrieving additional properties for ${title}`,
      graph.get(id, { select: "oauth2RequirePostResponse" }, "beta"),
    );
    const owners = await during(`Could not retrieve owners for ${title}`, readOwners(graph, id));
    return {
      ...flattenApplication(app),
      logoImage: "",
      oauth2PostResponseRequired: beta.oauth2RequirePostResponse ?? false,
      owners,
      password: null,
      preventDuplicateNames: flag(before.preventDuplicateNames),
    };
  }

  async update(graph: Graph, change: Change): Promise<void> {
    const objectId = applicationObjectId(change.id);
    if (change.diff.has("appRoles") || scopesChange(change)) {
      throw new NotEmulatedError(
        "the azuread stand-in does not change app roles or scopes of an application: replace it",
      );
    }
    await exclusively(objectId, () => this.apply(graph, objectId, change));
  }

  private async apply(graph: Graph, objectId: string, { id, state, inputs, diff }: Change): Promise<void> {
    const name = text(inputs.displayName);
    if (flag(inputs.preventDuplicateNames)) {
      const found = await during("Could not check for existing application(s)", findByName(graph, name));
      const other = found.find((app) => app.id !== objectId);
      if (other) throw duplicateName(RESOURCE, other.id, name);
    }
    const { oauth2PermissionScopes: _, ...api } = expandApi(inputs.api);
    const changed = Object.entries(EXPAND_CHANGED).filter(([property]) => diff.has(property));
    const body = {
      ...expandCommon(inputs, expandTags(inputs, diff.has("featureTags"), state.tags)),
      ...Object.assign({}, ...changed.map(([, expand]) => expand(inputs))),
      api,
    };
    await during(`Could not update ${titleOf(id)}`, graph.patch(id, body));
    if (diff.has("oauth2PostResponseRequired")) await this.setPostResponse(graph, id, inputs);
    if (diff.has("owners")) await reconcileOwners(graph, id, inputs.owners, titleOf(id));
  }

  async delete(graph: Graph, id: string): Promise<void> {
    const objectId = applicationObjectId(id);
    const title = `Application (Application: ${quoted(objectId)})`;
    await graph.delete(id).catch((error: Error) => {
      throw new Diagnostic(`deleting ${title}: ${error.message}`, error.message);
    });
    const failure = `Waiting for deletion of application with object ID ${quoted(objectId)}`;
    await seenRepeatedly(graph, { target: "gone", interval: 5, failure }, () => stillThere(graph, id));
  }
}

function scopesChange({ inputs, state }: Change): boolean {
  const scopes = (properties: PropertyMap) => JSON.stringify(expandApi(properties.api).oauth2PermissionScopes);
  return scopes(inputs) !== scopes(state);
}

/** Whether an object exists. */
export async function stillThere(graph: Graph, path: string): Promise<"there" | "gone"> {
  return graph.get(path).then(
    () => "there" as const,
    (error: Error) => {
      if (isNotFound(error)) return "gone" as const;
      throw error;
    },
  );
}
