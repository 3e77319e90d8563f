/** How the policies that restrict certificates are read. */
import assert from "node:assert/strict";
import { daysOf, observeKeyRules } from "../../../remote/key-rules";
import { observeTenant } from "../../../remote/observe";
import { fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";

const DEFAULT = "GET policies/defaultAppManagementPolicy";
const LIST = "GET policies/appManagementPolicies";
const limit = (maxLifetime: string, changes: object = {}) => ({
  ...{ restrictionType: "asymmetricKeyLifetime", state: "enabled", maxLifetime },
  ...{ restrictForAppsCreatedAfterDateTime: null, excludeActors: null, ...changes },
});
const byDefault = (keyCredentials: object[], isEnabled = true) => ({
  [DEFAULT]: { id: "default", isEnabled, applicationRestrictions: { keyCredentials } },
});
const own = (keyCredentials: object[]) => ({ id: "own", isEnabled: true, restrictions: { keyCredentials } });

const read = (answers: Answers, objectId: string | null = null) =>
  withFetch(fakeGraph({ [LIST]: { value: [] }, ...answers }), () => observeKeyRules(tenantWith("token"), objectId));
const days = async (answers: Answers, objectId: string | null = null) => {
  const { result } = await read(answers, objectId);
  return result?.map((rule) => rule.days);
};

describe("the read of policies for certificates", () => {
  it("a duration must be read in days, and what is none must be null", () => {
    const known = { P90D: 90, P1Y: 365, P6M: 180, P2W: 14, P1DT12H: 1.5, PT30M: 30 / 1440 };
    for (const [text, expected] of Object.entries(known)) assert.equal(daysOf(text), expected, text);
    for (const text of ["", "P", "90", "P90", "P-1D"]) assert.equal(daysOf(text), null, text);
  });

  it("the default policy must give its rules, and none if it is off", async () => {
    assert.deepEqual(await days(byDefault([limit("P90D")])), [90]);
    assert.deepEqual(await days(byDefault([limit("P90D")], false)), []);
    const { result } = await read(byDefault([limit("", { restrictionType: "trustedCertificateAuthority" })]));
    assert.deepEqual(result, [{ policy: "default", property: "trustedCertificateAuthority", days: null }]);
  });

  it("a restriction must not count if it is disabled, exempts actors, or is about something else", async () => {
    for (const changes of [{ state: "disabled" }, { excludeActors: {} }, { restrictionType: "unknownFutureValue" }]) {
      assert.deepEqual(await days(byDefault([limit("P90D", changes)])), []);
    }
  });

  it("a restriction for newer applications must count only for those", async () => {
    const policy = byDefault([limit("P90D", { restrictForAppsCreatedAfterDateTime: "2026-01-01T00:00:00Z" })]);
    const created = (createdDateTime: string) => ({ ...policy, "GET applications/id": { id: "id", createdDateTime } });
    assert.deepEqual(await days(created("2025-12-31T00:00:00Z"), "id"), []);
    assert.deepEqual(await days(created("2026-01-01T00:00:00Z"), "id"), [90]);
    assert.deepEqual(await days(policy), [90]);
  });

  it("an application's own policy must take the place of the default one", async () => {
    const answers = {
      ...byDefault([limit("P90D")]),
      [LIST]: { value: [own([])] },
      "GET applications/id": { id: "id", createdDateTime: "2026-01-01T00:00:00Z" },
    };
    const assigned = (policies: object[]) => ({
      ...answers,
      "GET applications/id/appManagementPolicies": { value: policies },
    });
    assert.deepEqual(await days(assigned([own([limit("P400D")])]), "id"), [400]);
    assert.deepEqual(await days(assigned([]), "id"), [90]);
  });

  it("rules must be null if they may not be read, or make no sense, and read once for a tenant", async () => {
    assert.deepEqual((await read({ [DEFAULT]: () => refused(403, "Authorization_RequestDenied") })).result, null);
    assert.deepEqual((await read({ [DEFAULT]: {} })).result, null);
    const access = tenantWith("token");
    const graph = fakeGraph({ [LIST]: { value: [] }, ...byDefault([limit("P90D")]) });
    const { requests } = await withFetch(graph, () => Promise.all([1, 2].map(() => observeKeyRules(access, null))));
    assert.equal(requests.length, 1);
  });

  it("policies must be asked for together with the searches of an observation: they cost no round of their own", async () => {
    const graph = fakeGraph({
      "GET applications": { value: [] },
      [LIST]: { value: [] },
      ...byDefault([limit("P90D")]),
    });
    const identities = ["sync01", "sync02"].map((server) => ({ stack: "dev", server }));
    const { result, requests } = await withFetch(graph, () => {
      const access = tenantWith("token");
      return Promise.all(identities.map((one) => observeTenant(access, one, { applicationName: "name" })));
    });
    assert.deepEqual(
      result.map(({ keyRules }) => keyRules?.map((rule) => rule.days)),
      [[90], [90]],
    );
    assert.equal(requests.length, 1);
  });
});
