/** The resources of a stack by the server that they belong to. */
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import { type Resource } from "./resource";

/** What the rules about the stack need of one server. */
export interface ServerParts {
  server: Resource;
  applications: Resource[];
  principals: Resource[];
  assignments: Resource[];
}

/** The resource and its ancestors, up to the stack. */
function ancestors(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Resource[] {
  const found: Resource[] = [];
  for (let parent = resource.parent; parent !== undefined; parent = byUrn.get(parent)?.parent) {
    const one = byUrn.get(parent);
    if (!one) break;
    found.push(one);
  }
  return found;
}

/** The servers of a stack with their resources. Other resources do not concern these rules. */
export function partsOf(resources: readonly Resource[]): ServerParts[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const identityOf = (resource: Resource) =>
    ancestors(resource, byUrn).find(({ type }) => type === RESOURCE_TYPES.identity)?.urn ?? null;
  const of = (identity: string | null, type: string) =>
    resources.filter((resource) => resource.type === type && identityOf(resource) === identity);
  return resources
    .filter(({ type }) => type === RESOURCE_TYPES.server)
    .flatMap((server) => {
      const identity = identityOf(server);
      if (identity === null) return [];
      return [
        {
          server,
          applications: of(identity, RESOURCE_TYPES.application),
          principals: of(identity, RESOURCE_TYPES.principal),
          assignments: of(identity, RESOURCE_TYPES.assignment),
        },
      ];
    });
}
