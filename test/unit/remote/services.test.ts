import assert from "node:assert/strict";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../../model/tenant/clouds";
import { findService } from "../../../remote/services";
import { observeTenantRoles } from "../../../remote/tenant-roles";
import { fakeGraph, GRAPH, tenantWith } from "../../helpers/fake-graph";
import { json, withFetch } from "../../helpers/fetching";
import { problemOf } from "../../helpers/problems";

const WANTED = { appId: SYNC_SERVICE_APP_ID, roles: [SYNC_ROLE, "Other.Role"], name: "the service", purpose: "a test" };
const PATH = `GET servicePrincipals?$filter=appId eq '${SYNC_SERVICE_APP_ID}'&$select=id,appRoles`;

const role = (id: string, changes: object = {}) => ({
  ...{ id, value: SYNC_ROLE, isEnabled: true, allowedMemberTypes: ["Application"] },
  ...changes,
});

async function found(value: object[]) {
  const look = () => findService(tenantWith(), null, WANTED);
  return (await withFetch(fakeGraph({ [PATH]: { value } }), look)).result;
}

const rolesOf = async (appRoles: object[]) => (await found([{ id: "object", appRoles }])).roles;

describe("a service that servers need", () => {
  it("only a role for applications that is in use must count, as others have the same name", async () => {
    const roles = [
      role("of-users", { allowedMemberTypes: ["User"] }),
      role("switched-off", { isEnabled: false }),
      role("of-both", { allowedMemberTypes: ["User", "Application"] }),
      role("without-a-name", { value: null }),
    ];
    assert.deepEqual(await rolesOf(roles), { [SYNC_ROLE]: "of-both" });
  });

  it("a role that the service does not have must be absent, and no error here", async () => {
    assert.deepEqual(await rolesOf([]), {});
  });

  it("a service that the tenant does not have must be a problem of its own", async () => {
    const { code } = await problemOf(found([]));
    assert.equal(code, "SERVICE_MISSING");
  });

  it("a look-up beside the observation of the tenant must be no request of its own", async () => {
    const tenant = tenantWith();
    const { requests } = await withFetch(
      () => json({ responses: [] }),
      () => Promise.allSettled([observeTenantRoles(tenant), findService(tenant, null, WANTED)]),
    );
    const urls = requests.map(({ url }) => url.slice(GRAPH.length));
    assert.deepEqual(urls, ["$batch"]);
    assert.match(JSON.stringify(requests[0].body), /appId%20eq%20/);
  });
});
