/** The providers of a sequence's resources: the plugin stand-in's code, the dynamic resource's rules, host commands. */
import { randomUUID } from "node:crypto";
import * as serverRules from "../../components/sync-server-rules";
import { UNKNOWN, type ServerState } from "../../model/server/server-facts";
import type { ServerInputs } from "../../model/server/server-state";
import { AppRoleAssignment } from "../../sandbox/plugins/azuread/app-role-assignment";
import { checkResource, withoutDefaultsNote } from "../../sandbox/plugins/azuread/check";
import { Application } from "../../sandbox/plugins/azuread/application";
import { ApplicationCertificate } from "../../sandbox/plugins/azuread/application-certificate";
import type { EntraResource } from "../../sandbox/plugins/azuread/resource";
import { ServicePrincipal } from "../../sandbox/plugins/azuread/service-principal";
import type { Diff } from "../../sandbox/plugins/provider";
import type { PropertyMap } from "../../sandbox/plugins/property-values";
import { sameValue, type Difference, type Provider } from "./engine";
import { LineError } from "./host-line";
import type { Entry, Properties } from "./state";
import { GraphLine } from "./tenant-line";
import type { ServerName, World } from "./world";

/** Seconds that a host may wait in a sequence; the declared limits, which are in state, are for real networks. */
const BOUNDS = { replicationSeconds: 3, cycleSeconds: 5, cmdletSeconds: 5, verifySeconds: 5 };

const changes = (old: Properties, news: Properties) =>
  [...new Set([...Object.keys(old), ...Object.keys(news)])].filter((name) => !sameValue(old[name], news[name]));

/** A resource of the azuread stand-in; its requests reach the tenant in the same process. */
export class EntraProvider implements Provider {
  private readonly graph: GraphLine;

  constructor(
    world: World,
    private readonly resource: EntraResource,
  ) {
    this.graph = new GraphLine(world, world.caller);
  }

  check(old: Entry | undefined, news: Properties): Properties {
    const former = (old?.inputs ?? {}) as PropertyMap;
    const { inputs, failures } = checkResource(news as PropertyMap, this.resource.fields, former);
    if (failures.length > 0 && !Object.values(news).includes(UNKNOWN)) {
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    }
    return withoutDefaultsNote(inputs) as Properties;
  }

  async plan(old: Entry | undefined, news: Properties): Promise<void> {
    const state = (old?.outputs ?? {}) as PropertyMap;
    await this.resource.plan?.(this.graph, { id: old?.id ?? "", state, inputs: news as PropertyMap });
  }

  diff(old: Entry, news: Properties): Difference {
    const changed = changes(old.inputs, news);
    if (changed.length === 0) return "same";
    // The incomplete object of a creation that failed: its inputs are unknown.
    if (Object.keys(old.inputs).length === 0) return this.resource.update ? "update" : "replace";
    return changed.some((name) => this.resource.fields[name]?.forceNew) ? "replace" : "update";
  }

  async create(news: Properties, made: (id: string) => void): Promise<{ id: string; outputs: Properties }> {
    let id = "";
    await this.resource.create(this.graph, news as PropertyMap, (known) => made((id = known)));
    return { id, outputs: await this.outputs(id, news) };
  }

  async update(old: Entry, news: Properties): Promise<Properties> {
    const diff = new Map(changes(old.inputs, news).map((name) => [name, { kind: "update", replaces: false }]));
    const change = { id: old.id, state: old.outputs as PropertyMap, inputs: news as PropertyMap };
    await this.resource.update!(this.graph, { ...change, diff: diff as unknown as Diff });
    return this.outputs(old.id, news);
  }

  remove(old: Entry): Promise<void> {
    return this.resource.delete(this.graph, old.id, old.outputs as PropertyMap);
  }

  /** The current object; null if it does not exist, as a refresh would find. */
  read(old: Entry): Promise<PropertyMap | null> {
    return this.resource.read(this.graph, old.id, { ...old.inputs, ...old.outputs } as PropertyMap);
  }

