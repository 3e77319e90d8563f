/** A kind of resource in Entra. */
import type { Diff } from "../provider";
import type { PropertyMap } from "../property-values";
import type { Fields } from "./field";
import type { Graph } from "./graph";

export interface Change {
  id: string;
  state: PropertyMap;
  inputs: PropertyMap;
  diff: Diff;
}

export interface EntraResource {
  readonly type: string;
  readonly fields: Fields;
  /** Seconds that upstream allows for each operation, and its schema's version: stored in state as upstream does. */
  readonly limits: Record<string, number>;
  readonly schemaVersion: number;
  /** Outputs that change with a declared change, by the changed property. */
  readonly recomputed?: Record<string, string>;
  /** What upstream reads before it plans; an empty id means a new resource. */
  plan?(graph: Graph, change: Omit<Change, "diff">): Promise<void>;
  /** @param made must be called once the object exists: a later failure must not lose it. */
  create(graph: Graph, inputs: PropertyMap, made: (id: string) => void): Promise<void>;
  /** Null if the object no longer exists. @param before the value in state, for what cannot be read back. */
  read(graph: Graph, id: string, before: PropertyMap): Promise<PropertyMap | null>;
  /** Absent if every change replaces. */
  update?(graph: Graph, change: Change): Promise<void>;
  delete(graph: Graph, id: string, state: PropertyMap): Promise<void>;
}

/** The entry in which the real plugin stores its time limits, so that each can continue from the other's state. */
export function metaOf(resource: EntraResource): string {
  const limits = Object.entries(resource.limits).map(([name, seconds]) => [name, seconds * 1_000_000_000]);
  const meta: Record<string, unknown> = { "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": Object.fromEntries(limits) };
  if (resource.schemaVersion > 0) meta.schema_version = String(resource.schemaVersion);
  return JSON.stringify(meta);
}
