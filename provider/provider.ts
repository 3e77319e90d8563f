/** The package's own provider: constructs SyncIdentities, and serves the own kinds of resources by components/rules.ts. */
import * as pulumi from "@pulumi/pulumi";
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { DependencyProviderResource } from "@pulumi/pulumi/resource";
import type { CheckResult, ConstructResult, DiffResult, Provider, ReadResult } from "@pulumi/pulumi/provider";
import { Construction } from "../components/construction";
import { rulesOfServed } from "../components/own-kind";
import { provider as rulesNamed } from "../components/rules";
import { readSettings, type StackSettings } from "../components/stack-configuration";
import { SyncIdentities } from "../components/sync-identities";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import { givenSettings } from "./given-settings";
import { OneForEachStack } from "./one-for-each-stack";

type Values = Record<string, unknown>;

/** Type and name at the end of a URN, and whether SyncIdentities is above it. */
function partsOf(urn: string): { type: string; name: string; within: boolean } {
  const [, , chain = "", ...name] = urn.split("::");
  const types = chain.split("$");
  return { type: types.at(-1)!, name: name.join("::"), within: types.includes(RESOURCE_TYPES.identities) };
}

/** What the settings of the stack are for rules that reach the tenant outside of `construct`. */
function configFor({ configuration }: StackSettings): dynamic.ConfigureRequest {
  const all = pulumi.runtime.allConfig();
  const own: Record<string, string | undefined> = { cloud: configuration.cloud ?? undefined };
  const get = (key: string) => (Object.hasOwn(own, key) ? own[key] : all[key]);
  return { config: { get } as dynamic.Config };
}

export class SyncIdentitiesProvider implements Provider {
  private readonly stacks = new OneForEachStack();
  private readonly running = new Set<Construction>();
  private configured = false;
  /** As the engine knows this process: URN and id of a provider. */
  reference: string | undefined;

  /**
   * @param version of the package
   * @param schema of the package, as JSON text
   */
  constructor(
    readonly version: string,
    readonly schema: string,
  ) {}

  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<ConstructResult> {
    if (type !== RESOURCE_TYPES.identities) throw new Error(`the package has no component ${type}`);
    const construction = new Construction();
    this.running.add(construction);
    try {
      return await construction.of(() => this.makeIdentities(name, inputs, options));
    } finally {
      this.running.delete(construction);
    }
  }

  private async makeIdentities(
    name: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<ConstructResult> {
    await this.stacks.add(name, options.parent);
    const settings = readSettings(await givenSettings(`SyncIdentities ${name}`, inputs));
    await this.configure(settings);
    const identities = new SyncIdentities(name, settings, this.servedHere(options));
    await identities.reported;
    return { urn: identities.urn, state: identities.outputs };
  }

  /** The options with this process as the provider of the own kinds below. */
  private servedHere(options: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    if (this.reference === undefined) {
      throw new Error("this version of Pulumi gives a provider no reference to itself: install 3.276.0 or newer");
    }
    const own = new DependencyProviderResource(this.reference);
    const { providers = {} } = options;
    const others = Array.isArray(providers) ? providers : Object.values(providers);
    return { ...options, providers: [...others, own] };
  }

  /** The engine hands a provider no settings but its own; those of the stack come with `construct`. */
  private async configure(settings: StackSettings): Promise<void> {
    const request = configFor(settings);
    for (const name of ["sync-server", "credential-guard", "sync-role-guard"]) {
      await rulesNamed(name).configure?.(request);
    }
    this.configured = true;
  }

  async check(urn: string, olds: Values, news: Values): Promise<CheckResult> {
    const { type, name, within } = partsOf(urn);
    const rules = this.rulesOf(urn);
    if (!within) throw new Error(`${name}: ${type} is made by SyncIdentities only; declare that, and not this`);
    if (!this.configured) throw new Error(`${name}: its provider is not that of its SyncIdentities`);
    return rules.check!(olds, news);
  }

  async diff(id: string, urn: string, olds: Values, news: Values): Promise<DiffResult> {
    return this.rulesOf(urn).diff!(id, olds, news);
  }

  async create(urn: string, inputs: Values): Promise<dynamic.CreateResult> {
    return this.rulesOf(urn).create(inputs);
  }

  async update(id: string, urn: string, olds: Values, news: Values): Promise<dynamic.UpdateResult> {
    return this.rulesOf(urn).update!(id, olds, news);
  }

  /** What is in state, as it is: only a run that observes the servers knows more. There is nothing to import it from. */
  async read(id: string, urn: string, props: Values = {}): Promise<ReadResult> {
    const { type, name } = partsOf(urn);
    this.rulesOf(urn);
    if (Object.keys(props).length > 0) return { id, props };
    throw new Error(
      `${name}: ${type} cannot be imported, as it is what Pulumi remembers of a server; the next pulumi up creates it ` +
        "and changes nothing by that. What exists already, connect-sync-identity adopt takes over",
    );
  }

  /** Nothing of an own kind exists outside of state. */
  async delete(): Promise<void> {}

  /** The engine ends the run: what is under way in the tenant ends by itself, and nothing new begins. */
  async cancel(): Promise<void> {
    for (const construction of this.running) construction.end("the run was cancelled");
  }

  private rulesOf(urn: string): dynamic.ResourceProvider {
    const { type } = partsOf(urn);
    const name = rulesOfServed(type);
    if (name === undefined) throw new Error(`the package has no resource ${type}`);
    return rulesNamed(name);
  }
}
