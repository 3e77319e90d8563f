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
  OTHER_APP_ID,
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
  it("findings in a run's log must be those of the newest generation, because state is not available", async () => {
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

  it("findings in a run's log must include a broken program, but not another complete one", async () => {
    const whole = await later((facts) => void (facts.program.sha256 = OTHER_SHA256));
    const broken = await later((facts) => void (facts.program = { sha256: null, problem: "a changed file" }));
    assert.deepEqual(findingsOf(whole), []);
    assert.deepEqual(
      findingsOf(broken).map(({ code }) => code),
      ["program-changed"],
    );
  });

  it("a run's log must have no findings if host or application was not observed", async () => {
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

describe("an observation without state", () => {
  const code = (inputs: ServerInputs) => assessed(inputs).problem?.code ?? null;

  it("an observation without state must report nothing on a healthy server, even if something would block work", async () => {
    assert.equal(code(await later()), null);
    assert.equal(code(await later((facts) => void (facts.scheduler.SchedulerSuspended = true))), null);
  });

  it("an observation without state must give the reason why host or tenant cannot be observed", async () => {
    const { facts } = await healthy();
    const tenant = { application: null, problem: null };
    assert.equal(code(serverInputs({ host: { facts: null, problem: problem() }, tenant })), "HOST_UNREACHABLE");
    const dark = { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) };
    assert.equal(code(serverInputs({ host: { facts, problem: null }, tenant: dark })), "GRAPH_FORBIDDEN");
  });

  it("an observation without state must report what blocks an onboarding", async () => {
    const facts = await untouched();
    assert.equal(code(serverInputs(observation(facts, null))), null);
    facts.tpm!.present = false;
    assert.equal(code(serverInputs(observation(facts, null))), "TPM_MISSING");
  });

  it("an observation without state must not refuse a software key, as a rotation may be due that only state knows", async () => {
    const inputs = await later((facts) => {
      Object.assign(facts.certificates[0], {
        keyProvider: "Microsoft Software Key Storage Provider",
        keyInHardware: false,
      });
      facts.connector.appId = OTHER_APP_ID;
    });
    assert.equal(code(inputs), null);
  });

  it("a TPM about which Windows says nothing must block no onboarding: the key that is made decides", async () => {
    const facts = await untouched();
    facts.tpm = null;
    assert.equal(code(serverInputs(observation(facts, null))), null);
  });

  it("the first run must report the same obstacles: a preview must not stop what up would do", async () => {
    const breaks: ((facts: HostObservation) => void)[] = [
      (facts) => void (facts.tpm!.present = false),
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
