/** The guard of a tenant as a pure function: every stranger who may synchronise is found, and nobody who was declared. */
import assert from "node:assert/strict";
import {
  assessRoleHolders,
  DIRECTORY_ROLES,
  unreadPermissions,
  type RoleDeclaration,
} from "../../../model/guard/guard-roles";
import type { SeenServer } from "../../../model/server/in-use";
import {
  APP_ID,
  connectorOn,
  healthy,
  observation,
  OTHER_APP_ID,
  PRINCIPAL_OBJECT_ID,
  tenantRoles,
} from "../../helpers/observations";
import { STRANGER } from "../../helpers/guarded";
import { words } from "../../helpers/remedies";

const host: SeenServer = { server: "sync01", host: { computerName: "SYNC01", connector: connectorOn(APP_ID) } };
const unseen: SeenServer = { server: "sync09", host: null };
const declared = (changes: Partial<RoleDeclaration> = {}): RoleDeclaration => ({
  principals: [PRINCIPAL_OBJECT_ID],
  allowed: [],
  fleet: [host],
  today: "2026-11-21",
  ...changes,
});
const holder = { id: STRANGER, name: "Directory Helper", assignmentId: "assignment 2", appId: OTHER_APP_ID };
const managed = { id: STRANGER, name: "ConnectSyncProvisioning_SYNC01_0123456789ab", appId: "managed" };
const allowed = (expires: string) => [{ id: STRANGER, reason: "cloud sync pilot", expires }];
const user = { id: STRANGER, name: "mallory@contoso.com", assignmentId: "assignment 3", role: DIRECTORY_ROLES[0].name };

const withHolder = (...more: { id: string; name: string; assignmentId: string }[]) =>
  tenantRoles({ holders: [...tenantRoles().holders, ...more] });
const codesOf = (...args: Parameters<typeof assessRoleHolders>) => assessRoleHolders(...args).map(({ code }) => code);

