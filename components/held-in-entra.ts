/**
 * Takes over what Entra holds of a server's application and state does not: a service principal or a role assignment of a
 * run that was cut off, or a role that an administrator granted. The plugin cannot create either of them again.
 *
 * Ours is only what belongs to the application that state holds, by its application id: a marker alone proves nothing.
 */
import type * as pulumi from "@pulumi/pulumi";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import type { Observation, ObservedPrincipal } from "../model/server/observation";
import { knownOr } from "./known-output";
import type { StackState, StoredOutputs } from "./stack-state";

export interface HeldInEntraArgs {
  state: Pick<StackState, "outputsOf">;
  observation: Promise<Observation>;
  /** The server's name, and its former one if it was renamed. */
  servers: readonly string[];
}

/** The id by which the plugin imports a resource of a principal; undefined if the principal has none such. */
type ImportId = (principal: ObservedPrincipal, props: Record<string, unknown>) => string | undefined;

const IMPORT_IDS: Record<string, ImportId> = {
  [RESOURCE_TYPES.principal]: ({ objectId }) => `/servicePrincipals/${objectId}`,
  [RESOURCE_TYPES.assignment]: ({ objectId, appRoles }, { principalObjectId, appRoleId, resourceObjectId }) => {
    if (principalObjectId !== objectId) return undefined;
    const held = appRoles.find((role) => role.appRoleId === appRoleId && role.resourceId === resourceObjectId);
    return held && `/servicePrincipals/${held.resourceId}/appRoleAssignedTo/${held.id}`;
  },
};

/** Whether the observed application is the one in state. */
const isOurs = (stored: StoredOutputs | undefined | null, appId: string) => stored?.clientId === appId;

const namesOf = (servers: readonly string[], suffix: string) => servers.map((server) => `${server}-${suffix}`);

/** @returns the id to import a resource by; undefined if it is to be created, or is in state */
export async function heldInEntra(
  { state, observation, servers }: HeldInEntraArgs,
  { type, suffix, props }: { type: string; suffix: string; props: Record<string, unknown> },
): Promise<string | undefined> {
  const { application } = (await observation).tenant;
  if (!application?.principal) return undefined;
  if ((await state.outputsOf(type, namesOf(servers, suffix))) !== undefined) return undefined;
  if (!isOurs(await state.outputsOf(RESOURCE_TYPES.application, namesOf(servers, "application")), application.appId))
    return undefined;
  return IMPORT_IDS[type]?.(application.principal, props);
}

/** Imports a resource that is held so, in the run that would have created it. */
export function importIfHeld(args: HeldInEntraArgs): pulumi.ResourceTransform {
  return async ({ type, name, props, opts }) => {
    const suffix = name.slice(args.servers[0].length + 1);
    const known = Object.entries(props).map(async ([key, value]) => [key, await knownOr(value, undefined)] as const);
    const declared = Object.fromEntries(await Promise.all(known));
    const id = await heldInEntra(args, { type, suffix, props: declared });
    return { props, opts: id === undefined ? opts : { ...opts, import: id } };
  };
}
