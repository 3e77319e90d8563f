/** A server as state holds it, for commands that must work even if the configuration no longer declares it. */
import { kindOf, RESOURCE_TYPES } from "../../model/resources/resource-types";
import { z } from "zod";
import type { ServerIdentity } from "../../model/server/labels";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { UsageError } from "../../console/errors";
import type { StateResource, StackContext } from "./stack-context";
import type { SshTarget } from "../../remote/ssh-target";

/** Mark of a secret within a state that was exported with its secrets, and what follows it. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

const Endpoint = z.object({ host: z.string(), port: z.number(), user: z.string(), hostKey: z.string() });
const Connection = Endpoint.extend({ proxy: Endpoint.nullish() });

export interface StackServer {
  identity: ServerIdentity;
  /** Whether the configuration still declares it. */
  declared: boolean;
  /** Its resources in state, each before what it is a child of. Empty if state knows none. */
  resources: StateResource[];
  /** Application (client) id as state knows it; null if none was made. */
  appId: string | null;
  /** Generation of key and certificate as state knows it; null if there is none. */
  generation: number | null;
  /** Entra Connect owns application and certificate, as the last run that ended left it. */
  managed: boolean;
}

/** A resource's own kind and name, without those of its parents: the same for a program in any language. */
export const typeAndName = (urn: string) => {
  const [, , chain = "", ...name] = urn.split("::");
  return { type: kindOf(chain.split("$").at(-1)!), name: name.join("::") };
};

/** Names of the servers that a state holds. */
export function serversIn(resources: readonly StateResource[]): string[] {
  const components = resources.filter(({ urn }) => typeAndName(urn).type === RESOURCE_TYPES.identity);
  return [...new Set(components.map(({ urn }) => typeAndName(urn).name))];
}

/** A server's component and all below it, children first; those that wait for their deletion included. */
export function resourcesOf(server: string, resources: readonly StateResource[]): StateResource[] {
  const roots = resources.filter(({ urn }) => {
    const { type, name } = typeAndName(urn);
    return type === RESOURCE_TYPES.identity && name === server;
  });
  const found = new Set(roots.map(({ urn }) => urn));
  let known = 0;
  while (known < found.size) {
    known = found.size;
    for (const { urn, parent } of resources) if (parent !== undefined && found.has(parent)) found.add(urn);
  }
  // In a state, children follow their parents.
  return resources.filter(({ urn }) => found.has(urn)).reverse();
}

/** What the memory of a server says: of inputs and outputs the later one, as a run may have stopped in between. */
export function stateOfServer(resources: readonly StateResource[]): {
  appId: string | null;
  generation: number | null;
  managed: boolean;
} {
  const memory = resources.find(({ urn, delete: old }) => !old && typeAndName(urn).type === RESOURCE_TYPES.server);
  const both = [memory?.inputs, memory?.outputs];
  const appIds = both.map((values) => values?.appId).filter((value) => typeof value === "string");
  const generations = both.map((values) => Number(values?.certificateGeneration)).filter(Number.isInteger);
  const managed = (memory?.outputs ?? memory?.inputs)?.mode === "managed";
  return {
    appId: appIds.at(-1) ?? null,
    generation: generations.length > 0 ? Math.max(...generations) : null,
    managed,
  };
}

/** The connection of a server, out of a state that was exported with its secrets; null if it holds none. */
export function connectionIn(resources: readonly StateResource[]): z.infer<typeof Connection> | null {
  for (const { inputs } of resources) {
    const given = inputs?.connection as Record<string, unknown> | undefined;
    const value: unknown = given && SECRET_MARK in given ? JSON.parse(String(given.plaintext ?? "null")) : given;
    const parsed = Connection.safeParse(value);
    if (parsed.success) return parsed.data;
  }
  return null;
}

/**
 * How to reach a server: as declared, else as state holds it.
 * @throws ProblemError if neither has it
 */
export async function targetOf(context: StackContext, { identity: { server: name } }: StackServer): Promise<SshTarget> {
  const declaration = context.configuration.servers.find((server) => server.name === name);
  if (declaration) return context.sshTarget(declaration);
  const { stdout } = await context.pulumi(["stack", "export", "--show-secrets", "--non-interactive"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } | null };
  const connection = connectionIn(resourcesOf(name, deployment?.resources ?? []));
  if (connection) {
    const proxy = connection.proxy ? { ...connection.proxy, sshPublicKey: null } : null;
    return context.sshTarget({ name, connection: { ...connection, sshPublicKey: null, proxy } });
  }
  throw new ProblemError([diagnose("CONNECTION_UNKNOWN", name, {})]);
}

/**
 * Finds a server in configuration and state.
 *
 * @throws UsageError if neither knows it, with the nearest names; ProblemError if only the configuration does
 */
export async function findInState(context: StackContext, name: string): Promise<StackServer> {
  const state = await context.state();
  const { servers } = context.configuration;
  const declared = servers.some((server) => server.name === name);
  const resources = resourcesOf(name, state);
  if (!declared && resources.length === 0) context.server(name);
  if (resources.length === 0) {
    const { stack } = context;
    throw new ProblemError([diagnose("SERVER_NOT_IN_STATE", name, { stack, server: name })]);
  }
  return {
    identity: context.identity(name),
    declared,
    resources,
    ...stateOfServer(resources),
  };
}

/** As {@link findInState} if state can be read, else from the configuration alone: for what cannot wait. */
export async function identityOfServer(
  context: StackContext,
  name: string,
): Promise<{ identity: ServerIdentity; generation: number | null; appId: string | null }> {
  const declared = context.configuration.servers.some((server) => server.name === name);
  const state = await context.state().catch((error: unknown) => {
    if (declared) return [];
    throw error;
  });
  const resources = resourcesOf(name, state);
  if (!declared && resources.length === 0) {
    const known = [...new Set([...context.configuration.servers.map((server) => server.name), ...serversIn(state)])];
    throw new UsageError(`stack ${context.stack} has no server "${name}"; there is ${known.join(", ")}`);
  }
  return { identity: context.identity(name), ...stateOfServer(resources) };
}
