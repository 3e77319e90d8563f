import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import type { ServerState } from "../../../model/server/server-facts";
import { changedProperties, nextState, type ServerInputs } from "../../../model/server/server-state";
import type { HostObservation } from "../../../model/protocol/host-protocol";
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

/** The engine's stand-in for a value that a preview does not know. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What an earlier, healthy run left in state. */
async function remembered(changes: Partial<ServerState> = {}): Promise<ServerState> {
  const { facts, application: seen } = await healthy();
  return { ...nextState(undefined, serverInputs(observation(facts, seen))), findings: [], ...changes };
}

/** Inputs of a later run on a server that was changed. */
async function later(change: (facts: HostObservation) => void = () => undefined): Promise<ServerInputs> {
  const { facts, application: seen } = await healthy();
  change(facts);
  return serverInputs(observation(facts, seen));
}

const counters = ({ certificateGeneration, registrationRevision, programRevision }: ServerState) => [
  certificateGeneration,
  registrationRevision,
  programRevision,
];

describe("a server's first run", () => {
  it("a first run must start all counters at 1 without a finding", async () => {
    const state = nextState(undefined, serverInputs(observation(await untouched(), null)));
    assert.deepEqual(counters(state), [1, 1, 1]);
    assert.deepEqual([state.findings, state.problem], [[], ""]);
  });

  it("a first run must start although the application's id is not known yet", async () => {
    const inputs = serverInputs(observation(await untouched(), null), { appId: UNKNOWN });
    const state = nextState(undefined, inputs);
    assert.deepEqual(counters(state), [1, 1, 1]);
    assert.deepEqual([state.findings, state.problem, state.appId], [[], "", UNKNOWN]);
  });

  it("a key that is not in the TPM must be replaced for a new application, as for one that is there", async () => {
    const old = await remembered();
    const { facts } = await healthy();
    const [certificate] = facts.certificates;
    Object.assign(certificate, { keyProvider: "Microsoft Software Key Storage Provider", keyInHardware: false });
    const state = nextState(old, serverInputs(observation(facts, null), { appId: UNKNOWN }));
    assert.deepEqual([state.problem, state.certificateGeneration], ["", 2]);
    assert.match(state.findings.join(), /key-not-in-tpm/);
  });

  it("a first run must stop with the adoption command instead of creating a second application", async () => {
    const facts = await untouched();
    const state = nextState(undefined, serverInputs(observation(facts, application()), { appId: UNKNOWN }));
    assert.match(state.problem, /npx connect-sync-identity adopt sync01 --stack dev \[/);
    assert.match(state.problem, /\[APPLICATION_UNKNOWN\]$/);
  });

  it("a first run must adopt the newest generation of host and Entra if state was lost", async () => {
    const four = await generationFacts(IDENTITY, 4);
    const state = nextState(undefined, serverInputs(observation(hostFacts(four), application(four))));
    assert.deepEqual(counters(state), [4, 1, 1]);
    assert.deepEqual([state.findings, state.problem], [[], ""]);
  });

  it("a first run must adopt a generation that only Entra has, so that its label is not used twice", async () => {
    const four = await generationFacts(IDENTITY, 4);
    const state = nextState(undefined, serverInputs(observation(await untouched(), application(four))));
    assert.equal(state.certificateGeneration, 4);
  });

  it("a first run must raise no counter for a finding: nothing was requested before", async () => {
    const state = nextState(undefined, await later((facts) => void (facts.connector.certificateSha256 = OTHER_SHA256)));
    assert.deepEqual([counters(state), state.findings.length], [[1, 1, 1], 1]);
  });

  it("a first run must not store the observation", async () => {
    const state = nextState(undefined, serverInputs(observation(await untouched(), null)));
    assert.equal("observation" in state, false);
    assert.ok(JSON.stringify(state).length < 1500, "state stays small");
  });

  for (const [what, change, code] of [
    ["the product is too old", { product: { version: "2.5.3.0" } }, "VERSION_TOO_OLD"],
    ["the service is stopped", { service: { status: "Stopped" } }, "SERVICE_STOPPED"],
    ["there is no TPM", { tpm: { present: false, ready: false, specVersion: null } }, "TPM_MISSING"],
    [".NET Framework is too old", { powershell: { dotnetRelease: 394802 } }, "DOTNET_TOO_OLD"],
    ["the scheduler is suspended", { scheduler: { SchedulerSuspended: true } }, "SCHEDULER_SUSPENDED"],
  ] as const) {
    it(`a first run must stop if ${what}`, async () => {
      const facts = await untouched();
      for (const [name, values] of Object.entries(change)) Object.assign(facts[name as "product"], values);
      const state = nextState(undefined, serverInputs(observation(facts, null)));
      assert.match(state.problem, new RegExp(`^sync01: .+: expected .+, found .+\\. .+ \\[${code}\\]$`));
    });
  }

  for (const [what, change] of [
    ["a TPM that Windows calls not ready", { tpm: { present: true, ready: false, specVersion: "2.0" } }],
    ["the first .NET Framework that suffices", { powershell: { dotnetRelease: 461808 } }],
    ["a .NET Framework that is not known", { powershell: { dotnetRelease: null } }],
  ] as const) {
    it(`a first run must not stop for ${what}`, async () => {
      const facts = await untouched();
      for (const [name, values] of Object.entries(change)) Object.assign(facts[name as "product"], values);
      assert.equal(nextState(undefined, serverInputs(observation(facts, null))).problem, "");
    });
  }

  it("a first run must not require a TPM if an HSM is declared", async () => {
    const facts = await untouched();
    facts.tpm = { present: false, ready: false, specVersion: null };
    const certificate = { ...CERTIFICATE_DEFAULTS, keyProvider: "An HSM's Key Storage Provider" };
    assert.equal(nextState(undefined, serverInputs(observation(facts, null), { certificate })).problem, "");
  });

  it("a first run must compare the version with the declared minimum, including the minimum itself", async () => {
    const facts = await untouched();
    const run = (minimumVersion: string) =>
      nextState(undefined, serverInputs(observation(facts, null), { minimumVersion })).problem;
    assert.equal(run(facts.product.version), "");
    assert.match(run("2.6.84.1"), /VERSION_TOO_OLD/);
  });
});

describe("a later run", () => {
  it("a later run must change nothing on a healthy server", async () => {
    const old = await remembered();
    const next = nextState(old, await later());
    assert.deepEqual(changedProperties(old, next), []);
    assert.deepEqual(next, old);
  });

  for (const [what, change, moved] of [
    ["a new certificate", (facts: HostObservation) => void (facts.certificates = []), [2, 1, 1]],
    [
      "the registration again",
      (facts: HostObservation) => void (facts.connector.certificateSha256 = OTHER_SHA256),
      [1, 2, 1],
    ],
    ["the program again", (facts: HostObservation) => void (facts.program.sha256 = OTHER_SHA256), [1, 1, 2]],
    ["a person", (facts: HostObservation) => void (facts.passwordWriteback = true), [1, 1, 1]],
  ] as const) {
    it(`a later run must raise only the counter that fixes a finding, here ${what}, by one`, async () => {
      const old = await remembered();
      const next = nextState(old, await later(change));
      assert.deepEqual(counters(next), moved);
      assert.equal(next.findings.length, 1);
      assert.deepEqual(
        changedProperties(old, next).filter((name) => name !== "findings").length,
        moved.filter((counter) => counter === 2).length,
      );
    });
  }

  it("a later run must raise a counter once for several findings with one cure", async () => {
    const next = nextState(
      await remembered(),
      await later((facts) => {
        facts.certificates[0].acl = [];
        facts.connector.certificateSha256 = OTHER_SHA256;
      }),
    );
    assert.equal(next.findings.length, 2);
    assert.deepEqual(counters(next), [1, 2, 1]);
  });

  it("a later run must show a finding as a change even if nothing can be done about it", async () => {
    const old = await remembered();
    const next = nextState(old, await later((facts) => void (facts.passwordWriteback = true)));
    assert.deepEqual(changedProperties(old, next), ["findings"]);
  });

  it("a later run must not report another program as a finding if the declaration brings it", async () => {
    const old = await remembered();
    const release = { ...(await later()), programSha256: OTHER_SHA256 };
    const next = nextState(old, release);
    assert.deepEqual([next.findings, counters(next)], [[], [1, 1, 1]]);
    assert.deepEqual(changedProperties(old, next), ["programSha256"]);
  });

  it("a later run must continue if the id of its known application is about to change", async () => {
    const inputs = { ...(await later()), appId: UNKNOWN };
    assert.equal(nextState(await remembered(), inputs).problem, "");
  });

  it("a later run must stop if an unknown application carries the marker", async () => {
    const inputs = { ...(await later()), appId: UNKNOWN };
    assert.match(nextState(await remembered({ appId: OTHER_APP_ID }), inputs).problem, /\[APPLICATION_UNKNOWN\]$/);
  });

  it("a later run must show a declared change wherever it is", async () => {
    const old = await remembered();
    const inputs = await later();
    const changed = (changes: Partial<ServerInputs>) =>
      changedProperties(old, nextState(old, { ...inputs, ...changes }));
    // The server exports still.
    assert.deepEqual(changed({ role: "staging" }), ["role", "findings"]);
    assert.deepEqual(changed({ verify: "switch" }), ["verify"]);
    assert.deepEqual(changed({ hostKeyFingerprint: "SHA256:other" }), ["hostKeyFingerprint"]);
    assert.deepEqual(changed({ proxy: "jump@bastion:22 SHA256:a" }), ["proxy"]);
    const behind = { ...old, proxy: "jump@bastion:22 SHA256:a" };
    assert.deepEqual(changedProperties(behind, nextState(behind, inputs)), ["proxy"]);
    assert.deepEqual(changed({ certificate: { ...CERTIFICATE_DEFAULTS, rotateBefore: "160 days" } }), ["certificate"]);
  });

  it("a later run must not show another order of keys as a change", async () => {
    const old = await remembered();
    const certificate = Object.fromEntries(
      Object.entries(CERTIFICATE_DEFAULTS).reverse(),
    ) as typeof CERTIFICATE_DEFAULTS;
    assert.deepEqual(changedProperties(old, nextState(old, { ...(await later()), certificate })), []);
  });
});

describe("a blocked run", () => {
  const grown = { certificateGeneration: 3, registrationRevision: 4, programRevision: 5 };

  it("a run must keep the counters and give the reason if the host cannot be observed", async () => {
    const old = await remembered(grown);
    const { application: seen } = await healthy();
    const tenant = { application: seen, problem: null };
    const next = nextState(old, serverInputs({ host: { facts: null, problem: problem() }, tenant }));
    assert.deepEqual(counters(next), [3, 4, 5]);
    assert.match(next.problem, /ECONNREFUSED.*\[HOST_UNREACHABLE\]/);
    assert.deepEqual(changedProperties(old, next), ["problem"]);
  });

  it("a run must keep the counters and give the reason if the tenant cannot be observed", async () => {
    const { facts } = await healthy();
    const tenant = { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) };
    const next = nextState(await remembered(grown), serverInputs({ host: { facts, problem: null }, tenant }));
    assert.deepEqual(counters(next), [3, 4, 5]);
    assert.match(next.problem, /\[GRAPH_FORBIDDEN\]/);
  });

  it("a run must keep the counters and show the findings if something blocks the work", async () => {
    const inputs = await later((facts) => {
      facts.certificates = [];
      facts.scheduler.SchedulerSuspended = true;
    });
    const next = nextState(await remembered(), inputs);
    assert.deepEqual(counters(next), [1, 1, 1]);
    assert.equal(next.findings.length, 1);
    assert.match(next.problem, /\[SCHEDULER_SUSPENDED\]/);
  });

  it("a blocked run must keep the counter of a blocked registration", async () => {
    const inputs = await later((facts) => {
      facts.connector.certificateSha256 = OTHER_SHA256;
      facts.scheduler.SchedulerSuspended = true;
    });
    const next = nextState(await remembered(), inputs);
    assert.deepEqual([counters(next), next.findings.length], [[1, 1, 1], 1]);
    assert.match(next.problem, /\[SCHEDULER_SUSPENDED\]/);
  });

  it("a rotation on demand must require a TPM", async () => {
    const inputs = { ...(await later((facts) => void (facts.tpm!.present = false))), rotate: "now" };
    assert.match(nextState(await remembered(), inputs).problem, /\[TPM_MISSING\]/);
  });

  it("a run must report no error about a server without any work", async () => {
    const inputs = await later((facts) => {
      facts.scheduler.SchedulerSuspended = true;
      facts.service.status = "Stopped";
      facts.product.version = "2.5.3.0";
    });
    assert.equal(nextState(await remembered(), inputs).problem, "");
  });

  it("a run must report no error about a server on which only a person can act", async () => {
    const inputs = await later((facts) => {
      facts.scheduler.SchedulerSuspended = true;
      facts.passwordWriteback = true;
    });
    const next = nextState(await remembered(), inputs);
    assert.deepEqual([next.problem, next.findings.length], ["", 1]);
  });

  it("a run must not require a TPM if no key has to be created", async () => {
    const inputs = await later((facts) => {
      facts.tpm!.present = false;
      facts.connector.certificateSha256 = OTHER_SHA256;
    });
    assert.equal(nextState(await remembered(), inputs).problem, "");
  });

  it("a run must stop with the remedy if the application vanished from Entra", async () => {
    const { facts } = await healthy();
    const next = nextState(await remembered(grown), serverInputs(observation(facts, null)));
    assert.deepEqual(counters(next), [3, 4, 5]);
    assert.match(next.problem, /pulumi up --refresh.*\[APPLICATION_MISSING\]/);
    assert.match(next.findings.join("\n"), /application-missing/);
  });

  it("a run must not stop for a vanished application if another one is being created", async () => {
    const { facts } = await healthy();
    for (const appId of [UNKNOWN, OTHER_APP_ID]) {
      const next = nextState(await remembered(), serverInputs(observation(facts, null), { appId }));
      assert.deepEqual([next.problem, next.findings], ["", []]);
    }
  });

  it("a run must look for obstacles if another application has to be registered", async () => {
    const { facts } = await healthy();
    facts.scheduler.SchedulerSuspended = true;
    const next = nextState(await remembered(), serverInputs(observation(facts, null), { appId: UNKNOWN }));
    assert.match(next.problem, /SCHEDULER_SUSPENDED/);
  });
});

describe("consequences without an action", () => {
  it("a settled connection, or another text by which the SDK finds the rules, must not be a change", async () => {
    const next = nextState(await remembered(), await later());
    const old = { ...next, settling: 2, certificateReplacement: 7, __provider: "before" } as ServerState;
    assert.deepEqual(changedProperties(old, { ...next, __provider: "now" } as ServerState), []);
  });
});

describe("the return to health", () => {
  it("a return to health must not be a change after findings were fixed", async () => {
    const old = await remembered();
    const acted = {
      ...nextState(old, await later((facts) => void (facts.program.sha256 = OTHER_SHA256))),
      findings: [],
    };
    assert.deepEqual(changedProperties(acted, nextState(acted, await later())), []);
  });

  it("a return to health must not be a change after a server was unreachable", async () => {
    const old = await remembered({ problem: "sync01: ..." });
    assert.deepEqual(changedProperties(old, nextState(old, await later())), []);
  });
});
