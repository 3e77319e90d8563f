/**
 * The rules of SyncServer as the dynamic provider calls them, over long series of runs. What is not proven here: that
 * the engine calls them in this order (end-to-end tests do).
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { check, create, diff, update } from "../../components/sync-server-rules";
import type { HostCertificateFacts } from "../../model/protocol/host-protocol";
import type { Observation } from "../../model/server/observation";
import type { ServerState } from "../../model/server/server-facts";
import type { ServerInputs } from "../../model/server/server-state";
import { generationFacts } from "../helpers/certificates";
import { FINDING_CASES, type Change } from "../helpers/finding-cases";
import { application, healthy, hostFacts, IDENTITY, observation, problem, serverInputs } from "../helpers/observations";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const RUNS = 12;

/** Changes of a server; those of the declaration are another matter. */
const changes = Object.values(FINDING_CASES)
  .flatMap((cases) => Object.entries(cases))
  .filter(([what]) => !/declared/.test(what));

/** One run: what is broken before it, whether host and tenant can be seen, whether something is in the way. */
interface Run {
  broken: [string, Change][];
  seen: { host: boolean; tenant: boolean };
  suspended: boolean;
}

const run: fc.Arbitrary<Run> = fc.record({
  broken: fc.subarray(changes, { maxLength: 4 }),
  seen: fc.record({ host: fc.boolean(), tenant: fc.boolean() }),
  suspended: fc.boolean(),
});
const lucky: fc.Arbitrary<Run> = run.map((one) => ({ ...one, seen: { host: true, tenant: true }, suspended: false }));

