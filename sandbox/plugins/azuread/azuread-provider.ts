/** The stand-in for the azuread plugin. */
import {
  NotEmulatedError,
  PartialFailure,
  type Call,
  type CheckAnswer,
  type CheckFailure,
  type CreateRequest,
  type DeleteRequest,
  type Diff,
  type DiffRequest,
  type Provider,
  type ReadRequest,
  type UpdateRequest,
} from "../provider";
import { Secret, type PropertyMap } from "../property-values";
import { AppRoleAssignment } from "./app-role-assignment";
import { Application } from "./application";
import { ApplicationCertificate } from "./application-certificate";
import { checkResource, withoutDefaultsNote } from "./check";
import { readConfiguration, SECRET_CONFIGURATION } from "./configuration";
import { DATA_SOURCES } from "./data-sources";
import { asList } from "./diagnostic";
import { diffResource, inputsOf, plannedCreation, plannedUpdate, refreshedInputs } from "./diff";
import { Graph } from "./graph";
import { HttpsClient } from "./https-client";
import { metaOf, type EntraResource } from "./resource";
import { ServicePrincipal } from "./service-principal";
import { Session } from "./session";

const RESOURCES = [new Application(), new ServicePrincipal(), new AppRoleAssignment(), new ApplicationCertificate()];

/** Undeclared sets of strings are null if Entra has none; blocks are empty lists. */
function withNulls(outputs: PropertyMap, declared: PropertyMap, resource: EntraResource): PropertyMap {
  const completed = { ...outputs };
  for (const [name, field] of Object.entries(resource.fields)) {
    const value = completed[name];
    const empty = Array.isArray(value) && value.length === 0;
    if (empty && field.kind === "strings" && !field.computed && !(name in declared)) completed[name] = null;
  }
  return completed;
}

export class AzureadProvider implements Provider {
  readonly name = "azuread";
  readonly version = "6.9.1";
  readonly acceptSecrets = false;
  readonly acceptResources = false;
  private graph: Graph | undefined;

  /** @param environment for ARM_*, SSL_CERT_FILE and SANDBOX_WAIT. */
  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  async checkConfig(inputs: PropertyMap): Promise<CheckAnswer> {
    const marked = { ...inputs };
    for (const name of SECRET_CONFIGURATION) {
      if (name in marked && !(marked[name] instanceof Secret)) marked[name] = new Secret(marked[name]);
    }
    return { inputs: marked, failures: [] };
  }

  async configure(inputs: PropertyMap, call: Call): Promise<void> {
    const configuration = readConfiguration(inputs, this.environment);
    const http = new HttpsClient(configuration.authorities);
    const session = await Session.open(http, configuration);
    this.graph = new Graph(http, session, configuration.wait, call.signal);
  }

  async invoke(
    token: string,
    inputs: PropertyMap,
    call: Call,
  ): Promise<{ outputs: PropertyMap; failures: CheckFailure[] }> {
    const source = DATA_SOURCES[token];
    if (!source) throw new NotEmulatedError(`the azuread stand-in does not emulate the function ${token}`);
    const outputs = await source(this.access(call), inputs).catch((error: Error) => {
      throw new Error(`invoking ${token}: ${asList(error.message)}`);
    });
    return { outputs, failures: [] };
  }

  async check(type: string, inputs: PropertyMap, former: PropertyMap): Promise<CheckAnswer> {
    return checkResource(inputs, this.resource(type).fields, former);
  }

  async diff(request: DiffRequest, call: Call): Promise<Diff> {
    const { type, id, state, inputs, ignoreChanges } = request;
    const resource = this.resource(type);
    const diff = diffResource(state, inputs, resource.fields, ignoreChanges);
    await resource.plan?.(this.access(call), { id, state, inputs }).catch((error: Error) => {
      throw new Error(`diffing ${call.urn}: ${asList(error.message)}`);
    });
    return diff;
  }

