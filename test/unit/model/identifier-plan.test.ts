/** Which steps make a clone a machine of its own, and that a run which was killed at any of them is continued. */
import assert from "node:assert/strict";
import { runSequence, stepLine } from "../../../cli/machine/reset-machine-identifier";
import {
  identifierPlan,
  identifierRefusal,
  type IdentifierStep,
  type PlannedServer,
} from "../../../model/fleet/identifier-plan";
import type { ConnectorFacts } from "../../../model/protocol/host-protocol";

const SHARED = "0123456789abcdef0123456789abcdef";
const FIRST = "11111111-1111-4111-8111-111111111111";
const SECOND = "22222222-2222-4222-8222-222222222222";
const PRODUCT = "33333333-3333-4333-8333-333333333333";

const onApplication = (appId: string): ConnectorFacts => ({
  ...{ name: "contoso - AAD", identityType: "Application", userName: `{${appId}}@contoso.com`, appId },
  ...{ certificateSha256: "a".repeat(64) },
  parameters: { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null },
});
const onAccount = (name: string): ConnectorFacts => ({
  ...onApplication(FIRST),
  ...{ identityType: "ServiceAccount", userName: `${name}@contoso.com`, appId: null, certificateSha256: null },
});

/** The original and its clone, with what their connectors use. */
function fleet(first: ConnectorFacts, second: ConnectorFacts, identifiers = [SHARED, SHARED]): PlannedServer[] {
  return [first, second].map((connector, index) => {
    const server = `sync0${index + 1}`;
    const host = {
      ...{ computerName: server.toUpperCase(), connector, machineIdentifier: identifiers[index] },
      legacyAccountName: `Sync_SYNC0${index + 1}_${identifiers[index].slice(0, 12)}`,
    };
    return { server, host, ownAppId: [FIRST, SECOND][index] };
  });
}

/** What a step does to the servers. */
function done(servers: PlannedServer[], step: IdentifierStep): PlannedServer[] {
  return servers.map((one) => {
    if (one.server !== step.server) return one;
    const change =
      step.kind === "reset"
        ? { machineIdentifier: "f".repeat(32) }
        : { connector: onAccount(one.host.legacyAccountName!) };
    return { ...one, host: { ...one.host, ...change } };
  });
}

const short = (steps: IdentifierStep[]) => steps.map(({ kind, server }) => `${kind} ${server}`);

const CASES: Record<string, { servers: () => PlannedServer[]; steps: string[] }> = {
  "a clone that uses the application of the original": {
    servers: () => fleet(onApplication(FIRST), onApplication(FIRST)),
    steps: ["reset sync02", "rollback sync02"],
  },
  "an original that uses the application of the clone": {
    servers: () => fleet(onApplication(SECOND), onApplication(SECOND)),
    steps: ["rollback sync01", "reset sync02"],
  },
  "servers that use each other's application": {
    servers: () => fleet(onApplication(SECOND), onApplication(FIRST)),
    steps: ["rollback sync01", "reset sync02", "rollback sync02"],
  },
  // The next up moves each to its own.
  "servers that share an application of the product": {
    servers: () => fleet(onApplication(PRODUCT), onApplication(PRODUCT)),
    steps: ["reset sync02"],
  },
  "servers that share a password account": {
    servers: () => fleet(onAccount("Sync_SYNC01_0123456789ab"), onAccount("Sync_SYNC01_0123456789ab")),
    steps: ["reset sync02"],
  },
  "servers that share nothing": {
    servers: () => fleet(onApplication(FIRST), onApplication(SECOND), [SHARED, "e".repeat(32)]),
    steps: [],
  },
};

describe("the sequence that makes a clone a machine of its own", () => {
  for (const [what, { servers, steps }] of Object.entries(CASES)) {
    it(`must be ${steps.join(", ") || "empty"} for ${what}`, () => {
      assert.deepEqual(short(identifierPlan("sync02", servers())), steps);
    });

    for (let killed = 0; killed < steps.length * 2; killed += 1) {
      const at = `${killed % 2 === 0 ? "before" : "after"} step ${Math.floor(killed / 2) + 1}`;
      it(`must be continued by the next run for ${what}, if it was killed ${at}`, async () => {
        let world = servers();
        let calls = 0;
        const see = async () => world;
        const killedRun = async (step: IdentifierStep) => {
          if (calls++ === killed) throw new Error("killed");
          world = done(world, step);
          if (calls++ === killed) throw new Error("killed");
        };
        await assert.rejects(runSequence("sync02", identifierPlan("sync02", world), { see, act: killedRun }), /killed/);
        const act = async (step: IdentifierStep) => void (world = done(world, step));
        const after = await runSequence("sync02", identifierPlan("sync02", world), { see, act });
        assert.deepEqual(identifierPlan("sync02", after), []);
        assert.notEqual(world[0].host.machineIdentifier, world[1].host.machineIdentifier);
        assert.equal(world[0].host.machineIdentifier, SHARED, "the original keeps its identifier");
      });
    }
  }

  it("must not count as done while a step had no effect", async () => {
    const servers = fleet(onApplication(FIRST), onApplication(FIRST));
    const nothing = { see: async () => servers, act: async () => undefined };
    await assert.rejects(runSequence("sync02", identifierPlan("sync02", servers), nothing), /sync02: still to be done/);
  });

  it("must compare identifiers and applications regardless of case", () => {
    const servers = fleet(onApplication(FIRST.toUpperCase()), onApplication(FIRST.toUpperCase()), [
      SHARED.toUpperCase(),
      SHARED,
    ]);
    assert.deepEqual(short(identifierPlan("sync02", servers)), ["reset sync02", "rollback sync02"]);
  });

  it("must say for each step what is paused", () => {
    const steps = identifierPlan("sync02", fleet(onApplication(FIRST), onApplication(FIRST)));
    for (const step of steps) assert.match(stepLine(step), /^sync02: pause the scheduler, .*, resume$/);
  });

  it("must be refused for one machine under two names, and for an identifier that was not read", () => {
    const servers = fleet(onApplication(FIRST), onApplication(FIRST));
    assert.equal(identifierRefusal("sync02", servers), null);
    servers[1].host.computerName = "sync01";
    assert.equal(identifierRefusal("sync02", servers)?.code, "MACHINE_DECLARED_TWICE");
    servers[1].host.machineIdentifier = null;
    assert.equal(identifierRefusal("sync02", servers)?.code, "MACHINE_IDENTIFIER_UNREAD");
  });
});
