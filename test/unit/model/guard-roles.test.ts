/** The guard of a tenant as a pure function: every stranger who may synchronise is found, and nobody who was declared. */
import assert from "node:assert/strict";
import {
  assessRoleHolders,
  DIRECTORY_ROLES,
  unreadPermissions,
  type RoleDeclaration,
} from "../../../model/guard/guard-roles";
import type { SeenServer } from "../../../model/server/in-use";
import type { ObservedRoleHolder } from "../../../model/server/observation";
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

const LEGACY = "Sync_SYNC01_0123456789ab";
const DOMAIN = "contoso.onmicrosoft.com";
const seen = (changes: Partial<SeenServer["host"]> = {}): SeenServer => ({
  server: "sync01",
  host: { computerName: "SYNC01", connector: connectorOn(APP_ID), legacyAccountName: LEGACY, ...changes },
});
const host = seen();
const unseen: SeenServer = { server: "sync09", host: null };
const declared = (changes: Partial<RoleDeclaration> = {}): RoleDeclaration => ({
  principals: [PRINCIPAL_OBJECT_ID],
  allowed: [],
  fleet: [host],
  used: [],
  today: "2026-11-21",
  ...changes,
});
const holder = { id: STRANGER, name: "Directory Helper", assignmentId: "assignment 2", appId: OTHER_APP_ID };
const managed = { id: STRANGER, name: "ConnectSyncProvisioning_SYNC01_0123456789ab", appId: "managed" };
const allowed = (expires: string) => [{ id: STRANGER, reason: "cloud sync pilot", expires }];
const user = { id: STRANGER, name: "mallory@contoso.com", assignmentId: "assignment 3", role: DIRECTORY_ROLES[0].name };

const withHolder = (...more: ObservedRoleHolder[]) => tenantRoles({ holders: [...tenantRoles().holders, ...more] });
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
      /^Its name is one that Entra Connect gives.*declare that server, or allow it.*Only if none does: az rest/,
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

  it("an application must not be accepted by its name, though it is one that the product gives for a declared server", () => {
    const roles = { ...withHolder({ ...managed, assignmentId: "a" }), managedApplications: [managed] };
    for (const fleet of [[host], [host, unseen]]) {
      assert.deepEqual(codesOf(roles, declared({ fleet }), []), ["role-holder-foreign"]);
    }
  });

  it("an application must be accepted while the connector of a declared server signs in with it, regardless of its name", () => {
    for (const name of [managed.name, "Contoso Entra Connect Sync"]) {
      const roles = withHolder({ ...holder, name });
      const fleet = [seen({ connector: connectorOn(OTHER_APP_ID) })];
      assert.deepEqual(codesOf(roles, declared({ fleet }), []), []);
      assert.deepEqual(codesOf(roles, declared(), []), ["role-holder-foreign"]);
    }
  });

  it("the product's own application that a declared server was seen to use must be accepted afterwards: it is a notice", () => {
    const roles = { ...withHolder({ ...managed, assignmentId: "a" }), managedApplications: [managed] };
    assert.deepEqual(codesOf(roles, declared({ used: [managed.id] }), []), []);
    assert.deepEqual(codesOf(roles, declared({ used: ["another"] }), []), ["role-holder-foreign"]);
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

  const account = (name: string) => ({ ...user, id: `id of ${name}`, name });
  const accounts = (...names: string[]) => tenantRoles({ directoryRoles: names.map(account) });

  it("a user with the directory role must be found, with its author and the command that removes the role", () => {
    const found = assessRoleHolders(tenantRoles({ directoryRoles: [user] }), declared(), null);
    assert.deepEqual(
      found.map(({ code }) => code),
      ["directory-role-foreign"],
    );
    assert.match(found[0].actual, /mallory.*the pipeline may not read the audit log/);
    assert.match(
      words(found[0].remedy),
      /npx connect-sync-identity deprivilege-account mallory@contoso\.com --stack prod/,
    );
    const principal = { ...user, appId: OTHER_APP_ID };
    const [{ remedy }] = assessRoleHolders(tenantRoles({ directoryRoles: [principal] }), declared(), null);
    assert.match(words(remedy), /roleManagement\/directory\/roleAssignments\/assignment 3'/);
  });

  it("an account of a former machine identifier must be found, with the command of its server that removes it by name", () => {
    const name = "Sync_SYNC01_ffffffffffff";
    const [{ code, remedy }] = assessRoleHolders(accounts(`${name}@${DOMAIN}`), declared(), []);
    assert.equal(code, "legacy-account-left");
    assert.match(
      words(remedy),
      new RegExp(
        `named after sync01, with a machine identifier .*remove-legacy-account sync01 --name ${name} --stack prod$`,
      ),
    );
  });

  it("an account must not be accepted because its name begins like that of a sync server", () => {
    for (const name of [
      `Sync_mallory@${DOMAIN}`,
      `Sync_SYNC01_mallory@${DOMAIN}`,
      `Sync_SYNC01_0123456789ab0@${DOMAIN}`,
    ]) {
      assert.deepEqual(codesOf(accounts(name), declared(), []), ["directory-role-foreign"], name);
    }
  });

  it("the account of a declared server must be accepted by its whole name, in any letter case, and in no other domain", () => {
    for (const name of [`${LEGACY}@${DOMAIN}`, `${LEGACY.toUpperCase()}@${DOMAIN.toUpperCase()}`]) {
      assert.deepEqual(codesOf(accounts(name), declared(), []), [], name);
    }
    for (const name of [`${LEGACY}@contoso.com`, LEGACY]) {
      assert.deepEqual(codesOf(accounts(name), declared(), []), ["directory-role-foreign"], name);
    }
  });

  it("the account that a connector signs in with must be accepted, regardless of its name, and no other one of that name", () => {
    const connector = connectorOn(null, { userName: "svc-sync@contoso.com" });
    const fleet = [seen({ connector, legacyAccountName: null })];
    const roles = accounts("SVC-SYNC@contoso.com", "svc-sync@fabrikam.com");
    assert.deepEqual(
      assessRoleHolders(roles, declared({ fleet }), []).map(({ object }) => object),
      ["id of svc-sync@fabrikam.com"],
    );
  });

  it("the account of a machine that is no declared server must be a finding of its own, with the day of its creation", () => {
    const former = { ...account(`Sync_OLD01_0123456789ab@${DOMAIN}`), created: "2025-10-24T08:00:00Z" };
    const [found, ...more] = assessRoleHolders(tenantRoles({ directoryRoles: [former] }), declared(), []);
    assert.deepEqual([found.code, found.object, more], ["legacy-account-left", former.id, []]);
    assert.match(found.actual, /^Sync_OLD01_0123456789ab@.*created on 2025-10-24/);
    assert.match(
      words(found.remedy),
      /^No declared server signs in with it\..*declare.*Only if .*deprivilege-account Sync_\S+ --delete/,
    );
  });

  it("the removal of a former account must not be proposed while a declared server was not observed", () => {
    const roles = accounts(`Sync_OLD01_0123456789ab@${DOMAIN}`);
    const [{ remedy }] = assessRoleHolders(roles, declared({ fleet: [host, unseen] }), []);
    assert.match(words(remedy), /not known .*, because sync09 was not observed/);
    assert.doesNotMatch(words(remedy), /DELETE/);
  });

  it("since when an application holds the role must be part of its finding", () => {
    const [{ actual }] = assessRoleHolders(withHolder({ ...holder, since: "2026-11-20T08:00:00Z" }), declared(), []);
    assert.match(actual, /^Directory Helper \([^)]*\), since 2026-11-20/);
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