describe("SyncServer", () => {
  let certificates: HostCertificateFacts[] = [];

  before(async () => {
    const generations = Array.from({ length: RUNS + 2 }, (_, index) => index + 1);
    certificates = await Promise.all(generations.map((generation) => generationFacts(IDENTITY, generation)));
  });

  /** The inputs of a run of a server that earlier runs brought to a generation. */
  function inputsOf({ broken, seen, suspended }: Run, generation: number): ServerInputs {
    const certificate = structuredClone(certificates[generation - 1]);
    const server: Parameters<Change>[0] = {
      certificate,
      facts: hostFacts(certificate),
      application: application(certificate),
    };
    server.facts.scheduler.SchedulerSuspended = suspended;
    for (const [, change] of broken) change(server);
    const observed: Observation = {
      host: seen.host ? { facts: server.facts, problem: null } : { facts: null, problem: problem() },
      tenant: seen.tenant
        ? { application: server.gone ? null : server.application, problem: null }
        : { application: null, problem: problem({ code: "GRAPH_UNAVAILABLE" }) },
      named: server.named,
    };
    return serverInputs(observed);
  }

  const healthyRun: Run = { broken: [], seen: { host: true, tenant: true }, suspended: false };
  const checked = (olds: unknown, news: ServerInputs) => check(olds, news).inputs as ServerState;

  it("SyncServer must not change because of the text by which the SDK finds its rules", () => {
    const news = { ...inputsOf(healthyRun, 1), __provider: "now" };
    const old = { ...checked(undefined, news), __provider: "before" };
    assert.equal(diff(old, { ...checked(old, news), __provider: "now" } as ServerState).changes, false);
  });

  /** What state holds after a run: inputs and outputs, both as before where the run stopped. */
  interface Held {
    inputs: ServerState;
    outputs: ServerState;
  }

  function act(held: Held | undefined, inputs: ServerState): Held | undefined {
    if (held && !diff(held.outputs, inputs).changes) return held;
    try {
      const outputs = held ? update(inputs).outs : create(inputs).outs;
      return { inputs, outputs: outputs as ServerState };
    } catch {
      return held;
    }
  }

  const generationOf = (held: Held | undefined) => held?.inputs.certificateGeneration ?? 1;

  it("a counter of SyncServer must never fall, or rise by more than one in a run", () => {
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: RUNS }), (runs) => {
        let held: Held | undefined;
        for (const one of runs) {
          const inputs = checked(held?.inputs, inputsOf(one, generationOf(held)));
          if (held) {
            for (const name of ["certificateGeneration", "registrationRevision", "programRevision"] as const) {
              const moved = inputs[name] - held.inputs[name];
              assert.ok(moved === 0 || moved === 1, `${name} moved by ${moved}`);
            }
          }
          held = act(held, inputs);
        }
      }),
    );
  });

  it("a counter of SyncServer must not move together with an error", () => {
    fc.assert(
      fc.property(fc.array(run, { minLength: 2, maxLength: RUNS }), (runs) => {
        let held: Held | undefined;
        for (const one of runs) {
          const inputs = checked(held?.inputs, inputsOf(one, generationOf(held)));
          if (held && inputs.problem !== "") {
            const { certificateGeneration, registrationRevision, programRevision } = held.inputs;
            assert.deepEqual(
              [inputs.certificateGeneration, inputs.registrationRevision, inputs.programRevision],
              [certificateGeneration, registrationRevision, programRevision],
            );
          }
          held = act(held, inputs);
        }
      }),
    );
  });

  it("SyncServer must show no change on a healthy server, whatever was found and fixed before", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(run, lucky), { maxLength: RUNS }), (runs) => {
        let held = act(undefined, checked(undefined, inputsOf(healthyRun, 1)));
        for (const one of runs) held = act(held, checked(held?.inputs, inputsOf(one, generationOf(held))));
        assert.ok(held);
        const inputs = checked(held.inputs, inputsOf(healthyRun, generationOf(held)));
        assert.equal(diff(held.outputs, inputs).changes, false);
        assert.deepEqual([inputs.findings, inputs.problem], [[], ""]);
      }),
    );
  });

  it("SyncServer must show a change exactly if there is a finding, an obstacle or a changed declaration", () => {
    fc.assert(
      fc.property(run, (one) => {
        const held = act(undefined, checked(undefined, inputsOf(healthyRun, 1)));
        assert.ok(held);
        const inputs = checked(held.inputs, inputsOf(one, 1));
        const something = inputs.findings.length > 0 || inputs.problem !== "";
        assert.equal(diff(held.outputs, inputs).changes, something);
        assert.equal(something, one.broken.length > 0 || !one.seen.host || !one.seen.tenant);
      }),
    );
  });

  it("check and diff of SyncServer must not modify their inputs, and must give the same result twice", () => {
    fc.assert(
      fc.property(run, run, (first, second) => {
        const old = checked(undefined, inputsOf(first, 1));
        const inputs = inputsOf(second, 1);
        const before = structuredClone({ old, inputs });
        const answers = [check(old, inputs), check(old, inputs)];
        const [state] = answers.map((answer) => answer.inputs as ServerState);
        assert.deepEqual(answers[0], answers[1]);
        assert.deepEqual([diff(old, state), diff(old, state)], [diff(old, state), diff(old, state)]);
        if (state.problem === "") assert.deepEqual(update(state), update(state));
        assert.deepEqual({ old, inputs }, before);
      }),
    );
  });

  it("the outputs of SyncServer must not repeat findings that were fixed", async () => {
    const { facts, application: seen } = await healthy();
    facts.passwordWriteback = true;
    const inputs = checked(undefined, serverInputs(observation(facts, seen)));
    assert.equal(inputs.findings.length, 1);
    assert.deepEqual(create(inputs).outs?.findings, []);
    assert.deepEqual(update(inputs).outs?.findings, []);
  });

  it("SyncServer must fail with the sentence of the error, so that no dependent resource begins", () => {
    const inputs = checked(undefined, inputsOf({ ...healthyRun, seen: { host: false, tenant: true } }, 1));
    assert.throws(() => create(inputs), /sync01: connection\.host: expected .+ \[HOST_UNREACHABLE\]/);
    assert.throws(() => update(inputs), /\[HOST_UNREACHABLE\]/);
  });

  it("the id of SyncServer must be stack and server", () => {
    assert.equal(create(checked(undefined, inputsOf(healthyRun, 1))).id, "dev/sync01");
  });

  it("SyncServer must treat old inputs without stored counters as none", () => {
    for (const olds of [undefined, {}, { certificateGeneration: UNKNOWN }]) {
      assert.equal(checked(olds, inputsOf(healthyRun, 3)).certificateGeneration, 3);
    }
  });

  it("SyncServer must refuse an unknown observation instead of planning without it", () => {
    const inputs = { ...inputsOf(healthyRun, 1), observation: UNKNOWN as unknown as Observation };
    assert.throws(() => check(undefined, inputs), /sync01: the observation is unknown/);
  });
});
