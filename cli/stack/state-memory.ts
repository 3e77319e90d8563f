/** What state remembers of a server and of the guards: what a preview compares the same observation with. */
import type { CredentialGuardState } from "../../model/guard/guard-state";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import type { ServerState } from "../../model/server/server-facts";
import { resourcesOf, serversIn, typeAndName } from "./stack-server";
import type { StateResource } from "../stack/stack-context";

export interface RememberedServer {
  /** Undefined if state does not know the server. */
  server: ServerState | undefined;
  guard: CredentialGuardState | undefined;
  /** Ids of the key credentials that are this server's. */
  keys: string[];
  /** Object ids of its service principal. */
  principals: string[];
}

const ofType = (resources: readonly StateResource[], type: string) =>
  resources.filter((resource) => typeAndName(resource.urn).type === type);

/** The inputs of the one resource of a type that is not on its way out. */
function inputsOf<T>(resources: readonly StateResource[], type: string): T | undefined {
  return ofType(resources, type).find((resource) => !resource.delete)?.inputs as T | undefined;
}

const outputs = (resources: readonly StateResource[], type: string, name: string) =>
  ofType(resources, type).flatMap((resource) => {
    const value = resource.outputs?.[name];
    return typeof value === "string" ? [value] : [];
  });

/** What state remembers of a server, under its former name if it was renamed since. */
export function remembered(state: readonly StateResource[], name: string, renamedFrom: string | null) {
  const own = resourcesOf(name, state);
  const resources = own.length === 0 && renamedFrom !== null ? resourcesOf(renamedFrom, state) : own;
  const guard = inputsOf<CredentialGuardState>(resources, RESOURCE_TYPES.guard);
  const found: RememberedServer = {
    server: inputsOf<ServerState>(resources, RESOURCE_TYPES.server),
    guard,
    keys: [...(guard?.keys ?? []), ...outputs(resources, RESOURCE_TYPES.credential, "keyId")],
    principals: outputs(resources, RESOURCE_TYPES.principal, "objectId"),
  };
  return found;
}

/** Object ids of the principals that state knew as declared servers' in the last run. */
export function rememberedPrincipals(state: readonly StateResource[]): string[] {
  return inputsOf<{ principals?: string[] }>(state, RESOURCE_TYPES.roleGuard)?.principals ?? [];
}

/** Object ids of the product's own applications that earlier runs saw declared servers use. */
export function rememberedManaged(state: readonly StateResource[]): string[] {
  return inputsOf<{ used?: string[] }>(state, RESOURCE_TYPES.roleGuard)?.used ?? [];
}

/** Servers that state still holds and that are not declared any more, under no name. */
export function leavingServers(
  state: readonly StateResource[],
  declared: readonly { name: string; renamedFrom: string | null }[],
): string[] {
  const known = declared.flatMap(({ name, renamedFrom }) => (renamedFrom === null ? [name] : [name, renamedFrom]));
  return serversIn(state)
    .filter((name) => !known.includes(name))
    .sort();
}
