/** Identifiers in any letter case are the same ones: in a configuration, an argument, an answer of Graph or of a host, a state. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { check as checkGuard, diff as diffGuard } from "../../../components/credential-guard-rules";
import { check as checkServer, diff as diffServer } from "../../../components/sync-server-rules";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { checkRoleHolders, checkServer as checkArguments } from "../../../model/configuration/declaration";
import { parseAnswer } from "../../../model/protocol/host-answer";
import { lowerHost, normalised } from "../../../model/text/identifiers";
import { observeApplication } from "../../../remote/graph";
import { tenantAccess } from "../../../remote/tenant-access";
import { framed, success } from "../../helpers/answers";
import { rawServer } from "../../helpers/configurations";
import { fakeGraph, tenantWith } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { guardInputs, viewOf } from "../../helpers/guarded";
import { APP_ID, healthy, OBJECT_ID, observation, PRINCIPAL_OBJECT_ID, serverInputs } from "../../helpers/observations";

const OWNER = "abcdefab-cdef-4abc-8def-abcdefabcdef";
const SHA256 = "ab".repeat(32);

/** The same text with each letter in one case or the other, as the bits say. */
const inCase = (text: string, bits: number) =>
  [...text].map((letter, at) => ((bits >> (at % 31)) & 1 ? letter.toUpperCase() : letter.toLowerCase())).join("");
const bits = fc.integer({ min: 0, max: 2 ** 31 - 1 });

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const IDENTIFIER = new RegExp(`${GUID.source}|\\b[0-9a-f]{64}\\b|\\b[0-9a-f]{40}\\b|\\bS-1-[0-9-]+`, "gi");

/** Every GUID, hash and SID of plain data in the case that the bits say. */
function recased<T>(value: T, seed: number, identifier = IDENTIFIER): T {
  const copy = (part: unknown): unknown => {
    if (typeof part === "string") return part.replaceAll(identifier, (found) => inCase(found, seed));
    if (Array.isArray(part)) return part.map(copy);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, copy(inner)]));
  };
  return copy(value) as T;
}

