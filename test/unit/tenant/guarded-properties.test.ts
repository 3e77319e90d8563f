/** What the guard reads and takes away: credentials of all kinds, the lock, role holders, the directory. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ORGANIZATION_NAME } from "../../../sandbox/tenant/tenant-objects";
import { makeCertificate, type TestCertificate } from "./certificates";
import { EmulatedTenant, lifetime, refused, SYNC_APP_ID, SYNC_ROLE_ID, type Json } from "./emulated-tenant";
import { tenantFixture, type TenantFixture } from "./tenant-fixture";

const LOCKED = { isEnabled: true, allProperties: true };

describe("emulated tenant, properties of the guard", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  let application: TenantFixture["application"];
  let principal: string;
  let certificate: TestCertificate;
  const { url } = fixture;

  before(async () => {
    certificate = await makeCertificate();
  });
  beforeEach(async () => {
    ({ tenant: started, application } = fixture);
    const { body } = await started.graph("POST", "/v1.0/servicePrincipals", { appId: application.appId });
    principal = `/v1.0/servicePrincipals/${body.id}`;
  });

  const store = () => started.tenant.store;
  const get = async (path: string) => {
    const { status, body } = await started.graph("GET", path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const lock = (servicePrincipalLockConfiguration: Json | null) =>
    started.graph("PATCH", url(), { servicePrincipalLockConfiguration });

  describe("the app instance property lock", () => {
    const shown = async () =>
      (await get(`${url()}?$select=servicePrincipalLockConfiguration`)).servicePrincipalLockConfiguration as Json;

    it("a write must keep the parts of the property lock that it does not name", async () => {
      assert.equal(await shown(), null);
      assert.equal((await lock({ isEnabled: true, credentialsWithUsageVerify: true })).status, 204);
      assert.equal((await lock({ isEnabled: false })).status, 204);
      assert.deepEqual(await shown(), {
        isEnabled: false,
        allProperties: null,
        credentialsWithUsageVerify: true,
        credentialsWithUsageSign: null,
        tokenEncryptionKeyId: null,
      });
      assert.equal((await lock(null)).status, 204);
      assert.equal(await shown(), null);
    });

    it("unknown parts or wrong values of the property lock must be refused", async () => {
      refused(await lock({ isEnabled: "yes" }), 400, "Request_BadRequest");
      refused(await lock({ enabled: true }), 400, "Request_BadRequest");
      assert.equal(await shown(), null);
    });

    it("the property lock must protect the principal's credentials until it is off", async () => {
      const key = { key: certificate.der64, keyId: randomUUID() };
      assert.equal((await started.graph("PATCH", principal, { keyCredentials: [key] })).status, 204);
      const secret = store().addSecret(store().principalByAppId(application.appId)!, "throw-away", lifetime(60));
      for (const part of [LOCKED, { isEnabled: true, credentialsWithUsageVerify: true }]) {
        assert.equal((await lock({ allProperties: null, ...part })).status, 204);
        const code = "CannotUpdateLockedServicePrincipalProperty";
        refused(await started.graph("PATCH", principal, { keyCredentials: [] }), 400, code);
        refused(await started.graph("PATCH", principal, { passwordCredentials: [] }), 400, code);
        refused(await started.graph("POST", `${principal}/removePassword`, { keyId: secret.keyId }), 400, code);
        // What is written back as it was, and the application's own credentials, are not what it locks.
        assert.equal(
          (await started.graph("PATCH", principal, { keyCredentials: [{ ...key, key: null }] })).status,
          204,
        );
        assert.equal((await started.graph("PATCH", url(), { keyCredentials: [] })).status, 204);
      }
      assert.equal((await lock({ isEnabled: false })).status, 204);
      assert.equal((await started.graph("PATCH", principal, { keyCredentials: [] })).status, 204);
      const removed = await started.graph("POST", `${principal}/removePassword`, { keyId: secret.keyId });
      assert.equal(removed.status, 204);
      const { keyCredentials, passwordCredentials } = await get(principal);
      assert.deepEqual([keyCredentials, passwordCredentials], [[], []]);
    });
  });

  it("a principal's own keys must be shown with their bytes if selected for it", async () => {
    await started.graph("PATCH", principal, { keyCredentials: [{ key: certificate.der64 }] });
    const selected = `/v1.0/servicePrincipals(appId='${application.appId}')?$select=accountEnabled,keyCredentials`;
    const { keyCredentials, accountEnabled } = await get(selected);
    assert.deepEqual([accountEnabled, keyCredentials[0].key], [true, certificate.der64]);
    assert.equal((await get(principal)).keyCredentials[0].key, null);
  });

  it("a secret must be removed by its id, once, and never shown", async () => {
    const { keyId } = store().addSecret(store().application(application.id)!, "throw-away", lifetime(60));
    const [shown] = (await get(url())).passwordCredentials as Json[];
    assert.equal(shown.keyId, keyId);
    assert.equal(shown.secretText, null);
    assert.doesNotMatch(JSON.stringify(shown), /hash|salt|throw-away/);
    assert.equal((await started.graph("POST", `${url()}/removePassword`, { keyId })).status, 204);
    refused(await started.graph("POST", `${url()}/removePassword`, { keyId }), 400, "Request_BadRequest");
  });

  it("a federated credential must be removed by its id or its name", async () => {
    const stored = store().application(application.id)!.federatedIdentityCredentials;
    const make = (name: string) => ({ id: randomUUID(), name, issuer: "https://issuer.test", subject: "a" });
    const [first, second] = [make("first"), make("second")];
    store().change(() => stored.push(first, second));
    const path = `${url()}/federatedIdentityCredentials`;
    assert.deepEqual((await get(path)).value, [first, second]);
    assert.equal((await started.graph("DELETE", `${path}/${first.id}`)).status, 204);
    assert.equal((await started.graph("DELETE", `${path}/second`)).status, 204);
    refused(await started.graph("DELETE", `${path}/${first.id}`), 404, "Request_ResourceNotFound");
    assert.deepEqual((await get(path)).value, []);
  });

  it("applications must be found by any of several tags, within Graph's limit", async () => {
    await started.graph("POST", "/v1.0/applications", { displayName: "second", tags: ["it's or not", "two"] });
    const list = (tags: string[]) =>
      started.graph("GET", `/v1.0/applications?$filter=${tags.map((tag) => `tags/any(t:t eq '${tag}')`).join(" or ")}`);
    const { body } = await list(["one", "it''s or not", "three"]);
    assert.deepEqual(
      body.value.map(({ displayName }: Json) => displayName),
      ["sync01", "second"],
    );
    const many = Array.from({ length: 16 }, (_, index) => `tag${index}`);
    assert.equal((await list(many.slice(1))).status, 200);
    refused(await list(many), 400, "Request_UnsupportedQuery");
  });

  it("role holders must come page by page, however many are requested", async () => {
    const sync = started.principalId(SYNC_APP_ID);
    const holders = Array.from({ length: 5 }, (_, index) => {
      const holder = store().addPrincipal(randomUUID(), { displayName: `holder${index}` }, []);
      store().assign(holder.id, sync, SYNC_ROLE_ID, started.clock.now());
      return holder.id;
    });
    for (const [top, size] of [
      ["", 3],
      ["?$top=999", 3],
      ["?$top=2", 2],
    ] as const) {
      const seen: string[] = [];
      let next: string | undefined = `/v1.0/servicePrincipals(appId='${SYNC_APP_ID}')/appRoleAssignedTo${top}`;
      for (let pages = 0; next && pages < 10; pages += 1) {
        const body: Json = await get(next);
        assert.ok(body.value.length <= size);
        seen.push(...(body.value as Json[]).map(({ principalId }) => principalId as string));
        next = (body["@odata.nextLink"] as string | undefined)?.slice(started.origin.length);
      }
      assert.deepEqual(seen, holders);
    }
    const named = await get("/v1.0/servicePrincipals?$filter=startswith(displayName,'HOLDER')&$select=displayName");
    assert.equal(named.value.length, 5);
    for (const id of holders) store().removePrincipal(store().principal(id)!);
  });

  it("an assignment must show what it names, and delegated permissions only to a caller who may read them", async () => {
    refused(await started.graph("GET", `${principal}/oauth2PermissionGrants`), 403, "Authorization_RequestDenied");
    const allowed = await EmulatedTenant.start({ pipelineRoles: ["Directory.Read.All"] });
    try {
      const [clientId, resourceId] = [allowed.principalId(allowed.appId), allowed.principalId(SYNC_APP_ID)];
      const grant = { id: "grant", clientId, resourceId, principalId: null, scope: "User.Read" };
      allowed.tenant.store.change(({ grants }) => grants.push({ ...grant, consentType: "AllPrincipals" }));
      const held = await allowed.graph("GET", `/v1.0/servicePrincipals/${clientId}/oauth2PermissionGrants`);
      assert.deepEqual(held.body.value, [{ ...grant, consentType: "AllPrincipals" }]);
      const none = await allowed.graph("GET", `/v1.0/servicePrincipals/${resourceId}/oauth2PermissionGrants`);
      assert.deepEqual(none.body.value, []);
    } finally {
      await allowed.stop();
    }
  });

  describe("under faults", () => {
    it("the lost-write fault must lose another key in a write of the list, if there is one", async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      started.faults.set("tenant", "key-lost", 1);
      await started.graph("PATCH", url(), { keyCredentials: [{ keyId: first, key: certificate.der64 }] });
      const both = [
        { keyId: first, key: null },
        { keyId: second, key: (await makeCertificate()).der64 },
      ];
      assert.equal((await started.graph("PATCH", url(), { keyCredentials: both })).status, 204);
      const { keyCredentials } = await get(url());
      assert.deepEqual(
        keyCredentials.map(({ keyId }: Json) => keyId),
        [second],
      );
      assert.deepEqual(started.faults.list(), []);
    });

    it("the audit log and directory roles must be refused, each in its own words", async () => {
      const [audits, roles] = ["/v1.0/auditLogs/directoryAudits", "/v1.0/roleManagement/directory/roleAssignments"];
      await get(audits);
      await get(roles);
      started.faults.set("tenant", "no-audit", null);
      started.faults.set("tenant", "no-directory-roles", null);
      refused(await started.graph("GET", audits), 403, "Authentication_MSGraphPermissionMissing");
      refused(await started.graph("GET", roles), 403, "Authorization_RequestDenied");
    });

    it("the organization must have a name of its own, and be refused to a caller who may not read it", async () => {
      const path = "/v1.0/organization?$select=displayName,verifiedDomains";
      const [shown] = (await get(path)).value as Json[];
      assert.equal(shown.displayName, ORGANIZATION_NAME);
      assert.notEqual(shown.displayName, shown.verifiedDomains[0].name);
      started.faults.set("tenant", "no-organization", null);
      refused(await started.graph("GET", path), 403, "Authorization_RequestDenied");
    });
  });
});
