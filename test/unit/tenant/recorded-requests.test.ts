/** The requests that the real azuread plugin was recorded to send, replayed; nothing here proves the plugin itself. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { makeCertificate, type TestCertificate } from "./certificates";
import { EmulatedTenant, SYNC_APP_ID, SYNC_ROLE_ID, type Answer, type Json } from "./emulated-tenant";

describe("emulated tenant, recorded requests of the azuread plugin", () => {
  let started: EmulatedTenant;
  let first: TestCertificate;
  let second: TestCertificate;

  before(async () => {
    started = await EmulatedTenant.start();
    [first, second] = [await makeCertificate(), await makeCertificate(400)];
  });
  after(() => started.stop());

  const graph = (method: string, url: string, json?: unknown) => started.graph(method, url, json);
  async function expect(status: number, answer: Promise<Answer>): Promise<Json> {
    const { status: actual, body } = await answer;
    assert.equal(actual, status, JSON.stringify(body));
    return body;
  }

  /** POST and the two PATCHes by which the provider waits for replication. */
  async function createApplication(displayName: string): Promise<{ APP: string; appId: string }> {
    const ME = started.principalId(started.appId);
    assert.deepEqual(
      (await expect(200, graph("GET", `/v1.0/applications?$filter=displayName eq '${displayName}'`))).value,
      [],
    );
    const made = await expect(
      201,
      graph("POST", "/v1.0/applications", {
        "@odata.type": "#microsoft.graph.application",
        displayName,
        signInAudience: "AzureADMyOrg",
        requiredResourceAccess: [{ resourceAppId: SYNC_APP_ID, resourceAccess: [{ id: SYNC_ROLE_ID, type: "Role" }] }],
        "owners@odata.bind": [`${started.origin}/v1.0/directoryObjects/${ME}`],
        tags: ["ConnectSyncIdentity:dev/sync01"],
        web: { implicitGrantSettings: {} },
        somethingNew: { kept: true },
      }),
    );
    const APP = made.id as string;
    await expect(
      204,
      graph("PATCH", `/v1.0/applications/${APP}`, { id: APP, displayName: `TERRAFORM_UPDATE_${randomUUID()}` }),
    );
    await expect(204, graph("PATCH", `/v1.0/applications/${APP}`, { displayName }));
    return { APP, appId: made.appId as string };
  }

  async function createPrincipal(appId: string): Promise<string> {
    const filter = `/v1.0/servicePrincipals?$filter=appId eq '${appId}'`;
    assert.deepEqual((await expect(200, graph("GET", filter))).value, []);
    const description = `TERRAFORM_UPDATE_${randomUUID()}`;
    const { id } = await expect(
      201,
      graph("POST", "/v1.0/servicePrincipals", { appId, accountEnabled: true, description }),
    );
    await expect(204, graph("PATCH", `/v1.0/servicePrincipals/${id}`, { description: null }));
    const shown = await expect(200, graph("GET", `/v1.0/servicePrincipals/${id}`));
    assert.equal(shown.description, null);
    return id as string;
  }

  const entry = (certificate: TestCertificate, keyId: string) => ({
    key: certificate.pem64,
    keyId,
    type: "AsymmetricX509Cert",
    usage: "Verify",
    startDateTime: certificate.notBefore,
    endDateTime: certificate.notAfter,
  });

  it("the recorded requests must carry a server from nothing through refresh and rotation to nothing", async () => {
    const ME = started.principalId(started.appId);
    const [service] = (await expect(200, graph("GET", `/v1.0/servicePrincipals?$filter=appId eq '${SYNC_APP_ID}'`)))
      .value;
    const SYNC = service.id as string;
    const beta = await expect(200, graph("GET", `/beta/servicePrincipals/${SYNC}?$select=samlMetadataUrl`));
    assert.equal(beta.samlMetadataUrl, null);

    const { APP, appId } = await createApplication("connect-sync-sync01");
    const application = await expect(200, graph("GET", `/v1.0/applications/${APP}`));
    assert.equal(application.displayName, "connect-sync-sync01");
    assert.deepEqual(application.somethingNew, { kept: true });
    const required = await expect(200, graph("GET", `/beta/applications/${APP}?$select=oauth2RequirePostResponse`));
    assert.equal(required.oauth2RequirePostResponse, false);
    const owners = await expect(200, graph("GET", `/v1.0/applications/${APP}/owners`));
    assert.deepEqual(
      owners.value.map((owner: Json) => owner.id),
      [ME],
    );

    const SP = await createPrincipal(appId);
    assert.deepEqual(
      (await expect(200, graph("GET", `/v1.0/servicePrincipals/${SP}/owners`))).value.map(({ id }: Json) => id),
      [ME],
    );
    const [oldKey, newKey] = [randomUUID(), randomUUID()];
    await expect(204, graph("PATCH", `/v1.0/applications/${APP}`, { keyCredentials: [entry(first, oldKey)] }));
    const { keyCredentials } = await expect(200, graph("GET", `/v1.0/applications/${APP}`));
    assert.deepEqual(
      keyCredentials.map(({ keyId, key, endDateTime }: Json) => ({ keyId, key, endDateTime })),
      [{ keyId: oldKey, key: null, endDateTime: first.notAfter }],
    );
    const assignment = { appRoleId: SYNC_ROLE_ID, principalId: SP, resourceId: SYNC };
    const assigned = await expect(201, graph("POST", `/v1.0/servicePrincipals/${SYNC}/appRoleAssignedTo`, assignment));
    const assignmentUrl = `/v1.0/servicePrincipals/${SYNC}/appRoleAssignedTo/${assigned.id}`;
    assert.equal((await expect(200, graph("GET", assignmentUrl))).principalId, SP);

    // Rotation: the list as it was read, its key null, and the new one; later the new one alone.
    await expect(
      204,
      graph("PATCH", `/v1.0/applications/${APP}`, { keyCredentials: [...keyCredentials, entry(second, newKey)] }),
    );
    const both = await expect(200, graph("GET", `/v1.0/applications/${APP}?$select=keyCredentials`));
    assert.deepEqual(
      both.keyCredentials.map(({ key }: Json) => key),
      [first.der64, second.der64],
    );
    const [, kept] = both.keyCredentials;
    await expect(204, graph("PATCH", `/v1.0/applications/${APP}`, { keyCredentials: [{ ...kept, key: null }] }));
    const [described] = started.tenant.store.describe().applications.filter((other) => other.objectId === APP);
    assert.deepEqual(
      described.keyCredentials.map(({ sha256 }) => sha256),
      [second.sha256],
    );

    await expect(204, graph("DELETE", assignmentUrl));
    await expect(404, graph("GET", assignmentUrl));
    await expect(204, graph("PATCH", `/v1.0/applications/${APP}`, { keyCredentials: [] }));
    await expect(204, graph("DELETE", `/v1.0/servicePrincipals/${SP}`));
    const gone = await expect(404, graph("GET", `/v1.0/servicePrincipals/${SP}`));
    assert.equal(gone.error.code, "Request_ResourceNotFound");
    await expect(204, graph("DELETE", `/v1.0/applications/${APP}`));
    await expect(404, graph("GET", `/v1.0/applications/${APP}`));
  });

  it("the tenant must lock out a caller with OwnedBy once it is no longer an owner", async () => {
    const owned = await EmulatedTenant.start({
      pipelineRoles: ["Application.ReadWrite.OwnedBy", "Application.Read.All"],
    });
    try {
      const ME = owned.principalId(owned.appId);
      const { body } = await owned.graph("POST", "/v1.0/applications", { displayName: "half" });
      assert.equal((await owned.graph("DELETE", `/v1.0/applications/${body.id}/owners/${ME}/$ref`)).status, 204);
      const refused = await owned.graph("PATCH", `/v1.0/applications/${body.id}`, { displayName: "whole" });
      assert.equal(refused.status, 403);
      assert.equal(refused.body.error.code, "Authorization_RequestDenied");
    } finally {
      await owned.stop();
    }
  });

  it("the tenant must accept a filter on tags, and an application by its appId", async () => {
    const made = await graph("POST", "/v1.0/applications", { displayName: "tagged", tags: ["it's:dev/sync09"] });
    const found = await expect(
      200,
      graph(
        "GET",
        "/v1.0/applications?$filter=tags/any(t:t eq 'it''s:dev/sync09')&$select=id,appId,displayName,keyCredentials",
      ),
    );
    assert.deepEqual(found.value, [
      { id: made.body.id, appId: made.body.appId, displayName: "tagged", keyCredentials: [] },
    ]);
    const byAppId = await expect(200, graph("GET", `/v1.0/applications(appId='${made.body.appId}')`));
    assert.equal(byAppId.id, made.body.id);
  });

  it("the tenant must log its requests by method, route and caller", async () => {
    started.tenant.requests.length = 0;
    const id = randomUUID();
    await graph("GET", `/v1.0/applications/${id}?$select=keyCredentials`);
    assert.deepEqual(started.tenant.requests, [
      {
        method: "GET",
        path: `/v1.0/applications/${id}?$select=keyCredentials`,
        route: "/v1.0/applications/:id",
        caller: started.appId,
        status: 404,
      },
    ]);
  });
});
