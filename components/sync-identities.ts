/** SyncIdentities: all servers of a stack in one component, for programs in any language. The provider constructs it. */
import * as pulumi from "@pulumi/pulumi";
import { kindOf, RESOURCE_TYPES } from "../model/resources/resource-types";
import type { StackSettings } from "./stack-configuration";
import { declareStack, type DeclaredStack } from "./stack-program";

/**
 * Gives everything below a component the URN that it has in a TypeScript program, as an alias: without the component
 * among its parents, and with the type of the dynamic resource.
 */
function asInProgram(): pulumi.ResourceTransformation {
  const chains = new Map<pulumi.Resource | undefined, string>();
  return ({ resource, type, name, props, opts }) => {
    if (type === RESOURCE_TYPES.identities) return { props, opts };
    const above = chains.get(opts.parent);
    const chain = above === undefined ? kindOf(type) : `${above}$${kindOf(type)}`;
    chains.set(resource as pulumi.Resource, chain);
    const alias = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${chain}::${name}`;
    return { props, opts: pulumi.mergeOptions(opts, { aliases: [alias] }) };
  };
}

/** The identities of all servers of a stack, and the guard of all. One in a stack: what two servers share, it finds. */
export class SyncIdentities extends pulumi.ComponentResource {
  /** Those of a stack. */
  readonly outputs: DeclaredStack["outputs"];
  /** Resolves once this run has said what it found. */
  readonly reported: Promise<void>;

  /** @param settings checked before, so that nothing is registered if something is wrong with them */
  constructor(name: string, settings: StackSettings, opts: pulumi.ComponentResourceOptions) {
    super(RESOURCE_TYPES.identities, name, {}, pulumi.mergeOptions(opts, { transformations: [asInProgram()] }));
    const { outputs, reported } = declareStack(settings, this);
    this.outputs = outputs;
    this.reported = reported;
    this.registerOutputs(outputs);
  }
}
