/** Password writeback: what a run refuses while the declaration contradicts the server's own setting. */
import assert from "node:assert/strict";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import { nextState, type ServerInputs } from "../../../model/server/server-state";
import { application, healthy, observation, OTHER_APP_ID, serverInputs, untouched } from "../../helpers/observations";

const REFUSED = /^sync01: passwordWriteback: .*\[WRITEBACK_CONTRADICTED\]$/;

/** What stops the first run of a server. */
async function onboarding(actual: boolean | null, passwordWriteback: boolean): Promise<string> {
  const facts = { ...(await untouched()), passwordWriteback: actual };
  return nextState(undefined, serverInputs(observation(facts, null), { passwordWriteback })).problem;
}

/** What stops a later run of a server that is on its application. */
async function later(
  earlier: boolean,
  changes: Partial<ServerInputs>,
  change: (facts: HostObservation) => void,
): Promise<string> {
  const { facts, application: seen } = await healthy();
  const old = nextState(undefined, serverInputs(observation(facts, seen), { passwordWriteback: earlier }));
  const now = structuredClone(facts);
  change(now);
  return nextState(old, serverInputs(observation(now, seen), changes)).problem;
}

describe("password writeback", () => {
  it("a server that writes back must not be switched to an application without the roles", async () => {
    const problem = await onboarding(true, false);
    assert.match(problem, REFUSED);
    assert.match(problem, /expected false, as declared, found true on the server, .*without the three roles/);
    assert.match(problem, /Declare passwordWriteback: true/);
  });

  it("a server that does not write back must not be switched to an application with the roles", async () => {
    const problem = await onboarding(false, true);
    assert.match(problem, REFUSED);
    assert.match(problem, /Declare passwordWriteback: false/);
  });

  it("a server must be switched if both agree, or if its setting cannot be read", async () => {
    assert.equal(await onboarding(true, true), "");
    assert.equal(await onboarding(false, false), "");
    assert.equal(await onboarding(null, true), "");
  });

  it("an application half-made must change nothing about the refusal", async () => {
    const facts = { ...(await untouched()), passwordWriteback: true };
    assert.match(nextState(undefined, serverInputs(observation(facts, application()))).problem, REFUSED);
  });

  it("a connector that was switched away must not be switched back while the two contradict each other", async () => {
    const away = (facts: HostObservation) => {
      facts.passwordWriteback = true;
      facts.connector.appId = OTHER_APP_ID;
    };
    assert.match(await later(false, {}, away), REFUSED);
  });

  it("the roles must not be taken away while the server still writes back", async () => {
    const on = (facts: HostObservation) => void (facts.passwordWriteback = true);
    assert.match(await later(true, {}, on), /application would lose the three roles.*\[WRITEBACK_CONTRADICTED\]$/);
    assert.equal(await later(true, {}, () => undefined), "");
  });

  it("a server that is on its application must be healed and given roles regardless of its setting", async () => {
    const broken = (facts: HostObservation) => {
      facts.passwordWriteback = true;
      facts.certificates[0].acl = null;
    };
    assert.equal(await later(false, {}, broken), "");
    assert.equal(await later(false, { passwordWriteback: true }, () => undefined), "");
  });
});
