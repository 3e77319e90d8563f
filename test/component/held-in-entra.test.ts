/** What a run may take over in Entra. That the engine imports it is shown by the end-to-end test of the same name. */
import assert from "node:assert/strict";
import { heldInEntra } from "../../components/held-in-entra";
import type { StoredOutputs } from "../../components/stack-state";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import {
  APP_ID,
  healthy,
  observation,
  PRINCIPAL_OBJECT_ID,
  SYNC_ROLE_ID,
  SYNC_SERVICE_OBJECT_ID,
} from "../helpers/observations";

const OURS = { [`${RESOURCE_TYPES.application}::sync01-application`]: { clientId: APP_ID } };
const ROLE = {
  principalObjectId: PRINCIPAL_OBJECT_ID,
  appRoleId: SYNC_ROLE_ID,
  resourceObjectId: SYNC_SERVICE_OBJECT_ID,
};
const PRINCIPAL = { type: RESOURCE_TYPES.principal, suffix: "principal", props: {} };
const ASSIGNMENT = { type: RESOURCE_TYPES.assignment, suffix: "role-sync", props: ROLE };

type Stored = Record<string, StoredOutputs> | null;

/** @param stored resources in state by type and name; null for a state that cannot be read */
const stateOf = (stored: Stored) => ({
  outputsOf: async (type: string, names: readonly string[]) =>
    stored && names.map((name) => stored[`${type}::${name}`]).find((outputs) => outputs !== undefined),
});

async function found(
  stored: Stored,
  resource: Parameters<typeof heldInEntra>[1],
  servers = ["sync01"],
): Promise<string | undefined> {
  const { facts, application } = await healthy();
  const held = { state: stateOf(stored), observation: Promise.resolve(observation(facts, application)), servers };
  return heldInEntra(held, resource);
}

describe("what a run takes over in Entra", () => {
  it("principal and role of the application in state must be imported by their ids", async () => {
    assert.equal(await found(OURS, PRINCIPAL), `/servicePrincipals/${PRINCIPAL_OBJECT_ID}`);
    const assignment = `/servicePrincipals/${SYNC_SERVICE_OBJECT_ID}/appRoleAssignedTo/assignment`;
    assert.equal(await found(OURS, ASSIGNMENT), assignment);
  });

  it("nothing must be imported if state holds another application, none, or cannot be read", async () => {
    const other = { [`${RESOURCE_TYPES.application}::sync01-application`]: { clientId: "another" } };
    for (const stored of [other, {}, null]) {
      assert.equal(await found(stored, PRINCIPAL), undefined);
      assert.equal(await found(stored, ASSIGNMENT), undefined);
    }
  });

  it("what is in state must not be imported, regardless of its id", async () => {
    const stored = { ...OURS, [`${RESOURCE_TYPES.assignment}::sync01-role-sync`]: { id: "an older one" } };
    assert.equal(await found(stored, ASSIGNMENT), undefined);
  });

  it("a role of another principal, of another service or not yet known must not be imported", async () => {
    for (const name of ["principalObjectId", "appRoleId", "resourceObjectId"]) {
      for (const value of ["another", undefined]) {
        assert.equal(await found(OURS, { ...ASSIGNMENT, props: { ...ROLE, [name]: value } }), undefined, name);
      }
    }
  });

  it("a renamed server's application and resources must be known under the former name", async () => {
    const former = { [`${RESOURCE_TYPES.application}::old-application`]: { clientId: APP_ID } };
    assert.notEqual(await found(former, ASSIGNMENT, ["sync01", "old"]), undefined);
    const stored = { ...former, [`${RESOURCE_TYPES.assignment}::old-role-sync`]: {} };
    assert.equal(await found(stored, ASSIGNMENT, ["sync01", "old"]), undefined);
  });
});
