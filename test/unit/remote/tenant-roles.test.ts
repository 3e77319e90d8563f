import assert from "node:assert/strict";
import { SYNC_SERVICE_APP_ID } from "../../../model/tenant/clouds";
import { DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import { ADMINISTRATOR_ROLES } from "../../../model/guard/guard-administrators";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { observeAudit } from "../../../remote/audit-log";
import { observeRoles } from "../../../remote/observe";
import type { TenantAccess } from "../../../remote/tenant-access";
import { observeTenantRoles } from "../../../remote/tenant-roles";
import { fakeGraph, GRAPH, refused, tenantWith, tokenWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { SYNC_ROLE_ID } from "../../helpers/observations";
import { words } from "../../helpers/remedies";
import { withoutWaiting } from "../../helpers/waiting";

const SERVICE = `GET servicePrincipals(appId='${SYNC_SERVICE_APP_ID}')`;
const holdersOf = (role: string) =>
  `GET roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '${role}'&$expand=principal`;
const directoryRole = (index: number) => holdersOf(DIRECTORY_ROLES[index].id);
const role = (id: string, value: string, type: string) => ({ id, value, allowedMemberTypes: [type] });
const ROLE = "ADSynchronization.ReadWrite.All";

const answers = (changes: Answers = {}): Answers => ({
  [SERVICE]: { appRoles: [role("user's", ROLE, "User"), role(SYNC_ROLE_ID, ROLE, "Application")] },
  [`${SERVICE}/appRoleAssignedTo`]: { value: [] },
  "GET servicePrincipals": { value: [] },
  "GET users": { value: [] },
  [directoryRole(0)]: { value: [] },
  [directoryRole(1)]: { value: [] },
  ...Object.fromEntries(ADMINISTRATOR_ROLES.map(({ id }) => [holdersOf(id), { value: [] }])),
  ...changes,
});

const assignment = (id: string, appRoleId: string) => ({
  ...{ id, appRoleId, principalId: `principal of ${id}`, principalDisplayName: `name of ${id}` },
});

const read = (changes: Answers = {}, token = "token") =>
  withFetch(fakeGraph(answers(changes)), () => observeTenantRoles(tenantWith(token)));

/** The request for the applications of these principals. */
const applications = (...ids: string[]) => {
  const quoted = ids.map((id) => `'${id}'`).join(",");
  return `GET servicePrincipals?$filter=id in (${quoted})&$select=id,appId`;
};

describe("the read of the principals that may synchronise", () => {
  it("the read of the principals that may synchronise must be one request", async () => {
    const { result, requests } = await read();
    assert.equal(requests.length, 1);
    const nobody = {
      holders: [],
      managedApplications: [],
      directoryRoles: [],
      administrators: [],
      syncAccounts: [],
      unread: [],
    };
    assert.deepEqual(result, nobody);
  });

  it("the read must return only holders of the application role, from all pages", async () => {
    const createdDateTime = "2026-11-20T08:00:00Z";
    const first = { value: [{ ...assignment("1", SYNC_ROLE_ID), createdDateTime }, assignment("2", "user's")] };
    const { result } = await read({
      [`${SERVICE}/appRoleAssignedTo`]: { ...first, "@odata.nextLink": `${GRAPH}next` },
      "GET next": { value: [assignment("3", SYNC_ROLE_ID)] },
      [applications("principal of 1", "principal of 3")]: {
        value: [{ id: "principal of 1", appId: "application of 1" }],
      },
    });
    assert.deepEqual(
      result.holders.map(({ assignmentId, id, name, appId, since }) => [assignmentId, id, name, appId, since]),
      [
        ["1", "principal of 1", "name of 1", "application of 1", createdDateTime],
        ["3", "principal of 3", "name of 3", null, null],
      ],
    );
  });

  it("the read must ask for the applications of fifteen holders at a time, the most that a filter takes", async () => {
    const numbers = Array.from({ length: 16 }, (_, index) => String(index + 1));
    const ids = numbers.map((number) => `principal of ${number}`);
    const shown = (some: string[]) => ({ value: some.map((id) => ({ id, appId: `application of ${id}` })) });
    const { result } = await read({
      [`${SERVICE}/appRoleAssignedTo`]: { value: numbers.map((number) => assignment(number, SYNC_ROLE_ID)) },
      [applications(...ids.slice(0, 15))]: shown(ids.slice(0, 15)),
      [applications(ids[15])]: shown(ids.slice(15)),
    });
    assert.deepEqual(
      result.holders.map(({ appId }) => appId),
      ids.map((id) => `application of ${id}`),
    );
  });

  it("the read must return the product's own applications, accounts of servers, and both directory roles", async () => {
    const { result } = await read({
      "GET servicePrincipals": { value: [{ id: "m", appId: "a", displayName: "ConnectSyncProvisioning_SYNC01_1" }] },
      "GET users": {
        value: [
          { id: "s", userPrincipalName: "Sync_SYNC02_1@contoso.com" },
          { id: "u", userPrincipalName: "u@x", createdDateTime: "2025-10-24T08:00:00Z" },
        ],
      },
      [directoryRole(0)]: { value: [{ id: "x", principalId: "u", principal: { id: "u", userPrincipalName: "u@x" } }] },
      [directoryRole(1)]: { value: [{ id: "y", principalId: "gone" }] },
    });
    assert.deepEqual(result.managedApplications, [{ id: "m", appId: "a", name: "ConnectSyncProvisioning_SYNC01_1" }]);
    assert.deepEqual(result.syncAccounts?.[0], { id: "s", name: "Sync_SYNC02_1@contoso.com" });
    assert.deepEqual(result.directoryRoles, [
      {
        ...{ id: "u", name: "u@x", assignmentId: "x", role: DIRECTORY_ROLES[0].name, appId: null },
        created: "2025-10-24T08:00:00Z",
      },
      { id: "gone", name: "gone", assignmentId: "y", role: DIRECTORY_ROLES[1].name, appId: null, created: null },
    ]);
  });

  it("the read must work without optional parts that are forbidden, and name their permissions", async () => {
    const forbidden = { "GET users": () => refused(403), [directoryRole(0)]: () => refused(403) };
    const { result } = await read(forbidden, tokenWith(["Application.Read.All"]));
    assert.deepEqual([result.directoryRoles, result.syncAccounts], [null, null]);
    assert.deepEqual(result.unread, ["RoleManagement.Read.Directory", "User.Read.All", "AuditLog.Read.All"]);
  });

  it("the read must fail with the permission if it cannot read the holders", async () => {
    const work = read({ [`${SERVICE}/appRoleAssignedTo`]: () => refused(403) });
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      const [{ code, property, remedy, subject }] = error.problems;
      assert.deepEqual([code, property, subject], ["GRAPH_FORBIDDEN", "holders of the synchronisation role", null]);
      assert.match(words(remedy), /Application\.Read\.All/);
      return true;
    });
  });

  it("the read must return no holder in a tenant without the service", async () => {
    const gone = () => refused(404, "Request_ResourceNotFound");
    const { result } = await read({ [SERVICE]: gone, [`${SERVICE}/appRoleAssignedTo`]: gone });
    assert.deepEqual(result.holders, []);
  });

  it("the read must never reject as an observation, and report an error in one line", async () => {
    const access: TenantAccess = {
      tenantId: "t",
      cloud: "global",
      connect: () => Promise.reject(new TypeError("fetch failed\nat x")),
    };
    const { roles, problem } = await observeRoles(access);
    assert.deepEqual([roles, problem?.code, problem?.actual], [null, "TENANT_NOT_OBSERVED", "fetch failed"]);
  });
});

