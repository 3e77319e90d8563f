/** What commands and drift alarms read of a state in which all servers are in one component, as programs in other languages have it. */
import assert from "node:assert/strict";
import { makeImportFile } from "../../../cli/adopt/adopt-import-file";
import type { AdoptionPlan } from "../../../cli/adopt/adopt-plan";
import { hasResource, resourceUrns } from "../../../cli/adopt/adopt-resources";
import { withoutServer } from "../../../cli/leave/leave-abandon";
import { parsePreview } from "../../../cli/pipeline/preview-output";
import { readPreview } from "../../../cli/pipeline/preview-report";
import { partOf } from "../../../cli/pipeline/resource-names";
import type { StateResource } from "../../../cli/stack/stack-context";
import { resourcesOf, serversIn, stateOfServer } from "../../../cli/stack/stack-server";
import { leavingServers, remembered, rememberedPrincipals } from "../../../cli/stack/state-memory";
import { isComponentType } from "../../../model/resources/resource-types";

const OWN = "connect-sync-identity:index";
const ALL = `urn:pulumi:dev::p::${OWN}:SyncIdentities`;

function stateOf(...servers: string[]): StateResource[] {
  const root = { urn: `${ALL}::sync`, type: `${OWN}:SyncIdentities`, custom: false };
  const below = (type: string, name: string, parent: string, rest: Partial<StateResource> = {}): StateResource => {
    const urn = `${parent.slice(0, parent.lastIndexOf("::"))}$${type}::${name}`;
    return { urn, type, custom: true, parent, ...rest };
  };
  const ofServer = (server: string) => {
    const identity = below(`${OWN}:ConnectSyncIdentity`, server, root.urn);
    const entra = below(`${OWN}:EntraApplication`, server, identity.urn);
    const memory = { server, appId: `app of ${server}`, certificateGeneration: 2 };
    return [
      identity,
      entra,
      below("azuread:index/application:Application", `${server}-application`, entra.urn, { id: "/applications/o" }),
      below(`${OWN}:SyncServer`, `${server}-server`, identity.urn, { inputs: memory, outputs: memory }),
      below(`${OWN}:CredentialGuard`, `${server}-guard`, identity.urn, { inputs: { keys: [`key of ${server}`] } }),
      below("command:remote:Command", `${server}-registration`, identity.urn),
    ];
  };
  const guard = below(`${OWN}:SyncRoleGuard`, "sync-role-guard", root.urn, { inputs: { principals: ["p"], used: [] } });
  return [root, ...servers.flatMap(ofServer), guard];
}

const state = stateOf("sync01", "sync02");
const named = { stack: "dev", project: "p", server: { name: "sync01" }, state };

describe("a state with all servers in one component", () => {
  it("each server must be found with all below it, and not the component of all", () => {
    assert.deepEqual(serversIn(state), ["sync01", "sync02"]);
    const own = resourcesOf("sync01", state);
    assert.equal(own.length, 6);
    assert.ok(own.every(({ urn }) => /::sync01/.test(urn)));
  });

  it("a server's memory and the guards must be found under the provider's types", () => {
    assert.deepEqual(stateOfServer(resourcesOf("sync02", state)), {
      appId: "app of sync02",
      generation: 2,
      managed: false,
    });
    assert.deepEqual(remembered(state, "sync01", null).keys, ["key of sync01"]);
    assert.deepEqual(rememberedPrincipals(state), ["p"]);
    assert.deepEqual(leavingServers(state, [{ name: "sync02", renamedFrom: null }]), ["sync01"]);
  });

  it("a server that is abandoned must leave the others and the component", () => {
    assert.deepEqual(
      withoutServer("sync01", state).map(({ urn }) => urn),
      stateOf("sync02").map(({ urn }) => urn),
    );
  });

  it("a step of a preview must belong to its server, as the part that it is", () => {
    const parts = state.map(({ urn, type }) => partOf({ urn, type, name: urn.split("::").at(-1)! }));
    const of = (server: string) =>
      [null, null, "application", "server", "guard", "registration"].map((part) => ({ server, part }));
    const none = { server: null, part: null };
    assert.deepEqual(parts, [none, ...of("sync01"), ...of("sync02"), none]);
  });

  it("the own kinds must be read as resources, and the component of all as no subject of a comment", () => {
    assert.deepEqual(state.filter(({ type }) => isComponentType(type)).length, 5);
    const steps = state.map(({ urn }) => ({ op: "create", urn, newState: { type: "" } }));
    const { steps: read } = parsePreview(JSON.stringify({ steps }))!;
    assert.equal(
      read.find(({ name }) => name === "sync01-server")!.type,
      "pulumi-nodejs:dynamic/connect-sync-identity:SyncServer",
    );
    const { subjects } = readPreview(JSON.stringify({ steps }), 0);
    const counts = Object.fromEntries(subjects.map(({ name, steps: own }) => [name, own.length]));
    assert.deepEqual(counts, { sync01: 6, sync02: 6, tenant: 1 });
  });

  it("an adoption must name resources where the component has them, and where a TypeScript program has them if there is none", () => {
    const within = resourceUrns(named);
    assert.equal(within.identity, `${ALL}$${OWN}:ConnectSyncIdentity::sync01`);
    assert.ok(hasResource(state, within.application));
    const alone = resourceUrns({ ...named, state: [] });
    assert.equal(alone.identity, `urn:pulumi:dev::p::${OWN}:ConnectSyncIdentity::sync01`);
    assert.ok(hasResource(state, alone.application), "a resource is the same one wherever a program has it");
  });

  it("an import into such a state must put a new server into the component", () => {
    const plan = {
      server: "sync03",
      application: { objectId: "o", principal: null },
      assignments: [],
      certificate: null,
    };
    const urns = resourceUrns({ ...named, server: { name: "sync03" } });
    const file = makeImportFile(plan as unknown as AdoptionPlan, urns, (urn) => hasResource(state, urn), "6.9.1");
    assert.deepEqual(file.nameTable, { "all-servers": `${ALL}::sync` });
    assert.equal(file.resources[0].parent, "all-servers");
    const plain = resourceUrns({ ...named, state: [], server: { name: "sync03" } });
    assert.deepEqual(makeImportFile(plan as unknown as AdoptionPlan, plain, () => false, "6.9.1").nameTable, {});
  });
});
