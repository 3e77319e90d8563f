/** What moves a generation, what waits, and what is made again in place. */
import assert from "node:assert/strict";
import { rememberedCertificate } from "../../../model/certificate/certificate-state";
import type { HostObservation, KeyFault } from "../../../model/protocol/host-protocol";
import type { ServerIdentity } from "../../../model/server/labels";
import { revocationTag } from "../../../model/server/labels";
import type { ObservedApplication } from "../../../model/server/observation";
import type { ServerState } from "../../../model/server/server-facts";
import { changedProperties, nextState, type ServerInputs } from "../../../model/server/server-state";
import { assessServer } from "../../../model/server/assessment";
import { generationFacts } from "../../helpers/certificates";
import {
  application,
  healthy,
  hostFacts,
  IDENTITY,
  observation,
  OTHER_SHA256,
  serverInputs,
  untouched,
} from "../../helpers/observations";

const MOVED = { host: "sync01.new.contoso.com" };
const RENAMED: ServerIdentity = { stack: "dev", server: "sync09" };

type Seen = { facts: HostObservation; application: ObservedApplication };

/** Inputs of a run on a healthy server of a generation, with what a test changes on it and in the declaration. */
async function inputs(changes: Partial<ServerInputs> = {}, change: (seen: Seen) => void = () => undefined) {
  const seen = await healthy();
  change(seen);
  return serverInputs(observation(seen.facts, seen.application), changes);
}

/** The memory after one run as the engine keeps it. */
async function onboarded(changes: Partial<ServerInputs> = {}): Promise<ServerState> {
  return nextState(undefined, await inputs(changes));
}

const memory = (state: ServerState) => [state.certificateGeneration, state.certificateReplacement];
const missing = ({ facts }: Seen) => void (facts.certificates = []);
const keyDead = ({ facts }: Seen) => void Object.assign(facts.certificates[0], { keyUsable: false, acl: null });

describe("a rotation on demand", () => {
  it("a rotation on demand must do nothing on a new server", async () => {
    assert.deepEqual(memory(await onboarded({ rotate: "now" })), [1, 1]);
  });

  it("a rotation on demand must raise the generation once for a new text, without a finding", async () => {
    const first = nextState(await onboarded(), await inputs({ rotate: "now" }));
    assert.deepEqual([memory(first), first.findings, first.problem], [[2, 2], [], ""]);
    assert.deepEqual(changedProperties(await onboarded(), first), ["rotate", "certificateGeneration"]);
    assert.deepEqual(memory(nextState(first, await inputs({ rotate: "now" }))), [2, 2]);
    assert.deepEqual(memory(nextState(first, await inputs({ rotate: "again" }))), [3, 3]);
  });

  it("removal of the rotate text must do nothing", async () => {
    const next = nextState(await onboarded({ rotate: "now" }), await inputs());
    assert.deepEqual([memory(next), next.rotate], [[1, 1], ""]);
  });

  it("a rotation on demand and a finding that needs a new certificate must raise the generation once", async () => {
    const next = nextState(await onboarded(), await inputs({ rotate: "now" }, keyDead));
    assert.deepEqual([memory(next), next.findings.length], [[2, 2], 1]);
  });

  it("a rotation on demand must wait while it is blocked, and then take place", async () => {
    const suspended = ({ facts }: Seen) => void (facts.scheduler.SchedulerSuspended = true);
    const stopped = nextState(await onboarded(), await inputs({ rotate: "now" }, suspended));
    assert.match(stopped.problem, /SCHEDULER_SUSPENDED/);
    assert.deepEqual([memory(stopped), stopped.rotate], [[1, 1], ""]);
    assert.deepEqual(memory(nextState(stopped, await inputs({ rotate: "now" }))), [2, 2]);
  });
});

