/** Whether the pipeline may upload a certificate to the application of Entra Connect, by its token and the owners. */
import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { observeProduct } from "../../../remote/observe";
import { fakeGraph, tenantWith, tokenWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { OBJECT_ID, OTHER_APP_ID, PRINCIPAL_OBJECT_ID } from "../../helpers/observations";

const PIPELINE = "bbbbbbbb-2222-4333-8444-555555555555";
const OTHER_OWNER = "cccccccc-2222-4333-8444-555555555555";
const PRINCIPAL = `GET servicePrincipals(appId='${OTHER_APP_ID}')`;

const answers = (owners: string[]): Answers => ({
  "GET applications": {
    value: [
      {
        ...{ id: OBJECT_ID, appId: OTHER_APP_ID, displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab", tags: [] },
        ...{ signInAudience: "AzureADMyOrg", passwordCredentials: [], servicePrincipalLockConfiguration: null },
      },
    ],
  },
  [`GET applications/${OBJECT_ID}`]: { keyCredentials: [] },
  [`GET applications/${OBJECT_ID}/owners`]: { value: owners.map((id) => ({ id, displayName: "an owner" })) },
  [`GET applications/${OBJECT_ID}/federatedIdentityCredentials`]: { value: [] },
  [`GET applications/${OBJECT_ID}/appManagementPolicies`]: { value: [] },
  "GET policies/defaultAppManagementPolicy": { isEnabled: false, applicationRestrictions: null },
  [PRINCIPAL]: { id: PRINCIPAL_OBJECT_ID, accountEnabled: true, keyCredentials: [], passwordCredentials: [] },
  [`${PRINCIPAL}/owners`]: { value: [] },
  [`${PRINCIPAL}/appRoleAssignments`]: { value: [] },
  [`${PRINCIPAL}/oauth2PermissionGrants`]: { value: [] },
});

/** The refusal in one line; null if the application is shown. */
async function refusal(roles: string[] | undefined, changes: boolean, owners: string[] = []): Promise<string | null> {
  const token = tokenWith({ roles, oid: PIPELINE });
  const { result } = await withFetch(fakeGraph(answers(owners)), () =>
    observeProduct(tenantWith(token), { server: "sync01" }, OTHER_APP_ID, changes),
  );
  const { application, problem } = result.tenant;
  assert.equal(application === null, problem !== null);
  return problem && formatDiagnostic(problem);
}

describe("the right to upload to the product's application", () => {
  it("a pipeline that may write all applications, or is a person, must not be refused", async () => {
    for (const changes of [false, true]) {
      assert.equal(await refusal(["Application.ReadWrite.All"], changes), null);
      assert.equal(await refusal(undefined, changes), null);
    }
  });

  it("a pipeline that may write what it owns must be refused in preview and up, unless it owns this application", async () => {
    for (const changes of [false, true]) {
      const roles = ["Application.ReadWrite.OwnedBy"];
      assert.equal(await refusal(roles, changes, [OTHER_OWNER, PIPELINE]), null);
      const line = await refusal(roles, changes, [OTHER_OWNER]);
      assert.match(line!, /the pipeline is none of the owners.*owner-object-id bbbbbbbb-.*\[UPLOAD_NOT_PERMITTED\]/s);
    }
  });

  it("a pipeline with neither permission must be refused by an up, also as an owner, and not by a preview", async () => {
    for (const owners of [[], [PIPELINE]]) {
      assert.equal(await refusal(["Application.Read.All"], false, owners), null);
      const line = await refusal(["Application.Read.All"], true, owners);
      assert.match(line!, /neither of the two permissions.*\[UPLOAD_NOT_PERMITTED\]/s);
    }
  });

  it("an application that the product did not make must be no question of uploads", async () => {
    const own = answers([]);
    own["GET applications"] = JSON.parse(
      JSON.stringify(own["GET applications"]).replace("ConnectSyncProvisioning_SYNC01_0123456789ab", "Reports"),
    ) as object;
    const { result } = await withFetch(fakeGraph(own), () =>
      observeProduct(tenantWith(tokenWith(["Application.Read.All"])), { server: "sync01" }, OTHER_APP_ID, true),
    );
    assert.equal(result.tenant.application?.displayName, "Reports");
  });
});
