/** The resources of one server as Pulumi names them, which an import and a targeted run must know. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { typeAndName } from "../stack/stack-server";
import type { StateResource } from "../stack/stack-context";

/** What of the facts names a resource. */
export interface Named {
  stack: string;
  project: string;
  server: { name: string };
  state: readonly StateResource[];
}

export interface ResourceUrns {
  /** The component of all servers, of a program in another language than TypeScript; null if state knows none. */
  within: string | null;
  identity: string;
  entra: string;
  application: string;
  credential: string;
}

/** Name of the assignment of a role. */
export function assignmentName(server: string, role: string): string {
  return `${server}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`;
}

/**
 * Where a program in another language has its servers in a component that state does not know yet, these are the names
 * without it: the component takes them over by its aliases.
 */
export function resourceUrns({ stack, project, server: { name }, state }: Named): ResourceUrns {
  const within = state.find(({ urn }) => typeAndName(urn).type === RESOURCE_TYPES.identities)?.urn ?? null;
  const above = within === null ? [] : [within.split("::")[2]];
  const urn = (types: string[], own: string) => {
    return `urn:pulumi:${stack}::${project}::${[...above, ...types].join("$")}::${own}`;
  };
  return {
    within,
    identity: urn([RESOURCE_TYPES.identity], name),
    entra: urn([RESOURCE_TYPES.identity, RESOURCE_TYPES.entra], name),
    application: urn(
      [RESOURCE_TYPES.identity, RESOURCE_TYPES.entra, RESOURCE_TYPES.application],
      `${name}-application`,
    ),
    credential: urn([RESOURCE_TYPES.identity, RESOURCE_TYPES.credential], `${name}-credential`),
  };
}

/** Whether two names are of one resource, wherever a program has it: kind and name are unique in a stack. */
export function isSame(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  const [left, right] = [typeAndName(one), typeAndName(other)];
  return left.type === right.type && left.name === right.name;
}

/** Whether state holds a resource; what waits for its deletion only does not count. */
export function hasResource(state: readonly StateResource[], urn: string): boolean {
  return state.some((resource) => isSame(resource.urn, urn) && resource.delete !== true);
}
