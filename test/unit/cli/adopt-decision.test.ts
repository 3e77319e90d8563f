/** Which application a server takes over, and when it must not. Pure: nothing of servers, tenant or engine is proven. */
import assert from "node:assert/strict";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { decideAdoption } from "../../../cli/adopt/adopt-decision";
import type { AdoptionFacts } from "../../../cli/adopt/adopt-facts";
import { resourceUrns } from "../../../cli/adopt/adopt-resources";
import { APP_ID, OTHER_APP_ID, untouched } from "../../helpers/observations";
import { lostState, setUpByHand } from "./adoption-facts";

function refused(facts: AdoptionFacts, code: string, message: RegExp): void {
  assert.throws(
    () => decideAdoption(facts),
    (error) => {
      assert.ok(error instanceof ProblemError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, /^sync01: /);
      assert.match(error.message, message);
      return true;
    },
  );
}

const resource = (urn: string, changes = {}) => ({ urn, type: urn.split("::")[2], custom: true, ...changes });

describe("choice of the application to adopt", () => {
  it("the application with this server's marker must be adopted if state was lost", async () => {
    const facts = await lostState();
    assert.deepEqual(decideAdoption(facts), { kind: "marked", application: facts.marked });
  });

  it("the connector's application must be adopted if no application carries the marker", async () => {
    const facts = await setUpByHand();
    assert.deepEqual(decideAdoption(facts), { kind: "hand-made", application: facts.used });
  });

  it("the marked application must be adopted even before the connector was switched to it", async () => {
    const facts = await lostState({ host: await untouched(), used: null });
    assert.equal(decideAdoption(facts).kind, "marked");
  });

  it("the marked application must be adopted if the connector uses an application of the product", async () => {
    const marked = await lostState();
    const used = { ...marked.marked!, appId: OTHER_APP_ID, displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab" };
    assert.equal(decideAdoption({ ...marked, used }).kind, "marked");
  });

  it("no application must be adopted if there are two candidates", async () => {
    const facts = await lostState();
    const used = { ...facts.marked!, appId: OTHER_APP_ID, displayName: "Made by hand", tags: [] };
    refused(
      { ...facts, used },
      "ADOPTION_AMBIGUOUS",
      new RegExp(`${APP_ID}.*${OTHER_APP_ID}.*ConnectSyncIdentity:dev/sync01`),
    );
  });

  it("no application must be guessed for a connector on a password account", async () => {
    const facts = await setUpByHand({ host: await untouched(), used: null });
    refused(
      facts,
      "ADOPTION_PASSWORD_ACCOUNT",
      /found the password account Sync_SYNC01.*To create the application and switch the connector to it: pulumi up/,
    );
  });

  it("an application that Entra Connect manages must not be adopted", async () => {
    const facts = await setUpByHand();
    const used = { ...facts.used!, displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab" };
    refused({ ...facts, used }, "ADOPTION_MANAGED_APPLICATION", /ConnectSyncProvisioning_SYNC01.*pulumi up/);
  });

  it("an application with the marker of another server or stack must not be adopted", async () => {
    const facts = await setUpByHand();
    for (const tag of ["ConnectSyncIdentity:dev/sync02", "ConnectSyncIdentity:prod/sync01"]) {
      const used = { ...facts.used!, tags: ["ConnectSyncIdentity", tag] };
      const [stack, server] = tag.split(":")[1].split("/");
      refused({ ...facts, used }, "ADOPTION_OTHER_SERVER", new RegExp(`server "${server}" of stack "${stack}"`));
    }
  });

  it("the tag of a revocation must not be taken for a marker", async () => {
    const facts = await setUpByHand();
    const used = { ...facts.used!, tags: ["ConnectSyncIdentity:revoked:g1:2026-10-01T12:00:00Z"] };
    assert.equal(decideAdoption({ ...facts, used }).kind, "hand-made");
  });

  it("an application that another declared server uses, or that state holds for it, must not be adopted", async () => {
    const facts = await setUpByHand({ neighbours: { sync02: APP_ID } });
    refused(facts, "ADOPTION_SHARED", /also used by sync02/);
    const urn = resourceUrns({ ...facts, server: { name: "sync03" } }).application;
    const state = [resource(urn, { id: `/applications/${facts.used!.objectId}` })];
    refused(await setUpByHand({ state }), "ADOPTION_SHARED", /also used by sync03-application in state/);
  });

  it("an application outside this tenant must not be adopted", async () => {
    refused(await setUpByHand({ used: null }), "ADOPTION_APPLICATION_MISSING", new RegExp(`application ${APP_ID}`));
  });

  it("an application that state knows with its credential must not be adopted; one without a credential may be", async () => {
    const facts = await lostState();
    const { application, credential } = resourceUrns(facts);
    const state = [resource(application), resource(credential)];
    refused({ ...facts, state }, "ADOPTION_IN_STATE", /pulumi preview/);
    assert.equal(decideAdoption({ ...facts, state: state.slice(0, 1) }).kind, "marked");
    const leaving = [resource(application), resource(credential, { delete: true })];
    assert.equal(decideAdoption({ ...facts, state: leaving }).kind, "marked");
  });
});
