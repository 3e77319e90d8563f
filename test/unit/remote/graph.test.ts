import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { toPem } from "../../../model/certificate/certificate-policy";
import { applicationMarker } from "../../../model/server/labels";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { findApplication, observeApplication } from "../../../remote/graph";
import { makeCertificate } from "../../helpers/certificates";
import { fakeGraph, GRAPH, refused, tenantWith as access, tokenWith, type Answers } from "../../helpers/fake-graph";
import { json, withFetch, type Responder } from "../../helpers/fetching";
import { APP_ID, IDENTITY, OBJECT_ID, OTHER_APP_ID, PRINCIPAL_OBJECT_ID } from "../../helpers/observations";
import { problemOf as problemIn } from "../../helpers/problems";
import { words } from "../../helpers/remedies";
import { withoutWaiting } from "../../helpers/waiting";

const MARKER = applicationMarker(IDENTITY);

const observe = (respond: Responder, tenant = access()) =>
  withFetch(respond, () => observeApplication(tenant, "sync01", MARKER));

const key = (bytes: Buffer | null, changes: object = {}) => ({
  keyId: "00000000-2222-4333-8444-555555555555",
  displayName: "a name",
  key: bytes?.toString("base64") ?? null,
  startDateTime: "2026-10-01T12:00:00Z",
  endDateTime: "2027-10-01T12:00:00Z",
  ...changes,
});

const application = (changes: object = {}) => ({
  id: OBJECT_ID,
  appId: APP_ID,
  displayName: "Entra Connect Sync - sync01",
  tags: [MARKER],
  signInAudience: "AzureADMyOrg",
  passwordCredentials: [],
  servicePrincipalLockConfiguration: null,
  ...changes,
});
const principal = {
  id: PRINCIPAL_OBJECT_ID,
  accountEnabled: true,
  keyCredentials: [] as object[],
  passwordCredentials: [] as object[],
};
const PRINCIPAL = `GET servicePrincipals(appId='${APP_ID}')`;

/** All that is asked of a tenant that holds this application, with nothing on it. */
const answers = (changes: Answers = {}): Answers => ({
  "GET applications": { value: [application()] },
  [`GET applications/${OBJECT_ID}`]: { keyCredentials: [] },
  [`GET applications/${OBJECT_ID}/owners`]: { value: [] },
  [`GET applications/${OBJECT_ID}/federatedIdentityCredentials`]: { value: [] },
  [PRINCIPAL]: principal,
  [`${PRINCIPAL}/owners`]: { value: [] },
  [`${PRINCIPAL}/appRoleAssignments`]: { value: [] },
  [`${PRINCIPAL}/oauth2PermissionGrants`]: { value: [] },
  ...changes,
});
const page = (...value: object[]) => json({ value });
const failure = (status: number, code: string, headers = {}) =>
  json({ error: { code, message: `because of ${code}` } }, status, headers);

