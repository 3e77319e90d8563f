/** A server with its own certificate on the application of Entra Connect, by what was observed of it. */
import assert from "node:assert/strict";
import { changedProperties, nextState } from "../../../model/server/server-state";
import type { ServerState } from "../../../model/server/server-facts";
import type { Observation } from "../../../model/server/observation";
import { switchCommand } from "../../../model/server/link-command";
import {
  APP_ID,
  application,
  connectorOn,
  healthy,
  OBJECT_ID,
  observation,
  OTHER_SHA256,
  problem,
  serverInputs,
} from "../../helpers/observations";

const PRODUCT = { displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab", tags: [] };
const OWN = { mode: "byoc", applicationObjectId: OBJECT_ID } as const;
const GONE = { ...OWN, appId: "", applicationObjectId: "" };

/** On its own certificate, or on the product's where none of its own was made. */
async function seen(on: "own" | "product"): Promise<Observation> {
  const { facts, application: app, certificate } = await healthy();
  if (on === "own") return observation(facts, { ...app, ...PRODUCT });
  facts.certificates = [];
  facts.connector.certificateSha256 = OTHER_SHA256;
  return observation(facts, {
    ...application({ ...certificate, sha256: OTHER_SHA256, subject: "CN=product" }),
    ...PRODUCT,
  });
}

const next = (old: ServerState | undefined, observed: Observation, changes: object = OWN) =>
  nextState(old, serverInputs(observed, changes));

describe("a server with its own certificate on the product's application", () => {
  it("a server on the product's certificate must be taken on without a finding, and its certificate be remembered", async () => {
    const state = next(undefined, await seen("product"));
    assert.deepEqual([state.problem, state.findings], ["", []]);
    assert.equal(state.formerSha256, OTHER_SHA256);
    assert.equal(state.certificateGeneration, 1);
  });

  it("a server on its own certificate must be unchanged, and remember what it replaced", async () => {
    const first = next(undefined, await seen("product"));
    const second = next(first, await seen("own"));
    assert.deepEqual([second.problem, second.findings], ["", []]);
    assert.equal(second.formerSha256, OTHER_SHA256);
    assert.deepEqual(changedProperties(first, second), []);
  });

  it("a connector that was put back on a certificate of the product must be switched again", async () => {
    const own = next(undefined, await seen("own"));
    const observed = await seen("own");
    observed.host.facts!.connector.certificateSha256 = OTHER_SHA256;
    const state = next(own, observed);
    assert.match(state.findings.join(), /connector-other-certificate/);
    assert.equal(state.registrationRevision, own.registrationRevision + 1);
    assert.equal(state.formerSha256, OTHER_SHA256);
  });

  for (const [what, appId, app] of [
    ["a password account", null, null],
    ["an application of someone else", APP_ID, { displayName: "Sync of mine", tags: [] }],
    ["an application that the tenant does not have", APP_ID, null],
  ] as const) {
    it(`a connector on ${what} must be refused with the steps of the wizard`, async () => {
      const { facts, application: own } = await healthy();
      facts.connector = connectorOn(appId);
      const state = next(undefined, observation(facts, app && { ...own, ...app, tags: [] }), GONE);
      assert.match(state.problem, /\[PRODUCT_APPLICATION_UNUSED\]/);
      assert.match(state.problem, /Configure application-based authentication/);
    });
  }

  it("a run that cannot observe the server must keep the application that it knows, so that nothing is replaced", async () => {
    const own = next(undefined, await seen("own"));
    const unseen: Observation = { ...(await seen("own")), host: { facts: null, problem: problem() } };
    const state = next(own, { ...unseen, tenant: { application: null, problem: null } }, GONE);
    assert.deepEqual([state.appId, state.applicationObjectId], [APP_ID, OBJECT_ID]);
    assert.deepEqual(changedProperties(own, state), ["problem"]);
  });

  it("its switch by hand must be the rotation, as the product's application is never linked", () => {
    assert.match(switchCommand("byoc", APP_ID, "ab"), /^Invoke-ADSyncApplicationCredentialRotation -Cert\S+ AB$/);
    assert.match(switchCommand("byoa", APP_ID, "ab"), /^Add-ADSyncApplicationRegistration /);
    assert.equal(switchCommand("managed", APP_ID, "ab"), "");
  });
});
