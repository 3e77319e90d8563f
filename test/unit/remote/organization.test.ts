/** How the tenant's name is read, and what is said if it cannot be. */
import assert from "node:assert/strict";
import { observeOrganization } from "../../../remote/organization";
import { fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";

const ORGANIZATION = "GET organization";
const DOMAINS = [
  { name: "contoso.onmicrosoft.com", isInitial: true, isDefault: false },
  { name: "contoso.com", isDefault: true },
];

const read = async (answers: Answers) =>
  (await withFetch(fakeGraph(answers), () => observeOrganization(tenantWith()))).result;

describe("the read of the tenant's name", () => {
  it("the tenant must have its display name and its default domain", async () => {
    const found = await read({
      [ORGANIZATION]: {
        value: [
          { displayName: "Contoso", verifiedDomains: DOMAINS, onPremisesLastSyncDateTime: "2026-10-01T11:42:07Z" },
        ],
      },
    });
    assert.deepEqual(found, {
      name: "Contoso",
      domain: "contoso.com",
      lastSynchronisation: "2026-10-01T11:42:07.000Z",
      unread: null,
      forbidden: false,
    });
  });

  it("a missing permission must be named, and be no error", async () => {
    const { name, unread, forbidden } = await read({ [ORGANIZATION]: refused(403) });
    assert.deepEqual([name, forbidden], [null, true]);
    assert.equal(unread, "the permission Organization.Read.All is missing");
  });

  it("any other refusal must be shown as it is, and an empty answer or a missing time as such", async () => {
    const never = [{ displayName: "Contoso", verifiedDomains: DOMAINS, onPremisesLastSyncDateTime: null }];
    assert.equal((await read({ [ORGANIZATION]: { value: never } })).lastSynchronisation, null);
    const { unread, forbidden } = await read({ [ORGANIZATION]: refused(400, "Request_BadRequest") });
    assert.match(unread!, /Request_BadRequest/);
    assert.equal(forbidden, false);
    assert.equal((await read({ [ORGANIZATION]: { value: [] } })).unread, "Entra shows none");
  });
});
