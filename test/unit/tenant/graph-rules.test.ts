/** Graph's rules for its objects: what is refused, and with which code. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  type EmulatedTenant,
  refused,
  SYNC_APP_ID,
  SYNC_ROLE_ID,
  USER,
  type Answer,
  type Json,
} from "./emulated-tenant";
import { tenantFixture, type TenantFixture } from "./tenant-fixture";

describe("emulated tenant, Graph", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  let application: TenantFixture["application"];
  beforeEach(() => ({ tenant: started, application } = fixture));
  const { url } = fixture;

  describe("unknown requests", () => {
    it("an unknown request must be answered with a 501 that names it", async () => {
      const requests: [string, string][] = [
        ["GET", "/v1.0/groups"],
        ["GET", "/v1.0/users?$filter=displayName eq 'Ada'"],
        ["POST", `${url()}/addPassword`],
        ["PUT", url()],
        ["GET", "/nowhere"],
        ["GET", "/v1.0/applications?$filter=startswith(displayName,'a')"],
        ["GET", "/v1.0/applications?$filter=id eq 'a' and displayName eq 'b'"],
        ["GET", "/v1.0/applications?$filter=tags eq 'one'"],
        ["GET", "/v1.0/applications?$filter=tags/any(t:t eq 'one') or appId eq 'two'"],
        ["GET", "/v1.0/applications?$filter=displayName eq 'one' or displayName eq 'two'"],
        ["GET", "/v1.0/applications?$filter=targetResources/any(t:t/id eq 'one')"],
        ["GET", "/v1.0/applications?$expand=owners"],
        ["GET", "/v1.0/applications?$count=true"],
        ["GET", "/v1.0/applications?$select=displayNmae"],
        ["GET", `${url()}?$filter=displayName eq 'a'`],
        ["GET", `${url()}/owners?$filter=id eq 'a'`],
        ["GET", `${url()}?$select=oauth2RequirePostResponse`],
      ];
      for (const [method, path] of requests) {
        const answer = await started.graph(method, path);
        refused(answer, 501, "NotImplemented");
        const shown = decodeURIComponent(answer.body.error.message as string);
        assert.ok(shown.includes(`${method} ${path}`), shown);
      }
    });

    it("a new principal with credentials must be answered with a 501", async () => {
      for (const name of ["keyCredentials", "passwordCredentials"]) {
        const body = { appId: application.appId, [name]: [{}] };
        const answer = await started.graph("POST", "/v1.0/servicePrincipals", body);
        refused(answer, 501, "NotImplemented");
      }
    });
  });

  describe("applications and principals", () => {
    it("a wrong value of a known field, or a read-only one, must be refused", async () => {
      for (const body of [
        {},
        { displayName: "" },
        { displayName: "a", tags: "one" },
        { displayName: "a", signInAudience: "Everybody" },
        { displayName: "a", requiredResourceAccess: [{ resourceAppId: "x", resourceAccess: [] }] },
        { displayName: "a", appId: randomUUID() },
        { displayName: "a", passwordCredentials: [{ displayName: "secret" }] },
      ]) {
        refused(await started.graph("POST", "/v1.0/applications", body), 400, "Request_BadRequest");
      }
      refused(await started.graph("PATCH", url(), { appId: randomUUID() }), 400, "Request_BadRequest");
    });

    it("a body that is not a JSON object must be refused", async () => {
      const { body } = await started.tokenRequest();
      const answer = await started.send("PATCH", url(), { token: body.access_token, json: ["no object"] });
      refused(answer, 400, "BadRequest");
    });

    it("deletion of an application must delete its dependants", async () => {
      const { body: principal } = await started.graph("POST", "/v1.0/servicePrincipals", { appId: application.appId });
      const sync = started.principalId(SYNC_APP_ID);
      const assignment = { appRoleId: SYNC_ROLE_ID, principalId: principal.id, resourceId: sync };
      await started.graph("POST", `/v1.0/servicePrincipals/${sync}/appRoleAssignedTo`, assignment);
      assert.equal((await started.graph("DELETE", url())).status, 204);
      refused(await started.graph("GET", `/v1.0/servicePrincipals/${principal.id}`), 404, "Request_ResourceNotFound");
      const { body } = await started.graph("GET", `/v1.0/servicePrincipals/${sync}/appRoleAssignedTo`);
      assert.deepEqual(body.value, []);
    });

    it("an application must have one principal at most, and a principal must have an application", async () => {
      const body = { appId: application.appId };
      assert.equal((await started.graph("POST", "/v1.0/servicePrincipals", body)).status, 201);
      const again = await started.graph("POST", "/v1.0/servicePrincipals", body);
      refused(again, 409, "Request_MultipleObjectsWithSameKeyValue");
      const none = await started.graph("POST", "/v1.0/servicePrincipals", { appId: randomUUID() });
      refused(none, 400, "Request_BadRequest");
      assert.match(none.body.error.message, /does not reference a valid application object/);
    });

    it("a principal must have the present name of its application", async () => {
      const { body } = await started.graph("POST", "/v1.0/servicePrincipals", { appId: application.appId });
      await started.graph("PATCH", url(), { displayName: "renamed" });
      const shown = await started.graph("GET", `/v1.0/servicePrincipals/${body.id}?$select=displayName`);
      assert.equal(shown.body.displayName, "renamed");
    });

    it("an owner must not be added twice or removed if absent, and an unknown object must be refused", async () => {
      const reference = (id: string) => ({ "@odata.id": `${started.origin}/v1.0/directoryObjects/${id}` });
      const ME = started.principalId(started.appId);
      const add = (id: string) => started.graph("POST", `${url()}/owners/$ref`, reference(id));
      refused(await add(ME), 400, "Request_BadRequest");
      refused(await add(randomUUID()), 404, "Request_ResourceNotFound");
      assert.equal((await add(started.principalId(SYNC_APP_ID))).status, 204);
      refused(await started.graph("DELETE", `${url()}/owners/${USER.id}/$ref`), 404, "Request_ResourceNotFound");
    });

    it("principals must be found by a list of ids, regardless of case, with fifteen at most", async () => {
      const ids = [started.appId, SYNC_APP_ID].map((appId) => started.principalId(appId));
      const find = (wanted: string[]) => {
        const quoted = wanted.map((id) => `'${id}'`).join(", ");
        return started.graph("GET", `/v1.0/servicePrincipals?$filter=id in (${quoted})&$select=id`);
      };
      const { body } = await find([...ids.map((id) => id.toUpperCase()), randomUUID()]);
      assert.deepEqual(body.value.map(({ id }: Json) => id as string).sort(), [...ids].sort());
      refused(await find(Array.from({ length: 16 }, () => randomUUID())), 400, "Request_UnsupportedQuery");
    });

    it("a list must come page by page, with a link to the next", async () => {
      for (let index = 0; index < 3; index += 1) {
        await started.graph("POST", "/v1.0/applications", { displayName: `page${index}` });
      }
      const seen: string[] = [];
      let next: string | undefined = "/v1.0/applications?$top=2&$select=displayName";
      for (let pages = 0; next && pages < 10; pages += 1) {
        const { body }: Answer = await started.graph("GET", next);
        assert.ok(body.value.length <= 2);
        seen.push(...body.value.map(({ displayName }: Json) => displayName as string));
        next = (body["@odata.nextLink"] as string | undefined)?.slice(started.origin.length);
      }
      assert.deepEqual(seen, ["pipeline", "sync01", "page0", "page1", "page2"]);
      refused(await started.graph("GET", "/v1.0/applications?$top=0"), 400, "Request_BadRequest");
    });
  });

  describe("role assignments", () => {
    const sync = () => started.principalId(SYNC_APP_ID);
    const assign = (body: Json) => started.graph("POST", `/v1.0/servicePrincipals/${sync()}/appRoleAssignedTo`, body);

    it("a role assignment must not accept the delegated scope's id for the role's", async () => {
      const { body } = await started.graph("GET", `/v1.0/servicePrincipals?$filter=appId eq '${SYNC_APP_ID}'`);
      const [scope] = body.value[0].oauth2PermissionScopes;
      const [role] = body.value[0].appRoles;
      assert.equal(scope.value, role.value);
      assert.notEqual(scope.id, role.id);
      const principalId = started.principalId(started.appId);
      const answer = await assign({ appRoleId: scope.id, principalId, resourceId: sync() });
      refused(answer, 400, "Request_BadRequest");
    });

    it("a role assignment must be refused twice, for another resource, and for an unknown principal", async () => {
      const { body: principal } = await started.graph("POST", "/v1.0/servicePrincipals", { appId: application.appId });
      const body = { appRoleId: SYNC_ROLE_ID, principalId: principal.id, resourceId: sync() };
      assert.equal((await assign(body)).status, 201);
      refused(await assign(body), 400, "Request_BadRequest");
      refused(await assign({ ...body, resourceId: principal.id }), 400, "Request_BadRequest");
      refused(await assign({ ...body, principalId: randomUUID() }), 404, "Request_ResourceNotFound");
      const held = await started.graph("GET", `/v1.0/servicePrincipals/${principal.id}/appRoleAssignments`);
      assert.deepEqual(
        held.body.value.map(({ appRoleId, resourceId }: Json) => ({ appRoleId, resourceId })),
        [{ appRoleId: SYNC_ROLE_ID, resourceId: sync() }],
      );
    });
  });

  describe("under faults", () => {
    it("Graph must be throttled and unavailable as often as requested", async () => {
      started.faults.set("tenant", "throttled", 1);
      const throttled = await started.graph("GET", url());
      refused(throttled, 429, "TooManyRequests");
      assert.equal(throttled.headers["retry-after"], "1");
      started.faults.set("tenant", "unavailable", 1);
      refused(await started.graph("GET", url()), 503, "ServiceUnavailable");
      assert.equal((await started.graph("GET", url())).status, 200);
    });

    it("the fault forbidden must forbid only writes", async () => {
      started.faults.set("tenant", "forbidden", null);
      assert.equal((await started.graph("GET", url())).status, 200);
      refused(await started.graph("PATCH", url(), { displayName: "x" }), 403, "Authorization_RequestDenied");
    });
  });

  it("Graph must return the sandbox's time in its Date header, and the client's request id", async () => {
    started.clock.ahead = 100 * 86_400;
    const { headers, body } = await started.send("GET", url(), { headers: { "client-request-id": "mine" } });
    assert.ok(Math.abs(Date.parse(headers.date!) - started.clock.now().getTime()) < 5000);
    assert.equal(headers["client-request-id"], "mine");
    assert.equal(body.error.innerError["client-request-id"], "mine");
  });
});