describe("identifiers", () => {
  it("a configuration with identifiers in any letter case must be the same declaration", () => {
    const declared = (seed: number) => {
      const server = rawServer("sync01") as { connection: object };
      const connection = { ...server.connection, host: inCase("sync01.contoso.com", seed) };
      const adopt = { certificateSha256: inCase(SHA256, seed) };
      const { configuration, problems } = checkConfiguration(
        {
          owners: ["pipeline", inCase(OWNER, seed)],
          pipelineObjectId: inCase(OWNER, seed),
          allowedRoleHolders: [{ id: inCase(OWNER, seed), reason: "a pilot", expires: "2027-06-30" }],
          servers: { sync01: { ...server, connection, adopt } },
        },
        {},
      );
      assert.deepEqual(problems, []);
      return configuration;
    };
    const expected = declared(0);
    fc.assert(fc.property(bits, (seed) => assert.deepEqual(declared(seed), expected)));
  });

  it("arguments of the classes with identifiers in any letter case must be the same declaration", () => {
    const declared = (seed: number) => {
      const server = rawServer("sync01") as { connection: object };
      const connection = { ...server.connection, host: inCase("sync01.contoso.com", seed) };
      const args = { ...server, connection, owners: [inCase(OWNER, seed)] };
      const holders = [{ id: inCase(OWNER, seed), reason: "a pilot", expires: "2027-06-30" }];
      return [checkArguments("sync01", args), checkRoleHolders(holders)];
    };
    const expected = declared(0);
    assert.deepEqual((expected[0] as { problems: unknown[] }).problems, []);
    fc.assert(fc.property(bits, (seed) => assert.deepEqual(declared(seed), expected)));
  });

  it("a tenant must be the same by its id or domain in any letter case", () => {
    for (const tenant of [OWNER, "contoso.onmicrosoft.com"]) {
      const { tenantId } = tenantAccess((name) => (name === "tenantId" ? tenant.toUpperCase() : undefined), "global");
      assert.equal(tenantId, tenant);
    }
  });

  it("an answer of Graph with ids in any letter case must give the same facts", async () => {
    const key = { keyId: OWNER, displayName: "a key", key: null, startDateTime: "2026-01-01T00:00:00Z" };
    const keyCredentials = [{ ...key, endDateTime: "2027-01-01T00:00:00Z" }];
    const application = {
      id: OBJECT_ID,
      appId: APP_ID,
      displayName: "sync01",
      tags: ["ConnectSyncIdentity:dev/sync01"],
    };
    const rest = { signInAudience: "AzureADMyOrg", passwordCredentials: [], servicePrincipalLockConfiguration: null };
    const principal = { id: PRINCIPAL_OBJECT_ID, accountEnabled: true, keyCredentials, passwordCredentials: [] };
    const assignment = { id: "aBcD_-eF", appRoleId: OWNER, resourceId: OWNER, resourceDisplayName: "Service" };
    const observed = async (seed: number) => {
      const shown = (part: object) => recased(part, seed);
      const below = `GET applications/${OBJECT_ID}`;
      const own = `GET servicePrincipals(appId='${APP_ID}')`;
      const answers = {
        "GET applications": shown({ value: [{ ...application, ...rest }] }),
        [below]: shown({ id: OBJECT_ID, keyCredentials }),
        [`${below}/owners`]: shown({ value: [{ id: OWNER, displayName: "An owner" }] }),
        [`${below}/federatedIdentityCredentials`]: { value: [] },
        [own]: shown(principal),
        [`${own}/owners`]: shown({ value: [{ id: OWNER, displayName: "An owner" }] }),
        [`${own}/appRoleAssignments`]: shown({ value: [assignment] }),
        [`${own}/oauth2PermissionGrants`]: shown({ value: [{ resourceId: OWNER, scope: "User.Read" }] }),
      };
      const read = () => observeApplication(tenantWith(), "sync01", "ConnectSyncIdentity:dev/sync01");
      return (await withFetch(fakeGraph(answers), read)).result;
    };
    const expected = await observed(0);
    assert.equal(expected?.principal?.appRoles[0].id, assignment.id, "what is no GUID stays as it is");
    for (const seed of fc.sample(bits, 20)) assert.deepEqual(await observed(seed), expected, String(seed));
  });

  it("an answer of a host with identifiers in any letter case must give the same facts", async () => {
    const { facts } = await healthy();
    const parsed = (seed: number) => {
      const answer = parseAnswer("observe", framed(success("observe", recased(facts, seed))));
      assert.ok(answer.ok);
      return answer.result;
    };
    const { connector: expected, certificates, service } = parsed(0);
    fc.assert(
      fc.property(bits, (seed) => {
        const { connector, ...other } = parsed(seed);
        assert.deepEqual([connector.appId, connector.certificateSha256], [expected.appId, expected.certificateSha256]);
        assert.deepEqual([other.certificates, other.service], [certificates, service]);
      }),
    );
  });

  it("a state with identifiers in another letter case must show no change, and move no certificate", async () => {
    const { facts, application } = await healthy();
    Object.assign(facts.connector, { appId: OWNER, userName: `{${OWNER}}@contoso.onmicrosoft.com` });
    const inputs = serverInputs(observation(facts, { ...application, appId: OWNER }), { appId: OWNER });
    const old = checkServer(undefined, inputs).inputs!;
    const before = { ...recased(old, -1, GUID), host: old.host.toUpperCase() };
    assert.notEqual(before.appId, old.appId);
    assert.equal(diffServer(before, checkServer(before, inputs).inputs!).changes, false);
    const view = await viewOf(1);
    const guard = checkGuard(undefined, guardInputs(view)).inputs!;
    const earlier = recased(guard, -1, GUID);
    assert.notDeepEqual(earlier.owners, guard.owners);
    assert.equal(diffGuard(earlier, checkGuard(earlier, guardInputs(view)).inputs!).changes, false);
  });

  it("the zone of an address, the link to a next page and what only looks like an id must stay as they are", () => {
    assert.equal(lowerHost("FE80::1%Eth0"), "fe80::1%Eth0");
    const link = `https://graph.example/next?$skiptoken=${OWNER.toUpperCase()}`;
    const longer = `x${OWNER.toUpperCase()}`;
    const given = { "@odata.nextLink": link, id: OWNER.toUpperCase(), other: longer, at: null, on: true, n: 1 };
    assert.deepEqual(normalised(given), { ...given, id: OWNER });
  });
});