describe("the guard of a tenant", () => {
  it("the tenant's guard must find nothing if only declared servers may synchronise", () => {
    assert.deepEqual(codesOf(tenantRoles(), declared(), []), []);
  });

  it("the tenant's guard must find an undeclared application, with the author of its role and the command that removes it", () => {
    const entry = { at: "2026-11-20T08:00:00Z", activity: "Add app role assignment to service principal" };
    const audit = [{ ...entry, by: "mallory@contoso.com", targets: [STRANGER], before: "", after: "" }];
    const [finding, ...more] = assessRoleHolders(withHolder(holder), declared(), audit);
    assert.deepEqual([more.length, finding.code, finding.object], [0, "role-holder-foreign", STRANGER]);
    assert.match(finding.actual, /^Directory Helper \(12345678-.*by mallory@contoso\.com on 2026-11-20/);
    assert.match(words(finding.remedy), /servicePrincipals\/12345678-\S+\/appRoleAssignments\/assignment 2'/);
  });

  it("the first advice must not be to remove the role of the product's own application: another server may export with it", () => {
    const other = { ...managed, name: "ConnectSyncProvisioning_SYNC07_0123456789ab" };
    const roles = { ...withHolder({ ...other, assignmentId: "assignment 2" }), managedApplications: [other] };
    const [{ remedy }] = assessRoleHolders(roles, declared(), undefined);
    assert.match(
      words(remedy),
      /^Entra Connect created it.*declare the server, or allow it.*Only if it no longer synchronises: az rest/,
    );
  });

  it("the tenant's guard must not report an unreadable audit log if it did not ask for it", () => {
    const [{ actual }] = assessRoleHolders(withHolder(holder), declared(), undefined);
    assert.doesNotMatch(actual, /audit log/);
  });

  it("the tenant's guard must not remove anything", () => {
    const roles = { ...withHolder(holder), directoryRoles: [user] };
    assert.ok(assessRoleHolders(roles, declared(), []).every(({ removal }) => removal === null));
  });

  it("the tenant's guard must accept an allowed principal until the last day, and no longer", () => {
    for (const roles of [withHolder(holder), tenantRoles({ directoryRoles: [user] })]) {
      assert.deepEqual(codesOf(roles, declared({ allowed: allowed("2026-11-21") }), []), []);
      const [finding] = assessRoleHolders(roles, declared({ allowed: allowed("2026-11-20") }), []);
      assert.equal(finding.code, "role-holder-expired");
      assert.match(finding.expected, /since 2026-11-20/);
      assert.match(finding.actual, /cloud sync pilot/);
    }
  });

  it("one holder must not be accepted by the entry of another", () => {
    const entries = [{ id: "another principal", reason: "cloud sync pilot", expires: "2030-01-01" }];
    assert.deepEqual(codesOf(withHolder(holder), declared({ allowed: entries }), []), ["role-holder-foreign"]);
  });

  it("every holder of every role must be found", () => {
    const roles = { ...withHolder(holder), directoryRoles: [user, { ...user, id: "another user" }] };
    assert.deepEqual(codesOf(roles, declared(), []), [
      "role-holder-foreign",
      "directory-role-foreign",
      "directory-role-foreign",
    ]);
  });

  it("the tenant's guard must ignore an entry of a principal without the role, expired or not", () => {
    assert.deepEqual(codesOf(tenantRoles(), declared({ allowed: allowed("2020-01-01") }), []), []);
  });

  it("an application that the product created for a declared server must be accepted: it is a notice", () => {
    const roles = { ...withHolder(managed as never), managedApplications: [managed] };
    assert.deepEqual(codesOf(roles, declared(), []), []);
  });

  it("an application for an undeclared server must be found, unless it could belong to a server that was not observed", () => {
    const other = { ...managed, name: "ConnectSyncProvisioning_SYNC011_0123456789ab" };
    const roles = { ...withHolder(other as never), managedApplications: [other] };
    assert.deepEqual(codesOf(roles, declared(), []), ["role-holder-foreign"]);
    assert.deepEqual(codesOf(roles, declared({ fleet: [host, unseen] }), []), []);
  });

  it("a user must not be taken for an application by its name", () => {
    const disguised = { ...holder, name: managed.name };
    const another = { ...managed, id: "another" };
    for (const managedApplications of [[], [another]]) {
      const roles = { ...withHolder(disguised), managedApplications };
      const [finding, ...more] = assessRoleHolders(roles, declared(), []);
      assert.deepEqual([finding.code, more], ["role-holder-foreign", []]);
      assert.match(words(finding.remedy), /az rest --method DELETE/);
    }
  });

  it("holders of the directory roles must be found, except accounts of sync servers", () => {
    const account = { ...user, id: "account", name: "Sync_SYNC02_0123456789ab@contoso.onmicrosoft.com" };
    const roles = tenantRoles({ directoryRoles: [account, user] });
    const found = assessRoleHolders(roles, declared(), null);
    assert.deepEqual(
      found.map(({ code }) => code),
      ["directory-role-foreign"],
    );
    assert.match(found[0].actual, /mallory.*the pipeline may not read the audit log/);
    assert.match(words(found[0].remedy), /roleManagement\/directory\/roleAssignments\/assignment 3'/);
  });

  it("the tenant's guard must work without the directory roles if the pipeline cannot read them", () => {
    assert.deepEqual(codesOf(tenantRoles({ directoryRoles: null, syncAccounts: null }), declared(), []), []);
  });
});

describe("missing permissions of the pipeline", () => {
  const lacking = async (delegatedScopes: string[] | null) => {
    const { facts, application } = await healthy();
    application.principal!.delegatedScopes = delegatedScopes;
    const seen = [observation(facts, null), observation(facts, application)];
    return unreadPermissions({ unread: ["AuditLog.Read.All"] }, seen);
  };

  it("the missing permissions must be those of unread parts, with one more for unread delegated permissions", async () => {
    assert.deepEqual(await lacking([]), ["AuditLog.Read.All"]);
    assert.deepEqual(await lacking(null), ["AuditLog.Read.All", "Directory.Read.All"]);
  });
});
