/**
 * Owners of an application or a principal.
 *
 * The caller is an owner at first, whatever is declared: without that, a caller with Application.ReadWrite.OwnedBy
 * could not continue. If the declaration does not name it, it is removed right afterwards.
 */
import type { PropertyValue } from "../property-values";
import { during } from "./diagnostic";
import type { Graph } from "./graph";
import { list } from "./values";

/** Owners beyond this number are added one by one after the creation. */
const OWNERS_AT_CREATION = 20;

export interface InitialOwners {
  /** For `owners@odata.bind`. */
  bound: string[];
  /** To be added afterwards. */
  rest: string[];
  removeCaller: boolean;
}

function reference(graph: Graph, objectId: string): string {
  return `${graph.session.graph}/v1.0/directoryObjects/${objectId}`;
}

export function initialOwners(graph: Graph, declared: PropertyValue | undefined): InitialOwners {
  const caller = graph.session.callerId;
  const isCaller = (id: string) => id.toLowerCase() === caller.toLowerCase();
  const owners = list(declared);
  const others = owners.filter((id) => !isCaller(id));
  return {
    bound: [caller, ...others.slice(0, OWNERS_AT_CREATION - 1)].map((id) => reference(graph, id)),
    rest: others.slice(OWNERS_AT_CREATION - 1),
    removeCaller: !owners.some(isCaller),
  };
}

/** @param path of the application or principal. */
export async function completeOwners(graph: Graph, path: string, owners: InitialOwners, title: string): Promise<void> {
  for (const id of owners.rest) await during(`Could not add owners to ${title}`, addOwner(graph, path, id));
  if (owners.removeCaller) {
    const removal = graph.delete(`${path}/owners/${graph.session.callerId}/$ref`);
    await during(`Could not remove initial owner from ${title}`, removal);
  }
}

export async function readOwners(graph: Graph, path: string): Promise<string[]> {
  return (await graph.list(`${path}/owners`)).map((owner) => owner.id as string);
}

/** Brings the owners to the declared ones: adds the missing first, then removes the superfluous. */
export async function reconcileOwners(
  graph: Graph,
  path: string,
  declared: PropertyValue | undefined,
  title: string,
): Promise<void> {
  const existing = await during(`Could not retrieve owners for ${title}`, readOwners(graph, path));
  const desired = list(declared);
  for (const id of desired.filter((owner) => !existing.includes(owner))) {
    await during(`Could not add owners to ${title}`, addOwner(graph, path, id));
  }
  for (const id of existing.filter((owner) => !desired.includes(owner))) {
    await during(`Could not add owners to ${title}`, graph.delete(`${path}/owners/${id}/$ref`));
  }
}

async function addOwner(graph: Graph, path: string, id: string): Promise<void> {
  await graph.post(`${path}/owners/$ref`, { "@odata.id": reference(graph, id) });
}
