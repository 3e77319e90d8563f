/** The graph of the random sequences against the components' own: what they check must not be a graph of their own. */
import assert from "node:assert/strict";
import { declarationOf, declare } from "../sequences/declaration";
import type { Declared } from "../sequences/engine";
import { makeFolder } from "../sequences/play";
import { makeProviders } from "../sequences/providers";
import type { Properties } from "../sequences/state";
import { World } from "../sequences/world";
import { identity, recordIdentity } from "../helpers/identity-recorder";
import { observation, untouched } from "../helpers/observations";
import type { Registered } from "../helpers/pulumi-recorder";
import { check } from "../../components/sync-server-rules";

/** Resources that the sequences leave out, as their page says. */
const LEFT_OUT = ["sync01-guard", "sync02-guard"];

describe("the graph of the random sequences", () => {
  let world: World;
  let nodes: Declared[];
  let recorded: Registered[];
  before(async () => {
    world = await World.make(makeFolder());
    const seen = new Map<string, ReturnType<typeof observation>>();
    for (const name of ["sync01", "sync02"]) seen.set(name, observation(await untouched(), null));
    const servers = [declarationOf("sync01"), declarationOf("sync02")];
    nodes = declare(world, servers, seen, makeProviders(world), false);
    const { resources } = await recordIdentity({
      program: (tenant) => {
        const staging = identity(tenant, "sync02", { role: "staging" });
        return identity(tenant, "sync01", { switchAfter: [staging] });
      },
    });
    // Components have the server's own name, and no inputs.
    recorded = resources.filter(({ name }) => name.includes("-") && !LEFT_OUT.includes(name));
  });
  after(() => world.dispose());

  const ofName = (name: string) => recorded.find((resource) => resource.name === name)!;

  it("the graph of the random sequences must have exactly the components' resources", () => {
    assert.deepEqual(nodes.map(({ name }) => name).sort(), recorded.map(({ name }) => name).sort());
  });

  it("the graph of the random sequences must have the components' dependencies", () => {
    for (const { name, dependsOn } of nodes) assert.deepEqual([...dependsOn].sort(), ofName(name).dependsOn, name);
  });

  it("the graph of the random sequences must run the components' commands, and replace on the components' triggers", () => {
    const memory = (node: Declared): Properties => {
      const inputs = node.inputs(() => ({})) as unknown as Parameters<typeof check>[1];
      return check(undefined, inputs).inputs as unknown as Properties;
    };
    const servers = new Map(nodes.filter(({ kind }) => kind === "server").map((node) => [node.name, memory(node)]));
    for (const node of nodes.filter(({ kind }) => kind === "command" || kind === "program")) {
      const inputs = node.inputs((name) => servers.get(name) ?? {});
      const { create, delete: removal, triggers = [] } = ofName(node.name).inputs as Properties;
      assert.equal(inputs.create, create, node.name);
      assert.equal(inputs.delete, removal, node.name);
      assert.equal((inputs.triggers as unknown[]).length, (triggers as unknown[]).length, node.name);
    }
  });
});
