/** What Entra holds of our own application and state does not is taken over by the run that would have made it. */
import assert from "node:assert/strict";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { TestSandbox } from "./support";

describe("what Entra holds and state does not", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  const finished = async () => {
    for (const name of ["sync01", "sync02"]) test.expectOnboarded(name);
    await test.expectUnchanged();
  };
  const forget = async (type: string) => {
    const state = JSON.parse(await test.state()) as { deployment: { resources: { urn: string; type: string }[] } };
    for (const { urn } of state.deployment.resources.filter((resource) => resource.type === type)) {
      const { code, output } = await test.pulumi(["state", "delete", "--yes", "--target-dependents", urn]);
      if (!output.includes("No such resource")) assert.equal(code, 0, output);
    }
  };
  const principals = () => test.sandbox.status().tenant.applications.map(({ servicePrincipal }) => servicePrincipal);

  it("a principal or a role whose answer was lost must be taken over by the next up, not created again", async () => {
    for (const kind of ["principal", "role"]) {
      test.sandbox.faults.set("tenant", "answer-lost", 1);
      const { code } = await test.tryUp();
      assert.notEqual(code, 0, kind);
    }
    const before = principals();
    await test.up();
    assert.deepEqual(principals().length, before.length);
    await finished();
  });

  it("a role that is assigned but not in state must show as an import in the preview, and be taken over", async () => {
    const before = principals();
    await forget(RESOURCE_TYPES.assignment);
    const { code, output } = await test.preview();
    assert.equal(code, 0, output);
    assert.match(output, /= azuread:index\/appRoleAssignment:AppRoleAssignment: \(import\)/);
    await test.up();
    assert.deepEqual(principals(), before);
    await finished();
  });

  it("a principal that is not in state must be taken over with its roles", async () => {
    // The guard's memory goes with the principal, and without it the product's own application proves nothing.
    test.removeLeftovers();
    const before = principals();
    await forget(RESOURCE_TYPES.principal);
    await test.up();
    assert.deepEqual(principals(), before);
    await finished();
  });
});
