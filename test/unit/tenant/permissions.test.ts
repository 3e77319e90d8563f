/** What callers may do, by the permissions in their tokens. */
import assert from "node:assert/strict";
import { EmulatedTenant, lifetime, refused, SYNC_APP_ID, SYNC_ROLE_ID, USER, type Json } from "./emulated-tenant";
import { tenantFixture, type TenantFixture } from "./tenant-fixture";

describe("emulated tenant, callers", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  let application: TenantFixture["application"];
  beforeEach(() => ({ tenant: started, application } = fixture));
  const { url } = fixture;

  it("a caller must be refused without a token, with a foreign token, and with one for another resource", async () => {
    refused(await started.send("GET", url()), 401, "InvalidAuthenticationToken");
    refused(await started.send("GET", url(), { token: "a.b.c" }), 401, "InvalidAuthenticationToken");
    const { body } = await started.tokenRequest({ scope: `${SYNC_APP_ID}/.default` });
    refused(await started.send("GET", url(), { token: body.access_token }), 401, "InvalidAuthenticationToken");
  });

  it("a caller must be refused once its principal is gone", async () => {
    const { store } = started.tenant;
    const other = store.addApplication({ displayName: "other" }, []);
    store.addSecret(other, "other-secret", lifetime(60));
    const principal = store.addPrincipal(other.appId, {}, []);
    const { body } = await started.tokenRequest({ client_id: other.appId, client_secret: "other-secret" });
    store.removePrincipal(principal);
    refused(await started.send("GET", url(), { token: body.access_token }), 401, "Authorization_IdentityNotFound");
  });

  async function withRoles(pipelineRoles: string[], work: (other: EmulatedTenant) => Promise<void>): Promise<void> {
    const other = await EmulatedTenant.start({ pipelineRoles });
    try {
      await work(other);
    } finally {
      await other.stop();
    }
  }

  it("a caller must not read or write anything without permissions", async () => {
    await withRoles([], async (other) => {
      const sync = other.principalId(SYNC_APP_ID);
      const requests: [string, string][] = [
        ["GET", "/v1.0/applications"],
        ["POST", "/v1.0/applications"],
        ["GET", "/v1.0/servicePrincipals"],
        ["GET", `/v1.0/servicePrincipals/${sync}`],
        ["PATCH", `/v1.0/servicePrincipals/${sync}`],
        ["DELETE", `/v1.0/servicePrincipals/${sync}`],
        ["GET", `/v1.0/servicePrincipals/${sync}/owners`],
        ["GET", `/v1.0/servicePrincipals/${sync}/appRoleAssignedTo`],
        ["POST", `/v1.0/servicePrincipals/${sync}/appRoleAssignedTo`],
        ["GET", `/v1.0/directoryObjects/${sync}`],
        ["GET", `/v1.0/directoryObjects/${USER.id}`],
        ["GET", "/v1.0/organization"],
        ["GET", "/v1.0/users"],
        ["GET", "/v1.0/roleManagement/directory/roleAssignments"],
        ["GET", `/v1.0/servicePrincipals/${sync}/oauth2PermissionGrants`],
        ["POST", `/v1.0/servicePrincipals/${sync}/removePassword`],
      ];
      for (const [method, path] of requests) {
        const body = method === "GET" || method === "DELETE" ? undefined : {};
        refused(await other.graph(method, path, body), 403, "Authorization_RequestDenied");
      }
      const audits = await other.graph("GET", "/v1.0/auditLogs/directoryAudits");
      refused(audits, 403, "Authentication_MSGraphPermissionMissing");
    });
  });

  it("a caller with OwnedBy must change only what it owns, and own what it creates", async () => {
    const ME = started.principalId(started.appId);
    assert.deepEqual(started.tenant.store.application(application.id)!.owners, [ME]);
    const foreign = started.tenant.store.addApplication({ displayName: "foreign" }, []);
    const path = `/v1.0/applications/${foreign.id}`;
    assert.equal((await started.graph("GET", path)).status, 200);
    refused(await started.graph("PATCH", path, { displayName: "mine" }), 403, "Authorization_RequestDenied");
    refused(await started.graph("DELETE", path), 403, "Authorization_RequestDenied");
    const reference = { "@odata.id": `${started.origin}/v1.0/directoryObjects/${ME}` };
    refused(await started.graph("POST", `${path}/owners/$ref`, reference), 403, "Authorization_RequestDenied");
    const principal = await started.graph("POST", "/v1.0/servicePrincipals", { appId: foreign.appId });
    refused(principal, 403, "Authorization_RequestDenied");
  });

  it("a caller with ReadWrite.All must change everything, and own nothing automatically", async () => {
    await withRoles(["Application.ReadWrite.All"], async (other) => {
      const foreign = other.tenant.store.addApplication({ displayName: "foreign" }, []);
      const renamed = await other.graph("PATCH", `/v1.0/applications/${foreign.id}`, { displayName: "mine" });
      assert.equal(renamed.status, 204);
      const { body } = await other.graph("POST", "/v1.0/applications", { displayName: "new" });
      assert.deepEqual(other.tenant.store.application(body.id)!.owners, []);
    });
  });

  it("a caller must not assign roles with only Application.ReadWrite.All or only the assignment permission", async () => {
    for (const role of ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"]) {
      await withRoles([role], async (other) => {
        const sync = other.principalId(SYNC_APP_ID);
        const body = { appRoleId: SYNC_ROLE_ID, principalId: other.principalId(other.appId), resourceId: sync };
        const answer = await other.graph("POST", `/v1.0/servicePrincipals/${sync}/appRoleAssignedTo`, body);
        refused(answer, 403, "Authorization_RequestDenied");
      });
    }
  });

  it("a caller must not name a user as owner without reading users, or any other owner of a principal", async () => {
    const user = { "@odata.id": `${started.origin}/v1.0/directoryObjects/${USER.id}` };
    const bound = { displayName: "bound", "owners@odata.bind": [user["@odata.id"]] };
    await withRoles(["Application.ReadWrite.OwnedBy", "Application.Read.All"], async (other) => {
      const { body } = await other.graph("POST", "/v1.0/applications", { displayName: "own" });
      const added = await other.graph("POST", `/v1.0/applications/${body.id}/owners/$ref`, user);
      refused(added, 403, "Authorization_RequestDenied");
      refused(await other.graph("POST", "/v1.0/applications", bound), 403, "Authorization_RequestDenied");
    });
    await withRoles(["Application.ReadWrite.OwnedBy", "Application.Read.All", "User.Read.All"], async (other) => {
      const made = await other.graph("POST", "/v1.0/applications", { ...bound, displayName: "bound" });
      assert.equal(made.status, 201);
      const { body } = await other.graph("GET", `/v1.0/applications/${made.body.id}/owners`);
      assert.deepEqual(
        body.value.map((owner: Json) => [owner["@odata.type"], owner.id]),
        [
          ["#microsoft.graph.user", USER.id],
          ["#microsoft.graph.servicePrincipal", other.principalId(other.appId)],
        ],
      );
      const principal = { appId: made.body.appId, "owners@odata.bind": [user["@odata.id"]] };
      refused(await other.graph("POST", "/v1.0/servicePrincipals", principal), 403, "Authorization_RequestDenied");
    });
  });

  it("a caller must read the organization with Organization.Read.All", async () => {
    await withRoles(["Organization.Read.All"], async (other) => {
      const { body } = await other.graph("GET", "/v1.0/organization");
      assert.deepEqual(
        body.value.map(({ id }: Json) => id),
        [other.tenantId],
      );
    });
  });
});