/** The one problem that an observation fails with. */
async function problemOf(respond: Responder) {
  const error = await observe(respond).then(
    () => assert.fail("it should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProblemError, String(error));
  assert.equal(error.problems.length, 1);
  assert.equal(error.problems[0].subject, "sync01");
  return error.problems[0];
}

describe("the read of an application", () => {
  it("an application must be read in one request by marker, and one more for everything beside it", async () => {
    const { result, requests } = await observe(fakeGraph(answers()));
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`),
      [`GET ${GRAPH}applications`, `POST ${GRAPH}$batch`],
    );
    const url = new URL(requests[0].url);
    assert.equal(url.searchParams.get("$filter"), "tags/any(t:t eq 'ConnectSyncIdentity:dev/sync01')");
    assert.equal(requests[0].headers.authorization, "Bearer token");
    assert.deepEqual([result?.objectId, result?.appId, result?.keys], [OBJECT_ID, APP_ID, []]);
  });

  it("keys must be requested from the single objects, because only those show their bytes", async () => {
    const asked: string[] = [];
    await observe(fakeGraph(answers(), asked));
    const withKeys = asked.filter((path) => path.includes("keyCredentials"));
    assert.deepEqual(
      withKeys.map((path) => path.split("?")[0]),
      [`GET applications/${OBJECT_ID}`, PRINCIPAL],
    );
    assert.ok(withKeys.every((path) => /\?\$select=/.test(path)));
  });

  it("the read must contain secrets, federated credentials, owners, roles and scopes of application and principal", async () => {
    const secret = { keyId: "s", displayName: null, endDateTime: "2027-01-01T00:00:00Z" };
    const federation = { id: "f", name: "repository", issuer: "https://issuer", subject: "repo:a/b", audiences: [] };
    const assignment = { id: "a", appRoleId: "r", resourceId: "o", resourceDisplayName: "Service" };
    const { result } = await observe(
      fakeGraph(
        answers({
          "GET applications": { value: [application({ passwordCredentials: [secret] })] },
          [`GET applications/${OBJECT_ID}/owners`]: {
            value: [{ id: "u", userPrincipalName: "u@x", displayName: "U" }],
          },
          [`GET applications/${OBJECT_ID}/federatedIdentityCredentials`]: { value: [federation] },
          [PRINCIPAL]: {
            ...principal,
            accountEnabled: false,
            keyCredentials: [key(null)],
            passwordCredentials: [secret],
          },
          [`${PRINCIPAL}/owners`]: { value: [{ id: "p", displayName: "Pipeline" }] },
          [`${PRINCIPAL}/appRoleAssignments`]: { value: [assignment] },
          [`${PRINCIPAL}/oauth2PermissionGrants`]: { value: [{ resourceId: "g", scope: " User.Read  Mail.Read" }] },
        }),
      ),
    );
    const shown = { keyId: "s", displayName: "", startDateTime: null, endDateTime: "2027-01-01T00:00:00Z" };
    assert.deepEqual(result?.secrets, [shown]);
    assert.deepEqual(result?.owners, [{ id: "u", name: "u@x" }]);
    assert.deepEqual(result?.federatedCredentials, [
      { id: "f", name: "repository", issuer: "https://issuer", subject: "repo:a/b" },
    ]);
    const { keys, ...rest } = result!.principal!;
    assert.equal(keys[0].keyId, key(null).keyId);
    assert.deepEqual(rest, {
      objectId: PRINCIPAL_OBJECT_ID,
      accountEnabled: false,
      secrets: [shown],
      owners: [{ id: "p", name: "Pipeline" }],
      appRoles: [{ id: "a", appRoleId: "r", resourceId: "o", resourceName: "Service" }],
      delegatedScopes: ["g User.Read", "g Mail.Read"],
    });
  });

  it("the property lock must count as on only if all properties are locked", async () => {
    for (const [configuration, on] of [
      [null, false],
      [{ isEnabled: false, allProperties: true }, false],
      [{ isEnabled: true, allProperties: false, credentialsWithUsageVerify: true }, false],
      [{ isEnabled: true, allProperties: true }, true],
    ] as const) {
      const value = [application({ servicePrincipalLockConfiguration: configuration })];
      const { result } = await observe(fakeGraph(answers({ "GET applications": { value } })));
      assert.equal(result?.lock, on, JSON.stringify(configuration));
    }
  });

  it("the read must contain no principal if the application has none", async () => {
    const { result } = await observe(
      fakeGraph(answers({ [PRINCIPAL]: () => refused(404, "Request_ResourceNotFound") })),
    );
    assert.equal(result?.principal, null);
  });

  it("the read must work without delegated permissions if the pipeline cannot read them, but not without the rest", async () => {
    const { result } = await observe(
      fakeGraph(answers({ [`${PRINCIPAL}/oauth2PermissionGrants`]: () => refused(403) })),
    );
    assert.equal(result?.principal?.delegatedScopes, null);
    for (const path of Object.keys(answers()).filter((name) => !/oauth2|applications$/.test(name))) {
      const problem = await problemOf(fakeGraph(answers({ [path]: () => refused(403) })));
      assert.equal(problem.code, "GRAPH_FORBIDDEN", path);
    }
  });

  it("the read must be null if no application carries the marker", async () => {
    assert.equal((await observe(() => page())).result, null);
  });

  it("a marker must not be interpreted as part of the filter", async () => {
    const { requests } = await withFetch(
      () => page(),
      () => observeApplication(access(), "sync01", "o'neill' or true&$top=1"),
    );
    const url = new URL(requests[0].url);
    assert.equal(url.searchParams.get("$filter"), "tags/any(t:t eq 'o''neill'' or true&$top=1')");
    assert.equal(url.searchParams.get("$top"), null);
  });

  it("several applications with one marker must be refused by their ids", async () => {
    const problem = await problemOf(() => page(application(), { ...application(), appId: OTHER_APP_ID }));
    assert.equal(problem.code, "APPLICATION_AMBIGUOUS");
    assert.ok(problem.actual.includes(APP_ID) && problem.actual.includes(OTHER_APP_ID));
    assert.match(words(problem.remedy), /Remove the tag/);
  });
});

describe("the read of an application by its id", () => {
  const find = (respond: Responder) => withFetch(respond, () => findApplication(access(), "sync01", APP_ID));

  it("the read by id must use that id, with everything beside the application", async () => {
    const { result, requests } = await find(fakeGraph(answers()));
    assert.equal(new URL(requests[0].url).searchParams.get("$filter"), `appId eq '${APP_ID}'`);
    assert.deepEqual([result?.objectId, result?.principal?.objectId], [OBJECT_ID, PRINCIPAL_OBJECT_ID]);
  });

  it("the read by id must be null if the tenant has no such application, and an error if it cannot be read", async () => {
    assert.equal((await find(() => page())).result, null);
    const problem = await problemIn(find(() => refused(403)));
    assert.deepEqual([problem.code, problem.subject], ["GRAPH_FORBIDDEN", "sync01"]);
  });
});

describe("the names of objects in Graph", () => {
  it("the name of an object must be its display name, or its id if it has none", async () => {
    const assignment = { id: "a", appRoleId: "r", resourceId: "o", resourceDisplayName: null };
    const { result } = await observe(
      fakeGraph(
        answers({
          [`GET applications/${OBJECT_ID}/owners`]: { value: [{ id: "u", displayName: "U" }, { id: "v" }] },
          [`${PRINCIPAL}/appRoleAssignments`]: { value: [assignment] },
        }),
      ),
    );
    assert.deepEqual(
      result?.owners.map(({ name }) => name),
      ["U", "v"],
    );
    assert.equal(result?.principal?.appRoles[0].resourceName, "o");
  });
});

describe("a key credential", () => {
  const subject = "CN=ConnectSyncIdentity dev/sync01 g1";
  const keyOf = async (credential: object) =>
    (await observe(fakeGraph(answers({ [`GET applications/${OBJECT_ID}`]: { keyCredentials: [credential] } })))).result
      ?.keys[0];

  it("a key credential must be read in DER form", async () => {
    const der = await makeCertificate({ subject });
    const sha256 = createHash("sha256").update(der).digest("hex");
    const read = await keyOf(key(der));
    assert.deepEqual([read?.sha256, read?.subject, read?.startDateTime], [sha256, subject, "2026-10-01T12:00:00Z"]);
  });

  it("a key credential in PEM form, as the azuread provider writes it, must be read as the same certificate", async () => {
    const der = await makeCertificate({ subject });
    const sha256 = createHash("sha256").update(der).digest("hex");
    const read = await keyOf(key(Buffer.from(toPem(der))));
    assert.deepEqual([read?.sha256, read?.subject], [sha256, subject]);
  });

  it("a key credential must keep its display name, without a hash, if its bytes are missing or not a certificate", async () => {
    for (const bytes of [null, Buffer.from("a symmetric key")]) {
      const read = await keyOf(key(bytes));
      assert.deepEqual([read?.sha256, read?.subject], [null, "a name"]);
    }
    assert.equal((await keyOf(key(null, { displayName: null })))?.subject, "");
  });
});

describe("the certificates of an application", () => {
  it("a certificate that Entra shows with its bytes must be read with issuer and serial number, and no other", async () => {
    const der = await makeCertificate({ subject: "CN=ConnectSyncProvisioning_SYNC01_0123456789ab" });
    const keyCredentials = [key(der), key(null), key(Buffer.from("a symmetric key"))];
    const { result } = await observe(fakeGraph(answers({ [`GET applications/${OBJECT_ID}`]: { keyCredentials } })));
    const { serialNumber, issuer } = new X509Certificate(der);
    const sha256 = createHash("sha256").update(der).digest("hex");
    const [read, ...others] = result!.certificates!;
    assert.deepEqual(others, []);
    assert.deepEqual([read.sha256, read.issuer, read.serialNumber], [sha256, issuer, serialNumber]);
    assert.deepEqual([read.notBefore, read.notAfter], ["2026-10-01T12:00:00Z", "2027-10-01T12:00:00Z"]);
  });
});

describe("errors of Graph", () => {
  const waits = withoutWaiting();
  const soon = { "retry-after": "0.01" };

  for (const status of [429, 503, 504]) {
    it(`Graph must be asked again after ${status}`, async () => {
      const respond: Responder = (_request, count) => (count < 3 ? failure(status, "busy", soon) : page());
      const { result, requests } = await observe(respond);
      assert.equal(result, null);
      assert.equal(requests.length, 3);
    });
  }

  it("a repeated request must wait for as long as Graph says", async () => {
    const respond: Responder = (_request, count) =>
      count === 1 ? failure(429, "busy", { "retry-after": "0.3" }) : page();
    await observe(respond);
    assert.deepEqual(waits(), [300]);
  });

  it("requests to Graph must not be repeated forever", async () => {
    let count = 0;
    const problem = await problemOf((_request, number) => {
      count = number;
      return failure(429, "TooManyRequests", soon);
    });
    assert.equal(count, 4);
    assert.deepEqual(
      [problem.code, problem.actual],
      ["GRAPH_UNAVAILABLE", "429 TooManyRequests: because of TooManyRequests"],
    );
  });

  for (const [status, code, remedy] of [
    [401, "GRAPH_TOKEN_REFUSED", /sign-in log/],
    [403, "GRAPH_FORBIDDEN", /Application\.Read\.All/],
  ] as const) {
    it(`Graph must not be asked again after ${status}, and the error must say what helps`, async () => {
      let count = 0;
      const problem = await problemOf((_request, number) => {
        count = number;
        return failure(status, "Authorization_RequestDenied");
      });
      assert.equal(count, 1);
      assert.equal(problem.code, code);
      assert.match(problem.actual, new RegExp(`^${status} Authorization_RequestDenied: because of`));
      assert.match(words(problem.remedy), remedy);
    });
  }

  it("a missing permission must not be made of a proxy's page", async () => {
    const headers = { "content-type": "text/html" };
    const problem = await problemOf(() => new Response("<html><title>Blocked</title>", { status: 403, headers }));
    assert.deepEqual(
      [problem.code, problem.actual],
      ["GRAPH_ANSWER_INVALID", '403: an HTML page ("Blocked") instead of JSON'],
    );
    assert.match(words(problem.remedy), /HTTPS_PROXY/);
  });

  it("an error of Graph must be reported even if its body is not JSON", async () => {
    const problem = await problemOf(() => new Response("<html>", { status: 502 }));
    assert.equal(problem.code, "GRAPH_UNAVAILABLE");
    assert.match(problem.actual, /^502: an HTML page instead of JSON/);
    assert.equal(words(problem.remedy), "Wait and run again.");
  });

  it("Graph must not be asked without a token", async () => {
    const work = withFetch(
      () => page(),
      () => observeApplication(access(null), "sync01", MARKER),
    );
    await assert.rejects(work, /no token was issued/);
  });

  it("an error must not repeat the token", async () => {
    const problem = await problemOf(() => failure(500, "oops"));
    assert.ok(!JSON.stringify(problem).includes("Bearer"));
  });

  it("owners without the pipeline must be refused if it may change only what it owns", async () => {
    const outcome = (roles: string[], ownsNothing: boolean) =>
      withFetch(fakeGraph(answers()), () =>
        observeApplication(access(tokenWith(roles)), "sync01", MARKER, ownsNothing).then(
          () => "observed",
          (error: ProblemError) => error.code,
        ),
      ).then(({ result }) => result);
    const owned = ["Application.ReadWrite.OwnedBy", "Application.Read.All"];
    const unknown = await withFetch(fakeGraph(answers()), () => observeApplication(access(), "sync01", MARKER, true));
    assert.equal(unknown.result?.appId, APP_ID);
    assert.equal((await observe(fakeGraph(answers()), access(tokenWith(owned)))).result?.appId, APP_ID);
    assert.equal(await outcome(owned, true), "OWNERS_LOCK_OUT");
    assert.equal(await outcome(owned, false), "observed");
    assert.equal(await outcome([...owned, "Application.ReadWrite.All"], true), "observed");
    assert.equal(await outcome(["Application.Read.All"], true), "observed");
  });
});
