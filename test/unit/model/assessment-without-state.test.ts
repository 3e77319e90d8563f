import assert from "node:assert/strict";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { nextState, type ServerInputs } from "../../../model/server/server-state";
import { assessServer } from "../../../model/server/assessment";
import { generationFacts } from "../../helpers/certificates";
import {
  application,
  healthy,
  hostFacts,
  IDENTITY,
  observation,
  OTHER_SHA256,
  problem,
  serverInputs,
  untouched,
} from "../../helpers/observations";

/** Inputs of a run on a server that was changed. */
async function later(change: (facts: HostObservation) => void = () => undefined): Promise<ServerInputs> {
  const { facts, application: seen } = await healthy();
  change(facts);
  return serverInputs(observation(facts, seen));
}

/** As a reader assesses a server who has no state. */
const assessed = ({ observation, ...declaration }: ServerInputs) =>
  assessServer({ declaration, observation, memory: undefined });
const findingsOf = (inputs: ServerInputs) => assessed(inputs).findings;

describe("the findings of a run's log", () => {
  it("must be those of the newest generation, as state is not at hand", async () => {
    const [one, two] = [await generationFacts(IDENTITY, 1), await generationFacts(IDENTITY, 2)];
    const facts = hostFacts(two, { certificates: [{ ...one, keyUsable: false }, two] });
    assert.deepEqual(findingsOf(serverInputs(observation(facts, application(one, two)))), []);
    facts.certificates[1] = { ...two, keyUsable: false };
    const found = findingsOf(serverInputs(observation(facts, application(one, two))));
    assert.deepEqual(
      found.map(({ code }) => code),
      ["key-unusable"],
    );
  });

  it("must tell a program that is broken, and not one that is another whole one", async () => {
    const whole = await later((facts) => void (facts.program.sha256 = OTHER_SHA256));
    const broken = await later((facts) => void (facts.program = { sha256: null, problem: "a changed file" }));
    assert.deepEqual(findingsOf(whole), []);
    assert.deepEqual(
      findingsOf(broken).map(({ code }) => code),
      ["program-changed"],
    );
  });

  it("must be none where host or application was not seen", async () => {
    const { facts, application: seen } = await healthy();
    const tenant = { application: seen, problem: null };
    assert.deepEqual(findingsOf(serverInputs({ host: { facts: null, problem: problem() }, tenant })), []);
    assert.deepEqual(findingsOf(serverInputs(observation(facts, null))), []);
    // What concerns the server alone needs no application.
    facts.passwordWriteback = true;
    const alone = findingsOf(serverInputs(observation(facts, null)));
    assert.deepEqual(
      alone.map(({ code }) => code),
      ["writeback-undeclared"],
    );
  });
});

describe("what an observation tells without state", () => {
  const code = (inputs: ServerInputs) => assessed(inputs).problem?.code ?? null;

  it("must be nothing on a healthy server, even where work would be in the way of something", async () => {
    assert.equal(code(await later()), null);
    assert.equal(code(await later((facts) => void (facts.scheduler.SchedulerSuspended = true))), null);
  });

  it("must be why host or tenant cannot be seen", async () => {
    const { facts } = await healthy();
    const tenant = { application: null, problem: null };
    assert.equal(code(serverInputs({ host: { facts: null, problem: problem() }, tenant })), "HOST_UNREACHABLE");
    const dark = { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) };
    assert.equal(code(serverInputs({ host: { facts, problem: null }, tenant: dark })), "GRAPH_FORBIDDEN");
  });

  it("must be what stands in the way of onboarding", async () => {
    const facts = await untouched();
    assert.equal(code(serverInputs(observation(facts, null))), null);
    facts.tpm.present = false;
    assert.equal(code(serverInputs(observation(facts, null))), "TPM_MISSING");
  });

  it("must be told by the first run as well: a preview may not stop what up would do", async () => {
    const breaks: ((facts: HostObservation) => void)[] = [
      (facts) => void (facts.tpm.ready = false),
      (facts) => void (facts.scheduler.SchedulerSuspended = true),
      (facts) => void (facts.service.status = "Stopped"),
      (facts) => void (facts.product.version = "2.5.3.0"),
    ];
    for (const change of breaks) {
      const facts = await untouched();
      change(facts);
      const inputs = serverInputs(observation(facts, null));
      const told = assessed(inputs).problem;
      assert.ok(told);
      assert.equal(nextState(undefined, inputs).problem, formatDiagnostic(told));
    }
  });
});
