/** The guard of a tenant as a pure function: every stranger who may synchronise is found, and nobody who was declared. */
import assert from "node:assert/strict";
import { assessRoleHolders, DIRECTORY_ROLES, type RoleDeclaration } from "../../../model/guard/guard-roles";
import type { SeenServer } from "../../../model/server/in-use";
import { APP_ID, connectorOn, OTHER_APP_ID, PRINCIPAL_OBJECT_ID, tenantRoles } from "../../helpers/observations";
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
  it("must find nothing where only declared servers may synchronise", () => {
    assert.deepEqual(codesOf(tenantRoles(), declared(), []), []);
  });

  it("must find an application that is not declared, with who gave it the role and the command that takes it away", () => {
    const entry = { at: "2026-11-20T08:00:00Z", activity: "Add app role assignment to service principal" };
    const audit = [{ ...entry, by: "mallory@contoso.com", targets: [STRANGER], before: "", after: "" }];
    const [finding, ...more] = assessRoleHolders(withHolder(holder), declared(), audit);
    assert.deepEqual([more.length, finding.code, finding.object], [0, "role-holder-foreign", STRANGER]);
    assert.match(finding.actual, /^Directory Helper \(12345678-.*by mallory@contoso\.com on 2026-11-20/);
    assert.match(words(finding.remedy), /servicePrincipals\/12345678-\S+\/appRoleAssignments\/assignment 2'/);
  });

  it("must not tell first to take the role from the product's own application: another server may export with it", () => {
    const other = { ...managed, name: "ConnectSyncProvisioning_SYNC07_0123456789ab" };
    const roles = { ...withHolder({ ...other, assignmentId: "assignment 2" }), managedApplications: [other] };
    const [{ remedy }] = assessRoleHolders(roles, declared(), undefined);
    assert.match(
      words(remedy),
      /^Entra Connect made it.*declare the server, or allow it.*Only if it does not synchronise any more: az rest/,
    );
  });

  it("must not say that the audit log may not be read where nobody asked it", () => {
    const [{ actual }] = assessRoleHolders(withHolder(holder), declared(), undefined);
    assert.doesNotMatch(actual, /audit log/);
  });

  it("must take nothing away from anybody", () => {
    const roles = { ...withHolder(holder), directoryRoles: [user] };
    assert.ok(assessRoleHolders(roles, declared(), []).every(({ removal }) => removal === null));
  });

  it("must accept who is allowed, to the last day and no longer", () => {
    for (const roles of [withHolder(holder), tenantRoles({ directoryRoles: [user] })]) {
      assert.deepEqual(codesOf(roles, declared({ allowed: allowed("2026-11-21") }), []), []);
      const [finding] = assessRoleHolders(roles, declared({ allowed: allowed("2026-11-20") }), []);
      assert.equal(finding.code, "role-holder-expired");
      assert.match(finding.expected, /since 2026-11-20/);
      assert.match(finding.actual, /cloud sync pilot/);
    }
  });

  it("must not mind an entry of somebody who does not hold the role, whether it ended or not", () => {
    assert.deepEqual(codesOf(tenantRoles(), declared({ allowed: allowed("2020-01-01") }), []), []);
  });

  it("must accept an application that the product made for a declared server, used or left: that is a notice", () => {
    const roles = { ...withHolder(managed as never), managedApplications: [managed] };
    assert.deepEqual(codesOf(roles, declared(), []), []);
  });

  it("must find one that was made for a server that is not declared, but not while it could be an unseen one's", () => {
    const other = { ...managed, name: "ConnectSyncProvisioning_SYNC011_0123456789ab" };
    const roles = { ...withHolder(other as never), managedApplications: [other] };
    assert.deepEqual(codesOf(roles, declared(), []), ["role-holder-foreign"]);
    assert.deepEqual(codesOf(roles, declared({ fleet: [host, unseen] }), []), []);
  });

  it("must not take a user for an application by its name", () => {
    const disguised = { ...holder, name: managed.name };
    assert.deepEqual(codesOf(withHolder(disguised), declared(), []), ["role-holder-foreign"]);
  });

  it("must find who has one of the directory roles, but not the accounts of sync servers", () => {
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

  it("must do without the directory roles where the pipeline may not read them", () => {
    assert.deepEqual(codesOf(tenantRoles({ directoryRoles: null, syncAccounts: null }), declared(), []), []);
  });
});