  planned(old: Entry | undefined, _news: Properties, action: Difference | "create"): Properties {
    return action === "update" ? old!.outputs : { clientId: UNKNOWN, objectId: UNKNOWN, id: UNKNOWN };
  }

  private async outputs(id: string, news: Properties): Promise<Properties> {
    const read = (await this.resource.read(this.graph, id, news as PropertyMap)) ?? {};
    return { ...read, id };
  }
}

const serverProvider: Provider = {
  check: (old, news) => serverRules.check(old?.inputs, news as unknown as ServerInputs).inputs as unknown as Properties,
  diff: (old, news) => {
    const { changes } = serverRules.diff(old.outputs as unknown as ServerState, news as unknown as ServerState);
    return changes ? "update" : "same";
  },
  create: async (news) => {
    const { id, outs } = serverRules.create(news as unknown as ServerState);
    return { id, outputs: outs as unknown as Properties };
  },
  update: async (_old, news) => serverRules.update(news as unknown as ServerState).outs as unknown as Properties,
  remove: async () => undefined,
  // The dynamic provider has no previews: the engine shows what check made of the inputs.
  planned: (_old, news) => news,
};

/** remote.Command: a changed trigger replaces, any other change runs the command again. */
class CommandProvider implements Provider {
  constructor(private readonly world: World) {}

  diff(old: Entry, news: Properties): Difference {
    if (!sameValue(old.inputs.triggers, news.triggers)) return "replace";
    return sameValue(old.inputs, news) ? "same" : "update";
  }

  async create(news: Properties): Promise<{ id: string; outputs: Properties }> {
    return { id: `cmd-${randomUUID()}`, outputs: await this.run(news, "create") };
  }

  update(_old: Entry, news: Properties): Promise<Properties> {
    return this.run(news, "create");
  }

  async remove(old: Entry): Promise<void> {
    await this.run(old.inputs, "delete");
  }

  planned(): Properties {
    return { stdout: UNKNOWN };
  }

  private async run(inputs: Properties, member: "create" | "delete"): Promise<Properties> {
    const command = inputs[member] as string | undefined;
    if (command === undefined) return { stdout: "" };
    const { host } = inputs.connection as { host: ServerName };
    const stdin = inputs.stdin === UNKNOWN ? "" : String(inputs.stdin);
    const { stdout, stderr, exitCode } = await this.world.hosts[host].run(command, bounded(stdin));
    this.world.transcript.push(stdout, stderr);
    if (exitCode === 0) return { stdout: stdout.replace(/\n$/, ""), stderr };
    throw new LineError(`Process exited with status ${exitCode}:\n${stdout}${stderr}`);
  }
}

function bounded(stdin: string): string {
  if (stdin === "") return stdin;
  const request = JSON.parse(stdin) as { bounds?: Record<string, number> };
  if (!request.bounds) return stdin;
  const shorter = Object.entries(request.bounds).map(([name, seconds]) => {
    return [name, Math.min(seconds, BOUNDS[name as keyof typeof BOUNDS] ?? seconds)];
  });
  return `${JSON.stringify({ ...request, bounds: Object.fromEntries(shorter) })}\n`;
}

const programProvider = (world: World): Provider => ({
  diff: (old, news) => {
    if (!sameValue(old.inputs.triggers, news.triggers)) return "replace";
    return sameValue(old.inputs, news) ? "same" : "update";
  },
  create: async (news) => {
    world.hosts[(news.connection as { host: ServerName }).host].install(world.files);
    return { id: `copy-${randomUUID()}`, outputs: {} };
  },
  update: async (_old, news) => {
    world.hosts[(news.connection as { host: ServerName }).host].install(world.files);
    return {};
  },
  remove: async () => undefined,
  planned: () => ({}),
});

export function makeProviders(world: World): Record<string, Provider> & Record<"application", EntraProvider> {
  return {
    application: new EntraProvider(world, new Application()),
    principal: new EntraProvider(world, new ServicePrincipal()),
    assignment: new EntraProvider(world, new AppRoleAssignment()),
    credential: new EntraProvider(world, new ApplicationCertificate()),
    server: serverProvider,
    program: programProvider(world),
    command: new CommandProvider(world),
  };
}
