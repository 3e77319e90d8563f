/** The token endpoint's rules. Nothing here proves what Entra itself would say. */
import assert from "node:assert/strict";
import { createPublicKey, randomUUID, type JsonWebKey } from "node:crypto";
import { jwtVerify } from "jose";
import { makeAssertion, makeCertificate, type AssertionChoice, type TestCertificate } from "./certificates";
import { DOMAIN, EmulatedTenant, SYNC_APP_ID, type Answer, lifetime } from "./emulated-tenant";

const DAY = 86_400;
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

function refused({ status, body }: Answer, number: number, error: string): void {
  assert.deepEqual([body.error_codes, body.error], [[number], error], JSON.stringify(body));
  assert.ok(status === 400 || status === 401, `status ${status}`);
  assert.match(
    body.error_description,
    new RegExp(`^AADSTS${number}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: .+Z$`),
  );
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
  assert.ok(body.trace_id && body.correlation_id);
}

describe("emulated tenant, token endpoint", () => {
  let started: EmulatedTenant;
  let certificate: TestCertificate;
  let stranger: TestCertificate;
  let appId: string;

  before(async () => {
    started = await EmulatedTenant.start();
    [certificate, stranger] = [await makeCertificate(), await makeCertificate()];
    ({ appId } = started.tenant.store.addManagedApplication({
      displayName: "sync01",
      certificates: [certificate.der],
    }));
  });
  after(() => started.stop());
  afterEach(() => {
    started.clock.ahead = 0;
    started.faults.clear();
  });

  /** A token for the sync service, asked for with a client assertion. */
  function requestToken(choice: Partial<AssertionChoice> = {}, form: Record<string, string> = {}): Promise<Answer> {
    const audience = `${started.origin}/${started.tenantId}/oauth2/v2.0/token`;
    const client_assertion = makeAssertion({ appId, audience, certificate, now: started.clock.now(), ...choice });
    return started.send("POST", `/${started.tenantId}/oauth2/v2.0/token`, {
      form: {
        grant_type: "client_credentials",
        client_id: appId,
        scope: `${SYNC_APP_ID}/.default`,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion,
        ...form,
      },
    });
  }

  describe("with a client secret", () => {
    it("a client secret must get a token that verifies with the published keys, has the caller's roles, and uses real time", async () => {
      started.clock.ahead = 300 * DAY;
      const { status, body } = await started.tokenRequest();
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.expires_in, 3599);
      const { body: configuration } = await started.send(
        "GET",
        `/${started.tenantId}/v2.0/.well-known/openid-configuration`,
      );
      const { body: keys } = await started.send("GET", new URL(configuration.jwks_uri).pathname);
      const key = createPublicKey({ key: keys.keys[0] as JsonWebKey, format: "jwk" });
      const { payload } = await jwtVerify(body.access_token, key, {
        issuer: configuration.issuer,
        audience: started.origin,
      });
      assert.equal(payload.oid, started.principalId(started.appId));
      assert.equal(payload.appid, started.appId);
      assert.equal(payload.tid, started.tenantId);
      assert.deepEqual([...(payload.roles as string[])].sort(), [
        "AppRoleAssignment.ReadWrite.All",
        "Application.Read.All",
        "Application.ReadWrite.OwnedBy",
        "AuditLog.Read.All",
        "Organization.Read.All",
        "Policy.Read.All",
        "RoleManagement.Read.Directory",
        "User.Read.All",
      ]);
      assert.ok(Math.abs(payload.exp! - Date.now() / 1000 - 3599) < 10);
    });

    it("a token must not contain roles if none are held", async () => {
      const { body } = await started.tokenRequest({ scope: `${SYNC_APP_ID}/.default` });
      assert.ok(!("roles" in EmulatedTenant.claims(body.access_token)));
    });

    it("the tenant must be found by its domain and with two leading slashes", async () => {
      assert.equal((await started.tokenRequest({}, DOMAIN)).status, 200);
      assert.equal((await started.tokenRequest({}, `/${started.tenantId}`)).status, 200);
    });

    it("the tenant must store only a hash of the secret", async () => {
      const { readFileSync } = await import("node:fs");
      assert.ok(!readFileSync(started.file, "utf8").includes(started.keys.clientSecret));
    });

    it("the token endpoint must return the sandbox's time in its Date header", async () => {
      started.clock.ahead = 200 * DAY;
      const { headers } = await started.tokenRequest();
      assert.ok(Math.abs(Date.parse(headers.date!) - started.clock.now().getTime()) < 5000, headers.date);
    });

    it("each error must be refused with Entra's own number", async () => {
      refused(await started.tokenRequest({ client_secret: "wrong" }), 7000215, "invalid_client");
      refused(await started.tokenRequest({ client_secret: "" }), 7000218, "invalid_client");
      refused(await started.tokenRequest({ client_id: randomUUID() }), 700016, "unauthorized_client");
      refused(await started.tokenRequest({ client_id: "" }), 900144, "invalid_request");
      refused(await started.tokenRequest({ grant_type: "" }), 900144, "invalid_request");
      refused(await started.tokenRequest({ grant_type: "password" }), 70003, "unsupported_grant_type");
      refused(await started.tokenRequest({ scope: `${randomUUID()}/.default` }), 500011, "invalid_resource");
      refused(await started.tokenRequest({ scope: SYNC_APP_ID }), 1002012, "invalid_scope");
      refused(await started.tokenRequest({}, randomUUID()), 90002, "invalid_request");
      refused(await started.tokenRequest({}, "nonsense"), 900023, "invalid_request");
    });

    it("a secret that expired in real time, and an application without an enabled principal, must be refused", async () => {
      const { store } = started.tenant;
      const application = store.addApplication({ displayName: "old" }, []);
      store.addSecret(application, "old-secret", lifetime(-1));
      const own = { client_id: application.appId, client_secret: "old-secret" };
      refused(await started.tokenRequest(own), 7000229, "unauthorized_client");
      const principal = store.addPrincipal(application.appId, {}, []);
      refused(await started.tokenRequest(own), 7000222, "invalid_client");
      store.change(() => (principal.properties.accountEnabled = false));
      refused(await started.tokenRequest(own), 7000112, "unauthorized_client");
    });
  });

  describe("with a client assertion", () => {
    it("a client assertion must get a token with the role for either audience", async () => {
      for (const audience of [
        `${started.origin}/${started.tenantId}/oauth2/v2.0/token`,
        `${started.origin}/${DOMAIN}/oauth2/v2.0/token`,
        `${started.origin}/${started.tenantId}/v2.0`,
      ]) {
        const { status, body } = await requestToken({ audience });
        assert.equal(status, 200, JSON.stringify(body));
        assert.deepEqual(EmulatedTenant.claims(body.access_token).roles, ["ADSynchronization.ReadWrite.All"]);
      }
    });

    it("a key that is not on the application must be refused", async () => {
      refused(await requestToken({ certificate: stranger }), 700027, "invalid_client");
    });

    it("a signature by another key under a registered thumbprint must be refused", async () => {
      refused(
        await requestToken({ certificate: { ...stranger, sha256: certificate.sha256 } }),
        700027,
        "invalid_client",
      );
    });

    it("a PSS salt that is not as long as the hash must be refused", async () => {
      refused(await requestToken({ saltLength: 20 }), 700027, "invalid_client");
    });

    it("RS256, and a header without x5t#S256, must be refused", async () => {
      refused(await requestToken({ header: { alg: "RS256" } }), 700027, "invalid_client");
      refused(await requestToken({ header: { "x5t#S256": undefined } }), 5002723, "invalid_client");
    });

    it("another issuer, subject or audience must be refused", async () => {
      refused(await requestToken({ claims: { iss: randomUUID() } }), 700021, "invalid_client");
      refused(await requestToken({ claims: { sub: randomUUID() } }), 700021, "invalid_client");
      refused(await requestToken({ audience: "https://login.microsoftonline.com/common" }), 700023, "invalid_client");
    });

    it("an assertion that was used before must be refused, also after a restart", async () => {
      const claims = { jti: randomUUID() };
      assert.equal((await requestToken({ claims })).status, 200);
      refused(await requestToken({ claims }), 50013, "invalid_client");
      await started.restart();
      refused(await requestToken({ claims }), 50013, "invalid_client");
    });

    it("an assertion without an end or an id, or that is not an assertion, must be refused", async () => {
      refused(await requestToken({ claims: { exp: undefined } }), 50027, "invalid_client");
      refused(await requestToken({ claims: { jti: undefined } }), 50027, "invalid_client");
      refused(await requestToken({}, { client_assertion: "nonsense" }), 50027, "invalid_client");
      refused(await requestToken({}, { client_assertion_type: "other" }), 900014, "invalid_request");
    });

    it("the clocks may differ by five minutes and no more, by the sandbox's clock", async () => {
      started.clock.ahead = 100 * DAY;
      const at = (secondsOff: number) => ({ now: new Date(started.clock.now().getTime() + secondsOff * 1000) });
      assert.equal((await requestToken(at(280))).status, 200);
      assert.equal((await requestToken(at(-880))).status, 200);
      refused(await requestToken(at(330)), 700024, "invalid_client");
      refused(await requestToken(at(-930)), 700024, "invalid_client");
      refused(await requestToken({ now: new Date() }), 700024, "invalid_client");
    });

    it("an assertion with a lifetime of more than a day must be refused", async () => {
      const exp = Math.floor(Date.now() / 1000) + 2 * DAY;
      refused(await requestToken({ claims: { exp } }), 700024, "invalid_client");
    });

    it("a key that has expired by the sandbox's clock must be refused", async () => {
      started.clock.ahead = 365 * DAY;
      const answer = await requestToken();
      refused(answer, 700027, "invalid_client");
      assert.match(answer.body.error_description, /expired/);
      started.clock.ahead = -2 * DAY;
      refused(await requestToken(), 700027, "invalid_client");
    });

    it("an application whose key credentials were removed must be refused", async () => {
      const { store } = started.tenant;
      const other = await makeCertificate();
      const made = store.addManagedApplication({ displayName: "broken", certificates: [other.der64] });
      const choice = { appId: made.appId, certificate: other };
      assert.equal((await requestToken(choice, { client_id: made.appId })).status, 200);
      store.removeKeyCredentials(made.appId);
      refused(await requestToken(choice, { client_id: made.appId }), 700027, "invalid_client");
    });
  });

  describe("under faults", () => {
    it("a new key or role must not be visible for three seconds of real time, and then be visible", async () => {
      const { store } = started.tenant;
      const other = await makeCertificate();
      const made = store.addManagedApplication({ displayName: "fresh", certificates: [other.der] });
      const ask = () => requestToken({ appId: made.appId, certificate: other }, { client_id: made.appId });
      started.faults.set("tenant", "replication-lag", null);
      refused(await ask(), 7000229, "unauthorized_client");
      const principal = store.principal(made.servicePrincipalId)!;
      store.change(() => (principal.writtenAt = 0));
      refused(await ask(), 700027, "invalid_client");
      const [key] = store.applicationById(made.appId)!.keyCredentials;
      store.change(() => (key.writtenAt = 0));
      assert.ok(!("roles" in EmulatedTenant.claims((await ask()).body.access_token)));
      const assignment = store.data.assignments.find(({ principalId }) => principalId === principal.id)!;
      store.change(() => (assignment.writtenAt = Date.now() - 3000));
      assert.ok("roles" in EmulatedTenant.claims((await ask()).body.access_token));
    });

    it("the lag must last for as many requests as requested", async () => {
      const other = await makeCertificate();
      const { appId: client_id } = started.tenant.store.addManagedApplication({
        displayName: "n",
        certificates: [other.der],
      });
      started.faults.set("tenant", "replication-lag", 2);
      const statuses = [];
      for (let request = 0; request < 3; request += 1) {
        statuses.push((await requestToken({ appId: client_id, certificate: other }, { client_id })).status);
      }
      assert.deepEqual(statuses, [400, 400, 200]);
    });

    it("roles must be left out of tokens for the sync service only", async () => {
      started.faults.set("tenant", "role-missing", null);
      assert.ok(!("roles" in EmulatedTenant.claims((await requestToken()).body.access_token)));
      assert.ok("roles" in EmulatedTenant.claims((await started.tokenRequest()).body.access_token));
    });
  });
});