describe("the read of the audit log", () => {
  withoutWaiting();
  const path = (id: string) => `GET auditLogs/directoryAudits?$filter=targetResources/any(t:t/id eq '${id}')`;
  const entry = (initiatedBy: object, targetResources: object[] = [{ id: "object" }]) => ({
    ...{
      activityDateTime: "2026-11-21T09:00:00Z",
      activityDisplayName: "Update application",
      initiatedBy,
      targetResources,
    },
  });
  const audit = (given: Answers, token = tokenWith(["AuditLog.Read.All"]), ids = ["object"]) =>
    withFetch(fakeGraph(given), () => observeAudit(tenantWith(token), ids));

  it("the audit log must be read in one request for all objects, and not at all without objects", async () => {
    const given = { [path("a")]: { value: [] }, [path("b")]: { value: [] } };
    const all = await audit(given, undefined, ["a", "b"]);
    assert.deepEqual([all.requests.length, all.result], [1, []]);
    assert.equal((await audit({}, undefined, [])).requests.length, 0);
  });

  it("an entry of the audit log must contain who, when and what changed", async () => {
    const modifiedProperties = [
      { oldValue: "[]", newValue: "[KeyIdentifier=k]" },
      { oldValue: null, newValue: null },
    ];
    const user = { userPrincipalName: "mallory@contoso.com", id: "u" };
    const value = [entry({ user, app: null }, [{ id: "object", modifiedProperties }, { id: null }])];
    const { result } = await audit({ [path("object")]: { value } });
    assert.deepEqual(result, [
      {
        at: "2026-11-21T09:00:00Z",
        activity: "Update application",
        by: "mallory@contoso.com",
        targets: ["object"],
        before: "[]\n",
        after: "[KeyIdentifier=k]\n",
      },
    ]);
  });

  it("an entry of the audit log must name the application that made the change, by whatever is known of it", async () => {
    const named = [{ app: { displayName: "Helper" } }, { app: { appId: "id" } }, { user: { id: "u" } }, {}];
    const { result } = await audit({ [path("object")]: { value: named.map((by) => entry(by)) } });
    assert.deepEqual(
      result?.map(({ by }) => by),
      ["Helper", "id", "u", "an unnamed actor"],
    );
  });

  it("the audit log must not be read without the permission, and be unknown if it is refused or fails", async () => {
    const without = await audit({}, tokenWith(["Application.Read.All"]));
    assert.deepEqual([without.result, without.requests.length], [null, 0]);
    assert.equal((await audit({ [path("object")]: () => refused(403) }, "opaque")).result, null);
    assert.equal((await audit({ [path("object")]: () => refused(500, "oops") })).result, null);
  });
});
