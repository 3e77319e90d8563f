import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { toPem } from "../../../model/certificate/certificate-policy";
import { applicationMarker } from "../../../model/server/labels";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { observeApplication } from "../../../remote/graph";
import { makeCertificate } from "../../helpers/certificates";
import { fakeGraph, GRAPH, refused, tenantWith as access, tokenWith, type Answers } from "../../helpers/fake-graph";
import { json, withFetch, type Responder } from "../../helpers/fetching";
import { APP_ID, IDENTITY, OBJECT_ID, OTHER_APP_ID, PRINCIPAL_OBJECT_ID } from "../../helpers/observations";
import { words } from "../../helpers/remedies";

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
  it("must be one request by marker, and one more for all that Graph keeps beside it", async () => {
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

  it("must ask for keys of the single objects, as Graph shows their bytes nowhere else", async () => {
    const asked: string[] = [];
    await observe(fakeGraph(answers(), asked));
    const withKeys = asked.filter((path) => path.includes("keyCredentials"));
    assert.deepEqual(
      withKeys.map((path) => path.split("?")[0]),
      [`GET applications/${OBJECT_ID}`, PRINCIPAL],
    );
    assert.ok(withKeys.every((path) => /\?\$select=/.test(path)));
  });

  it("must hold secrets, federated credentials, owners, roles and scopes of application and principal", async () => {
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

  it("must take the property lock for on only where all properties are locked", async () => {
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

  it("must hold no principal where the application has none", async () => {
    const { result } = await observe(
      fakeGraph(answers({ [PRINCIPAL]: () => refused(404, "Request_ResourceNotFound") })),
    );
    assert.equal(result?.principal, null);
  });

  it("must do without delegated permissions where the pipeline may not read them, and not without the rest", async () => {
    const { result } = await observe(
      fakeGraph(answers({ [`${PRINCIPAL}/oauth2PermissionGrants`]: () => refused(403) })),
    );
    assert.equal(result?.principal?.delegatedScopes, null);
    for (const path of Object.keys(answers()).filter((name) => !/oauth2|applications$/.test(name))) {
      const problem = await problemOf(fakeGraph(answers({ [path]: () => refused(403) })));
      assert.equal(problem.code, "GRAPH_FORBIDDEN", path);
    }
  });

  it("must be null where no application carries the marker", async () => {
    assert.equal((await observe(() => page())).result, null);
  });

  it("must not take a marker for a piece of the filter", async () => {
    const { requests } = await withFetch(
      () => page(),
      () => observeApplication(access(), "sync01", "o'neill' or true&$top=1"),
    );
    const url = new URL(requests[0].url);
    assert.equal(url.searchParams.get("$filter"), "tags/any(t:t eq 'o''neill'' or true&$top=1')");
    assert.equal(url.searchParams.get("$top"), null);
  });

  it("must refuse several with one marker, by their ids", async () => {
    const problem = await problemOf(() => page(application(), { ...application(), appId: OTHER_APP_ID }));
    assert.equal(problem.code, "APPLICATION_AMBIGUOUS");
    assert.ok(problem.actual.includes(APP_ID) && problem.actual.includes(OTHER_APP_ID));
    assert.match(words(problem.remedy), /Remove the tag/);
  });
});

describe("a key credential", () => {
  const subject = "CN=ConnectSyncIdentity dev/sync01 g1";
  const keyOf = async (credential: object) =>
    (await observe(fakeGraph(answers({ [`GET applications/${OBJECT_ID}`]: { keyCredentials: [credential] } })))).result
      ?.keys[0];

  it("must be read where it is DER", async () => {
    const der = await makeCertificate({ subject });
    const sha256 = createHash("sha256").update(der).digest("hex");
    const read = await keyOf(key(der));
    assert.deepEqual([read?.sha256, read?.subject, read?.startDateTime], [sha256, subject, "2026-10-01T12:00:00Z"]);
  });

  it("must be read where it is PEM text, as the azuread provider writes it, as the same certificate", async () => {
    const der = await makeCertificate({ subject });
    const sha256 = createHash("sha256").update(der).digest("hex");
    const read = await keyOf(key(Buffer.from(toPem(der))));
    assert.deepEqual([read?.sha256, read?.subject], [sha256, subject]);
  });

  it("must keep its display name and no hash where its bytes are left out or no certificate", async () => {
    for (const bytes of [null, Buffer.from("a symmetric key")]) {
      const read = await keyOf(key(bytes));
      assert.deepEqual([read?.sha256, read?.subject], [null, "a name"]);
    }
    assert.equal((await keyOf(key(null, { displayName: null })))?.subject, "");
  });
});

describe("a Graph that does not answer well", () => {
  const soon = { "retry-after": "0.01" };

  for (const status of [429, 503, 504]) {
    it(`must be asked again after ${status}`, async () => {
      const respond: Responder = (_request, count) => (count < 3 ? failure(status, "busy", soon) : page());
      const { result, requests } = await observe(respond);
      assert.equal(result, null);
      assert.equal(requests.length, 3);
    });
  }

  it("must be waited for as long as it says", async () => {
    const began = performance.now();
    const respond: Responder = (_request, count) =>
      count === 1 ? failure(429, "busy", { "retry-after": "0.3" }) : page();
    await observe(respond);
    assert.ok(performance.now() - began >= 290);
  });

  it("must not be asked for ever", async () => {
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

  for (const status of [401, 403]) {
    it(`must not be asked again after ${status}, and the permission must be named`, async () => {
      let count = 0;
      const problem = await problemOf((_request, number) => {
        count = number;
        return failure(status, "Authorization_RequestDenied");
      });
      assert.equal(count, 1);
      assert.equal(problem.code, "GRAPH_FORBIDDEN");
      assert.match(problem.actual, new RegExp(`^${status} Authorization_RequestDenied: because of`));
      assert.match(words(problem.remedy), /Application\.Read\.All/);
    });
  }

  it("must be told also where its body is no JSON", async () => {
    const problem = await problemOf(() => new Response("<html>", { status: 502 }));
    assert.equal(problem.code, "GRAPH_UNAVAILABLE");
    assert.match(problem.actual, /^502 .*no reason given/);
  });

  it("must not be asked at all without a token", async () => {
    const work = withFetch(
      () => page(),
      () => observeApplication(access(null), "sync01", MARKER),
    );
    await assert.rejects(work, /no token was issued/);
  });

  it("must not have the token repeated in what is told", async () => {
    const problem = await problemOf(() => failure(500, "oops"));
    assert.ok(!JSON.stringify(problem).includes("Bearer"));
  });

  it("must refuse owners without the pipeline where it may change only what it owns", async () => {
    const outcome = (roles: string[], ownsNothing: boolean) =>
      withFetch(fakeGraph(answers()), () =>
        observeApplication(access(tokenWith(roles)), "sync01", MARKER, ownsNothing).then(
          () => "observed",
          (error: ProblemError) => error.code,
        ),
      ).then(({ result }) => result);
    const owned = ["Application.ReadWrite.OwnedBy", "Application.Read.All"];
    assert.equal(await outcome(owned, true), "OWNERS_LOCK_OUT");
    assert.equal(await outcome(owned, false), "observed");
    assert.equal(await outcome([...owned, "Application.ReadWrite.All"], true), "observed");
    assert.equal(await outcome(["Application.Read.All"], true), "observed");
  });
});
