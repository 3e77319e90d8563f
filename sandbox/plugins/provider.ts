/** A plugin as the gRPC server sees it: plain requests and answers, without protobuf. */
import type { EngineLog } from "./engine-log";
import type { PropertyMap } from "./property-values";

/** The context of a request. */
export interface Call {
  /** The resource that the call is about, empty if there is none. */
  urn: string;
  log: EngineLog;
  /** Aborted when the engine cancels the run, or when the resource's custom timeout has passed. */
  signal: AbortSignal;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckAnswer {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export type DiffKind = "add" | "delete" | "update";

export interface PropertyDiff {
  kind: DiffKind;
  replaces: boolean;
}

/** Changes by property path, `triggers[0]`; empty if nothing changed. */
export type Diff = ReadonlyMap<string, PropertyDiff>;

export interface DiffRequest {
  type: string;
  id: string;
  /** Outputs in state. */
  state: PropertyMap;
  oldInputs: PropertyMap;
  inputs: PropertyMap;
  ignoreChanges: string[];
}

export interface CreateRequest {
  type: string;
  inputs: PropertyMap;
  preview: boolean;
}

export interface ReadRequest {
  type: string;
  id: string;
  /** Outputs in state; empty for an import. */
  state: PropertyMap;
  inputs: PropertyMap;
}

export interface UpdateRequest extends DiffRequest {
  preview: boolean;
}

export interface DeleteRequest {
  type: string;
  id: string;
  state: PropertyMap;
}

export interface Provider {
  readonly name: string;
  readonly version: string;
  /** What the plugin supports, as the real one answers. */
  readonly acceptSecrets: boolean;
  readonly acceptResources: boolean;
  checkConfig(inputs: PropertyMap, call: Call): Promise<CheckAnswer>;
  configure(inputs: PropertyMap, call: Call): Promise<void>;
  invoke(token: string, inputs: PropertyMap, call: Call): Promise<{ outputs: PropertyMap; failures: CheckFailure[] }>;
  /** @param former the inputs in state; empty for a new resource. */
  check(type: string, inputs: PropertyMap, former: PropertyMap, call: Call): Promise<CheckAnswer>;
  diff(request: DiffRequest, call: Call): Promise<Diff>;
  /** In a preview the id is empty. */
  create(request: CreateRequest, call: Call): Promise<{ id: string; outputs: PropertyMap }>;
  /** Null if the resource no longer exists. */
  read(request: ReadRequest, call: Call): Promise<{ id: string; outputs: PropertyMap; inputs: PropertyMap } | null>;
  update(request: UpdateRequest, call: Call): Promise<PropertyMap>;
  delete(request: DeleteRequest, call: Call): Promise<void>;
}

/** An operation that failed after it had created or changed something: the engine stores the result in state. */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: PropertyMap,
  ) {
    super(message);
  }
}

/** A resource, function or method that the stand-in does not emulate. */
export class NotEmulatedError extends Error {}