describe("a changed connection", () => {
  it("an unchanged connection must change nothing", async () => {
    const old = await onboarded();
    const next = nextState(old, await inputs(MOVED));
    assert.deepEqual(changedProperties(old, next), ["host"]);
    const later = nextState(next, await inputs(MOVED));
    assert.deepEqual([changedProperties(next, later), later.settling], [[], 0]);
  });

  for (const changes of [MOVED, { port: 2222 }, { user: "other" }, { hostKeyFingerprint: "SHA256:other" }]) {
    it(`a missing certificate must be created again in place, under the same label, after a change of: ${Object.keys(changes)[0]}`, async () => {
      const next = nextState(await onboarded(), await inputs(changes, missing));
      assert.deepEqual([memory(next), next.findings.length, next.problem], [[1, 1], 1, ""]);
    });
  }

  it("a changed connection must stay pending in the next run if the first one failed on the host", async () => {
    const first = nextState(await onboarded(), await inputs(MOVED, missing));
    assert.deepEqual(memory(nextState(first, await inputs(MOVED, missing))), [1, 1]);
  });

  it("a changed connection must be given up after a third one: then a certificate that is missing again is replaced", async () => {
    let state = await onboarded();
    const generations: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      state = nextState(state, await inputs(MOVED, missing));
      generations.push(state.certificateGeneration);
    }
    assert.deepEqual(generations, [1, 1, 2]);
  });

  it("a changed connection must be settled if the certificate is seen there at once", async () => {
    const first = nextState(await onboarded(), await inputs(MOVED));
    assert.equal(first.settling, 0);
    assert.deepEqual(memory(nextState(first, await inputs(MOVED, missing))), [2, 2]);
  });

  it("a changed connection must be over once the certificate was seen there: a missing one is then a new generation", async () => {
    const first = nextState(await onboarded(), await inputs(MOVED, missing));
    const seen = nextState(first, await inputs(MOVED));
    assert.deepEqual(memory(nextState(seen, await inputs(MOVED, missing))), [2, 2]);
  });

  it("a certificate that is created again in place must require a TPM", async () => {
    const noTpm = (seen: Seen) => {
      missing(seen);
      seen.facts.tpm!.present = false;
    };
    assert.match(nextState(await onboarded(), await inputs(MOVED, noTpm)).problem, /TPM_MISSING/);
  });

  it("a changed connection must be named as the cause in the second run, only for a missing certificate", async () => {
    const advice = /run it again, or set rotate/;
    const more = (seen: Seen) => {
      missing(seen);
      seen.facts.passwordWriteback = true;
    };
    const runs = [nextState(await onboarded(), await inputs(MOVED, more))];
    for (let run = 0; run < 2; run += 1) runs.push(nextState(runs[run], await inputs(MOVED, more)));
    const advised = runs.map(({ findings }) => findings.map((line) => advice.test(line)));
    assert.deepEqual(advised, [
      [false, false],
      [false, true],
      [false, false],
    ]);
  });

  it("a rotation on demand must end a pending connection, and its finding must say so", async () => {
    const first = nextState(await onboarded(), await inputs(MOVED, missing));
    const second = nextState(first, await inputs(MOVED, missing));
    assert.match(second.findings[0], /run it again, or set rotate/);
    assert.deepEqual(memory(nextState(second, await inputs({ ...MOVED, rotate: "now" }, missing))), [2, 2]);
  });

  it("a certificate with a dead key must get another label after a changed connection, and nothing must be replaced", async () => {
    const next = nextState(await onboarded(), await inputs(MOVED, keyDead));
    assert.deepEqual(memory(next), [2, 1]);
  });

  it("a deletion over the old connection must wait until the next run", async () => {
    const due = ({ facts }: Seen) => void (facts.takenAt = facts.certificates[0].notAfter);
    for (const [changes, change] of [
      [{ rotate: "now" }, () => undefined],
      [{ server: "sync09" }, () => undefined],
      [{}, due],
    ] as const) {
      const first = nextState(await onboarded(), await inputs({ ...MOVED, ...changes }, change));
      assert.deepEqual(memory(first), [1, 1]);
      assert.deepEqual(memory(nextState(first, await inputs({ ...MOVED, ...changes }, change))), [2, 2]);
    }
  });
});

describe("a rename", () => {
  it("a rename must rotate once to a label of the new name, without a finding", async () => {
    const next = nextState(await onboarded(), await inputs({ server: "sync09" }));
    assert.deepEqual([memory(next), next.certificateServer, next.findings], [[2, 2], "sync09", []]);
    const two = await generationFacts(RENAMED, 2);
    const after = serverInputs(observation(hostFacts(two), application(two)), { server: "sync09" });
    assert.deepEqual(changedProperties(next, nextState(next, after)), []);
  });

  it("a key that does not answer must not move the generation, and a dead one must", async () => {
    const broken = (keyFault: KeyFault) =>
      inputs({}, ({ facts }) => void Object.assign(facts.certificates[0], { keyUsable: false, keyFault }));
    for (const fault of ["passing", "denied", "unknown"] as const) {
      const next = nextState(await onboarded(), await broken(fault));
      assert.match(next.findings.join(), /^sync01: key-unavailable/, fault);
      assert.deepEqual(memory(next), [1, 1], fault);
    }
    assert.deepEqual(memory(nextState(await onboarded(), await broken("dead"))), [2, 2]);
  });

  it("a rename must still see the certificate under the old name", async () => {
    const next = nextState(await onboarded(), await inputs({ server: "sync09" }, keyDead));
    assert.match(next.findings.join(), /^sync09: key-unusable/);
  });

  it("the log of a run without state must see the certificate under the old name", async () => {
    const { observation, ...declared } = await inputs({ server: "sync09" }, keyDead);
    const declaration = { ...declared, renamedFrom: "sync01" };
    const { findings } = assessServer({ declaration, observation, memory: undefined });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["key-unusable"],
    );
  });
});

