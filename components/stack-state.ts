/** StackState: what the stack's state holds, as the engine shows it to a program. */
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";
import type * as structs from "google-protobuf/google/protobuf/struct_pb";

/** The classes that the SDK's own requests are made of. */
const { Struct } = createRequire(require.resolve("@pulumi/pulumi"))(
  "google-protobuf/google/protobuf/struct_pb",
) as typeof structs;

/** The engine's own function, behind which queries of a stack's resources were. */
const READ_STATE = "pulumi:pulumi:readStackResourceOutputs";

/** The outputs of a resource as state stores them. */
export type StoredOutputs = Readonly<Record<string, unknown>>;

type StoredResources = Record<string, { type: string; outputs: StoredOutputs }>;

/** Asks the engine itself: the SDK's `invoke` would turn a reference in state into a resource of this run. */
async function readResources(): Promise<StoredResources> {
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) throw new Error("the program runs without an engine");
  const request = new ResourceInvokeRequest().setTok(READ_STATE).setAcceptresources(false);
  request.setArgs(Struct.fromJavaScript({ stackName: pulumi.getStack() }));
  const answer = await new Promise<Record<string, unknown>>((resolve, reject) => {
    monitor.invoke(request, (error, response) => {
      if (error) reject(error);
      else resolve(response.getReturn()?.toJavaScript() ?? {});
    });
  });
  return (answer.outputs ?? {}) as StoredResources;
}

/** Type and name of a resource, which are unique in a stack of this project. */
const keyOf = (urn: string) => urn.replace(/^.*(::|\$)(?=[^$]*::[^:]*$)/, "");

/**
 * State as it was stored when the program first asked: read once, and only if something asks. An engine that does not
 * answer holds nothing that is known; no decision that destroys may rest on this.
 */
export class StackState {
  private resources: Promise<Map<string, StoredOutputs> | null> | undefined;

  /** The outputs of a resource under one of its names; undefined if state has none, null if state cannot be read. */
  async outputsOf(type: string, names: readonly string[]): Promise<StoredOutputs | undefined | null> {
    this.resources ??= readResources().then(
      (found) => new Map(Object.entries(found).map(([urn, { outputs }]) => [keyOf(urn), outputs])),
      () => null,
    );
    const resources = await this.resources;
    if (!resources) return null;
    return names.map((name) => resources.get(`${type}::${name}`)).find((outputs) => outputs !== undefined);
  }
}