  async create({ type, inputs, preview }: CreateRequest, call: Call): Promise<{ id: string; outputs: PropertyMap }> {
    const resource = this.resource(type);
    const graph = this.access(call);
    const declared = withoutDefaultsNote(inputs) as PropertyMap;
    await resource.plan?.(graph, { id: "", state: {}, inputs }).catch((error: Error) => {
      throw new Error(asList(error.message));
    });
    if (preview) return { id: "", outputs: plannedCreation(inputs, resource.fields) };
    let id = "";
    try {
      await resource.create(graph, declared, (made) => (id = made));
      const outputs = await this.readOutputs(resource, graph, id, declared);
      if (!outputs) throw new Error(`${id} no longer exists right after its creation`);
      return { id, outputs };
    } catch (error) {
      const message = asList((error as Error).message);
      if (id === "") throw new Error(message);
      throw new PartialFailure(`creating ${call.urn}: ${message}`, id, { ...declared, id, __meta: metaOf(resource) });
    }
  }

  async read(
    request: ReadRequest,
    call: Call,
  ): Promise<{ id: string; outputs: PropertyMap; inputs: PropertyMap } | null> {
    const { type, id, state, inputs } = request;
    const resource = this.resource(type);
    const outputs = await this.readOutputs(resource, this.access(call), id, state, inputs).catch((error: Error) => {
      throw new Error(`refreshing ${call.urn}: ${asList(error.message)}`);
    });
    if (!outputs) return null;
    const imported = Object.keys(inputs).length === 0 && Object.keys(state).length === 0;
    const { fields } = resource;
    return { id, outputs, inputs: imported ? inputsOf(outputs, fields) : refreshedInputs(inputs, outputs, fields) };
  }

  async update(request: UpdateRequest, call: Call): Promise<PropertyMap> {
    const { type, id, state, inputs, preview, ignoreChanges } = request;
    const resource = this.resource(type);
    const graph = this.access(call);
    const diff = diffResource(state, inputs, resource.fields, ignoreChanges);
    const declared = withoutDefaultsNote(inputs) as PropertyMap;
    const fail = (error: Error): never => {
      const planned = { ...plannedUpdate(state, inputs, resource.fields), id };
      throw new PartialFailure(`updating ${call.urn}: ${asList(error.message)}`, id, planned);
    };
    await resource.plan?.(graph, { id, state, inputs }).catch((error: Error) => {
      throw new Error(`updating ${call.urn}: ${asList(error.message)}`);
    });
    const recomputed = Object.entries(resource.recomputed ?? {}).flatMap(([name, outputs]) =>
      diff.has(name) ? [outputs] : [],
    );
    if (preview) return plannedUpdate(state, inputs, resource.fields, recomputed);
    if (resource.update) await resource.update(graph, { id, state, inputs: declared, diff }).catch(fail);
    const outputs = await this.readOutputs(resource, graph, id, { ...state, ...declared }, declared).catch(fail);
    if (!outputs) throw new Error(`${id} no longer exists`);
    return outputs;
  }

  async delete({ type, id, state }: DeleteRequest, call: Call): Promise<void> {
    await this.resource(type)
      .delete(this.access(call), id, state)
      .catch((error: Error) => {
        throw new Error(`deleting ${call.urn}: ${asList(error.message)}`);
      });
  }

  private async readOutputs(
    resource: EntraResource,
    graph: Graph,
    id: string,
    before: PropertyMap,
    declared: PropertyMap = before,
  ): Promise<PropertyMap | null> {
    const outputs = await resource.read(graph, id, before);
    return outputs && { ...withNulls(outputs, declared, resource), id, __meta: metaOf(resource) };
  }

  private resource(type: string): EntraResource {
    const found = RESOURCES.find((candidate) => candidate.type === type);
    if (!found) throw new NotEmulatedError(`the azuread stand-in does not emulate ${type}`);
    return found;
  }

  private access(call: Call): Graph {
    if (!this.graph) throw new Error("the azuread stand-in is not configured");
    return this.graph.during(call.signal);
  }
}