describe("an adopted certificate", () => {
  /** A server that was set up by hand: the certificate has another label. */
  const byHand = ({ facts, application: held }: Seen) => {
    facts.certificates[0].label = "made by hand";
    held.keys.forEach((key) => (key.subject = "CN=made by hand"));
  };
  const adopted = async (changes: Partial<ServerInputs> = {}, change: (seen: Seen) => void = () => undefined) => {
    const { sha256 } = (await healthy()).certificate;
    return inputs({ adopt: sha256, ...changes }, (seen) => {
      byHand(seen);
      change(seen);
    });
  };

  it("an adopted certificate must be the first generation, without a finding, and need no work afterwards", async () => {
    const first = nextState(undefined, await adopted());
    const { sha256 } = (await healthy()).certificate;
    assert.deepEqual([memory(first), first.adoptedSha256, first.findings], [[1, 1], sha256, []]);
    assert.deepEqual(changedProperties(first, nextState(first, await adopted())), []);
  });

  it("an adopted certificate must not take a label that a generation already has", async () => {
    const three = await generationFacts(IDENTITY, 3);
    const first = nextState(undefined, await adopted({}, ({ facts }) => void facts.certificates.push(three)));
    assert.deepEqual(memory(first), [4, 4]);
  });

  it("an adopted certificate must be compared with the declaration like one of the project", async () => {
    const first = nextState(undefined, await adopted());
    const found = async (change: (seen: Seen) => void) =>
      nextState(first, await adopted({}, change)).findings.map((line) => line.split(": ")[1]);
    assert.deepEqual(await found(missing), ["certificate-missing"]);
    assert.deepEqual(await found(({ application: held }) => void (held.keys = [])), ["credential-missing"]);
    assert.deepEqual(await found(({ facts }) => void (facts.certificates[0].acl = null)), ["key-acl-lost"]);
  });

  it("an adoption must end with the next rotation, although it is still declared", async () => {
    const first = nextState(undefined, await adopted());
    const second = nextState(first, await adopted({ rotate: "now" }));
    assert.deepEqual([memory(second), second.adoptedSha256], [[2, 2], ""]);
    const two = await generationFacts(IDENTITY, 2);
    const after = serverInputs(observation(hostFacts(two), application(two)), { adopt: first.adopt, rotate: "now" });
    assert.deepEqual(changedProperties(second, nextState(second, after)), []);
  });

  it("an adopted certificate must not be used if state was lost after that rotation", async () => {
    const two = await generationFacts(IDENTITY, 2);
    const { sha256 } = (await healthy()).certificate;
    const first = nextState(undefined, serverInputs(observation(hostFacts(two), application(two)), { adopt: sha256 }));
    assert.deepEqual([memory(first), first.adoptedSha256], [[2, 2], ""]);
  });

  it("an adopted certificate must stay if its line is removed before the rotation, and if the line returns", async () => {
    const first = nextState(undefined, await adopted());
    const next = nextState(first, await adopted({ adopt: "" }));
    assert.deepEqual([memory(next), next.adoptedSha256], [[1, 1], first.adoptedSha256]);
    const back = nextState(next, await adopted());
    assert.deepEqual([memory(back), back.adoptedSha256, back.adopt], [[1, 1], first.adoptedSha256, first.adopt]);
  });

  it("an adopted certificate must be the first generation of a server whose connector does not use it yet", async () => {
    const first = nextState(undefined, serverInputs(observation(await untouched(), null), { adopt: OTHER_SHA256 }));
    assert.deepEqual([memory(first), first.adoptedSha256], [[1, 1], OTHER_SHA256]);
  });

  it("an adoption must wait for the run after a change of the connection", async () => {
    const first = nextState(await onboarded(), await inputs({ ...MOVED, adopt: OTHER_SHA256 }));
    assert.deepEqual([memory(first), first.adopt], [[1, 1], ""]);
    const second = nextState(first, await inputs({ ...MOVED, adopt: OTHER_SHA256 }));
    assert.deepEqual([memory(second), second.adoptedSha256], [[2, 2], OTHER_SHA256]);
  });

  it("an adopted certificate must be a new generation if a known server's certificate was created again by hand", async () => {
    const next = nextState(await onboarded(), await inputs({ adopt: OTHER_SHA256 }));
    assert.deepEqual([memory(next), next.adoptedSha256], [[2, 2], OTHER_SHA256]);
  });
});

