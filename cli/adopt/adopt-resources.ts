/** The resources of one server as Pulumi names them, which an import and a targeted run must know. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import type { StateResource } from "../stack/stack-context";

/** What of the facts names a resource. */
export interface Named {
  stack: string;
  project: string;
  server: { name: string };
}

export interface ResourceUrns {
  identity: string;
  entra: string;
  application: string;
  credential: string;
}

/** Name of the assignment of a role. */
export function assignmentName(server: string, role: string): string {
  return `${server}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`;
}

export function resourceUrns({ stack, project, server: { name } }: Named): ResourceUrns {
  const urn = (types: string[], own: string) => `urn:pulumi:${stack}::${project}::${types.join("$")}::${own}`;
  return {
    identity: urn([RESOURCE_TYPES.identity], name),
    entra: urn([RESOURCE_TYPES.identity, RESOURCE_TYPES.entra], name),
    application: urn(
      [RESOURCE_TYPES.identity, RESOURCE_TYPES.entra, RESOURCE_TYPES.application],
      `${name}-application`,
    ),
    credential: urn([RESOURCE_TYPES.identity, RESOURCE_TYPES.credential], `${name}-credential`),
  };
}

/** Whether state holds a resource; what waits for its deletion only does not count. */
export function hasResource(state: readonly StateResource[], urn: string): boolean {
  return state.some((resource) => resource.urn === urn && resource.delete !== true);
}