describe("a revoked credential", () => {
  const revoked = (seen: Seen) => {
    seen.application.keys = [];
    seen.application.tags.push(revocationTag(1, new Date("2026-10-01T11:00:00Z")));
  };

  it("a revoked credential must be reported and never fixed, whatever follows", async () => {
    for (const more of [() => undefined, missing, keyDead]) {
      const next = nextState(
        await onboarded(),
        await inputs({}, (seen) => {
          revoked(seen);
          more(seen);
        }),
      );
      assert.deepEqual([memory(next), next.registrationRevision, next.problem], [[1, 1], 1, ""]);
      assert.equal(next.findings.length, 1);
      assert.match(next.findings[0], /credential-revoked: .*2026-10-01T11:00:00.000Z.* set rotate to a new value/);
    }
  });

  it("a rotation on demand must go beyond the revoked generation, regardless of what the last run was on", async () => {
    const at = new Date("2026-10-01T11:00:00Z");
    const beyond = (seen: Seen) => {
      seen.application.keys = [];
      seen.application.tags.push(revocationTag(1001, at));
    };
    const still = nextState(await onboarded(), await inputs({}, beyond));
    assert.match(still.findings[0], /credential-revoked: /);
    const next = nextState(await onboarded(), await inputs({ rotate: "back" }, beyond));
    assert.deepEqual([next.certificateGeneration, next.findings], [1002, still.findings]);
  });

  it("a rotation on demand must replace a revoked credential, without a finding on the new generation", async () => {
    const next = nextState(await onboarded(), await inputs({ rotate: "back" }, revoked));
    assert.deepEqual(memory(next), [2, 2]);
    const two = await generationFacts(IDENTITY, 2);
    const seen = application(two);
    seen.tags.push(revocationTag(1, new Date("2026-10-01T11:00:00Z")));
    const after = nextState(next, serverInputs(observation(hostFacts(two), seen), { rotate: "back" }));
    assert.deepEqual([after.findings, memory(after)], [[], [2, 2]]);
  });
});

describe("stored counters of an earlier release", () => {
  it("stored counters of an earlier release must keep their meaning: nothing is replaced", async () => {
    const { certificateServer, adoptedSha256, certificateReplacement, settling, rotate, adopt, ...rest } =
      await onboarded();
    const { keyIdDerived, keyUnmistakable, certificateSource, ...old } = rest;
    assert.equal(certificateSource, "", "a certificate that signs itself");
    assert.equal(keyIdDerived, false, "what an earlier release uploaded keeps its id");
    assert.equal(keyUnmistakable, true);
    assert.ok(
      certificateServer && certificateReplacement && settling === 0 && `${adoptedSha256}${rotate}${adopt}` === "",
    );
    assert.deepEqual(memory(nextState(old as ServerState, await inputs())), [1, 1]);
    assert.deepEqual(rememberedCertificate({ server: "sync01", certificateGeneration: 3 }), {
      ...{ certificateGeneration: 3, certificateServer: "sync01", certificateReplacement: 3 },
      ...{
        adoptedSha256: "",
        certificateSource: "",
        keyIdDerived: false,
        keyUnmistakable: false,
        settling: 0,
        rotate: "",
        adopt: "",
      },
    });
  });
});

describe("the name of a key container", () => {
  it("a server of an earlier release must keep its key's name until its next generation, without a change for it", async () => {
    const { keyUnmistakable: _new, ...state } = await onboarded();
    const old = state as ServerState;
    const kept = nextState(old, await inputs());
    assert.equal(kept.keyUnmistakable, false);
    assert.deepEqual(changedProperties(old, kept), []);
    const rotated = nextState(kept, await inputs({ rotate: "now" }));
    assert.deepEqual([rotated.keyUnmistakable, rotated.certificateGeneration], [true, 2]);
    assert.equal(nextState(rotated, await inputs({ rotate: "now" })).keyUnmistakable, true);
  });

  it("the key of a new server must have a name that no other server's can have", async () => {
    const first = nextState(undefined, serverInputs(observation(await untouched(), null)));
    assert.equal(first.keyUnmistakable, true);
  });
});

describe("a server before its first run", () => {
  it("a server before its first run must not count as renamed, moved or revoked", async () => {
    const first = nextState(undefined, serverInputs(observation(await untouched(), null)));
    assert.deepEqual([memory(first), first.settling, first.certificateServer], [[1, 1], 0, "sync01"]);
  });
});
