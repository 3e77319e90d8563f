/** What somebody else does in the tenant: each break changes one thing, and the audit log tells who did it. */
import assert from "node:assert/strict";
import { CommandError } from "../../../console/errors";
import {
  APPLICATION_BREAKS,
  breakApplication,
  breakDirectory,
  DIRECTORY_BREAKS,
  type ApplicationBreak,
  type DirectoryBreak,
} from "../../../sandbox/tenant/breaks";
import { syncAccountsOf } from "../../../sandbox/tenant/administration";
import type { ApplicationDescription, TenantDescription } from "../../../sandbox/tenant/describe";
import { makeCertificate, type TestCertificate } from "./certificates";
import { DOMAIN, type EmulatedTenant, type Json } from "./emulated-tenant";
import { tenantFixture } from "./tenant-fixture";

const MALLORY = `mallory@${DOMAIN}`;
const SERVERS = ["sync01", "sync02"];

describe("emulated tenant, breaks", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  let certificate: TestCertificate;

  before(async () => {
    certificate = await makeCertificate();
  });
  beforeEach(async () => {
    started = fixture.tenant;
    started.clock.ahead = 3600;
    started.tenant.store.change((directory) => {
      directory.users = directory.users.filter(({ userPrincipalName }) => userPrincipalName !== MALLORY);
      directory.audit = [];
    });
    await started.graph("POST", "/v1.0/servicePrincipals", { appId: fixture.application.appId });
    const servicePrincipalLockConfiguration = { isEnabled: true, allProperties: true };
    const own = await makeCertificate();
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: own.der.toString("base64") }];
    await started.graph("PATCH", fixture.url(), { keyCredentials });
    await started.graph("PATCH", fixture.url(), { servicePrincipalLockConfiguration });
  });

  const store = () => started.tenant.store;
  const context = () => ({ store: store(), now: started.clock.now(), certificate: certificate.der });
  const breakOne = (what: ApplicationBreak) => breakApplication(context(), fixture.application.appId, what);
  const breakAll = (what: DirectoryBreak) => breakDirectory(context(), SERVERS, what);
  const tenant = (): TenantDescription => store().describe();
  const described = () => tenant().applications.find(({ appId }) => appId === fixture.application.appId)!;
  const audited = async (objectId: string) => {
    const filter = `targetResources/any(t:t/id eq '${objectId}')`;
    const { status, body } = await started.graph("GET", `/v1.0/auditLogs/directoryAudits?$filter=${filter}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.value as Json[];
  };

  /** Holds the newest entry of an object against what is promised of it. */
  async function toldOf(objectId: string, activity: string, mark: string): Promise<void> {
    const [entry] = await audited(objectId);
    assert.equal(entry.activityDisplayName, activity);
    assert.equal(entry.initiatedBy.user.userPrincipalName, MALLORY);
    const late = started.clock.now().getTime() - Date.parse(entry.activityDateTime as string);
    assert.ok(late >= 0 && late < 60_000, "told by the sandbox's clock");
    const after = (entry.targetResources as Json[]).flatMap(({ id, modifiedProperties }) => [
      id as string,
      ...(modifiedProperties as Json[]).map(({ newValue }) => newValue as string),
    ]);
    assert.ok(after.join("\n").includes(mark), JSON.stringify(entry));
  }

  type Case = [
    ApplicationBreak,
    (is: ApplicationDescription) => unknown,
    string,
    (is: ApplicationDescription) => string,
  ];
  const CERTIFICATES = "Update application – Certificates and secrets management";
  const cases: Case[] = [
    ["foreign-key", (is) => is.keyCredentials.length, CERTIFICATES, (is) => is.keyCredentials.at(-1)!.keyId],
    ["repeated-key", (is) => is.keyCredentials.length, CERTIFICATES, (is) => is.keyCredentials.at(-1)!.keyId],
    ["foreign-secret", (is) => is.passwordCredentials.length, CERTIFICATES, (is) => is.passwordCredentials[0].keyId],
    [
      "federated-credential",
      (is) => is.federatedIdentityCredentials.length,
      "Update application",
      (is) => (is.federatedIdentityCredentials as Json[])[0].id as string,
    ],
    ["owner", (is) => is.owners.length, "Add owner to application", (is) => is.owners.at(-1)!],
    ["audience", (is) => is.signInAudience, "Update application", () => "true"],
    ["lock-off", (is) => is.lock, "Update application", () => "false"],
    [
      "principal-key",
      (is) => is.servicePrincipal!.keyCredentials.length,
      "Add service principal credentials",
      (is) => is.servicePrincipal!.keyCredentials[0].keyId,
    ],
    [
      "principal-secret",
      (is) => is.servicePrincipal!.passwordCredentials.length,
      "Add service principal credentials",
      (is) => is.servicePrincipal!.passwordCredentials[0].keyId,
    ],
    ["disabled", (is) => is.servicePrincipal!.accountEnabled, "Update service principal", () => "false"],
    [
      "extra-role",
      (is) => is.servicePrincipal!.appRoles.length,
      "Add app role assignment to service principal",
      () => "Application.ReadWrite.All",
    ],
  ];

  it("each break of the tenant must have a test", () => {
    assert.deepEqual(cases.map(([what]) => what).sort(), Object.keys(APPLICATION_BREAKS).sort());
    const ofTenant = ["directory-role", "managed-left", "role-holder", "named-like-sync", "former-account"];
    assert.deepEqual(
      Object.keys(DIRECTORY_BREAKS).sort(),
      [
        ...ofTenant,
        "accounts-full",
        "former-identifier",
        "name-taken",
        "lifetime-policy",
        "issuer-policy",
        "no-password-reset-service",
      ].sort(),
    );
  });

  for (const [what, property, activity, mark] of cases) {
    it(`a break must change one thing, and log its author: ${what}`, async () => {
      const before = described();
      breakOne(what);
      const after = described();
      assert.notDeepEqual(property(after), property(before));
      const principals = [before.servicePrincipal, after.servicePrincipal];
      const changed = (left: object, right: object) =>
        Object.entries(left).filter(([name, value]) => {
          const other = (right as Json)[name] as unknown;
          return name !== "servicePrincipal" && JSON.stringify(value) !== JSON.stringify(other);
        });
      assert.equal(changed(before, after).length + changed(principals[0]!, principals[1]!).length, 1);
      const ofPrincipal = changed(before, after).length === 0;
      await toldOf(ofPrincipal ? after.servicePrincipal!.objectId : after.objectId, activity, mark(after));
    });
  }

  it("a break must be refused if it was done already, or if there is no principal", () => {
    for (const what of ["owner", "extra-role"] as const) {
      breakOne(what);
      assert.throws(() => breakOne(what), CommandError);
    }
    breakAll("directory-role");
    assert.throws(() => breakAll("directory-role"), CommandError);
    store().removePrincipal(store().principalByAppId(fixture.application.appId)!);
    for (const what of ["principal-key", "principal-secret", "disabled", "extra-role"] as const) {
      assert.throws(() => breakOne(what), CommandError);
    }
  });

  it("a break must let an undeclared application synchronise, and log its author: role-holder", async () => {
    const before = tenant().roleHolders.length;
    breakAll("role-holder");
    const holder = tenant().roleHolders.at(-1)!;
    assert.equal(tenant().roleHolders.length, before + 1);
    assert.equal(holder.displayName, "Directory Helper");
    await toldOf(holder.objectId, "Add app role assignment to service principal", "ADSynchronization.ReadWrite.All");
  });

  it("a break must leave an application of the product for each server that has none: managed-left", () => {
    const names = () => tenant().roleHolders.map(({ displayName }) => displayName.replace(/[0-9a-f]{12}$/, ""));
    breakAll("managed-left");
    breakAll("managed-left");
    assert.deepEqual(names().slice(-2), ["ConnectSyncProvisioning_SYNC01_", "ConnectSyncProvisioning_SYNC02_"]);
    const [left] = tenant().applications.slice(-1);
    assert.equal(left.keyCredentials.length, 1);
    assert.throws(() => breakAll("managed-left"), CommandError);
  });

  it("a break must assign the directory role to a user, and log its author: directory-role", async () => {
    breakAll("directory-role");
    const role = "d29b2b05-8046-44ba-8758-1e26182fcf32";
    const path = "/v1.0/roleManagement/directory/roleAssignments";
    const filtered = await started.graph("GET", `${path}?$filter=roleDefinitionId eq '${role}'&$expand=principal`);
    const [{ id, principal, ...assignment }] = filtered.body.value as Json[];
    assert.ok(id);
    assert.equal(principal.userPrincipalName, MALLORY);
    assert.deepEqual(assignment, { principalId: principal.id, roleDefinitionId: role, directoryScopeId: "/" });
    const other = await started.graph("GET", `${path}?$filter=roleDefinitionId eq '${principal.id}'`);
    assert.deepEqual(other.body.value, []);
    await toldOf(principal.id as string, "Add member to role", role);
  });

  it("a break must give the rights to a user and an application that are only named like a server's: named-like-sync", async () => {
    breakAll("named-like-sync");
    const user = tenant().users.find(({ userPrincipalName }) => userPrincipalName.startsWith("Sync_mallory@"))!;
    assert.deepEqual(user.directoryRoles, ["Directory Synchronization Accounts"]);
    assert.match(tenant().roleHolders.at(-1)!.displayName, /^ConnectSyncProvisioning_SYNC01_[0-9a-f]{12}$/);
    const [{ id }] = store().data.users.filter(({ userPrincipalName }) => userPrincipalName === user.userPrincipalName);
    await toldOf(id, "Add member to role", "d29b2b05-8046-44ba-8758-1e26182fcf32");
    assert.throws(() => breakAll("named-like-sync"), CommandError);
  });

  it("a break must leave accounts of former machines, one or as many as the tenant accepts: former-account, accounts-full", async () => {
    const accounts = () => syncAccountsOf(store().data.users);
    const before = accounts().length;
    breakAll("former-account");
    assert.equal(accounts().length, before + 1);
    assert.match(accounts().at(-1)!.userPrincipalName, /^Sync_OLD[0-9A-F]{6}_[0-9a-f]{12}@/);
    breakAll("accounts-full");
    assert.equal(accounts().length, 20);
    assert.throws(() => breakAll("accounts-full"), CommandError);
    const path = "/v1.0/users?$filter=startswith(userPrincipalName,'Sync_OLD')&$select=id,createdDateTime";
    const { body } = await started.graph("GET", path);
    const years = (body.value as Json[]).map(({ createdDateTime }) => String(createdDateTime).slice(0, 4));
    assert.ok(
      years.every((year) => Number(year) < started.clock.now().getFullYear() + 1),
      years.join(),
    );
  });

  it("a break must leave an account with a declared server's name and another machine identifier: former-identifier", () => {
    breakAll("former-identifier");
    const { userPrincipalName, directoryRoles } = tenant().users.at(-1)!;
    assert.match(userPrincipalName, /^Sync_SYNC01_[0-9a-f]{12}@/);
    assert.deepEqual(directoryRoles, ["Directory Synchronization Accounts"]);
  });

  it("a break must create a second application of a declared server's name, without a right: name-taken", async () => {
    const before = tenant().roleHolders.length;
    breakAll("name-taken");
    const added = tenant().applications.at(-1)!;
    assert.deepEqual([added.displayName, tenant().roleHolders.length], ["Entra Connect Sync - sync01", before]);
    await toldOf(added.objectId, "Add application", added.appId);
  });

  it("a break must appear in the audit log beside the pipeline's own changes, newest first", async () => {
    await started.graph("PATCH", fixture.url(), { keyCredentials: [{ key: certificate.der64 }] });
    breakOne("foreign-key");
    const entries = await audited(fixture.application.id);
    assert.deepEqual(
      entries.map(({ initiatedBy }) => initiatedBy.user?.userPrincipalName ?? initiatedBy.app.displayName),
      [MALLORY, "pipeline", "pipeline"],
    );
    const [{ keyId }] = described().keyCredentials;
    const [{ modifiedProperties }] = entries[1].targetResources as Json[];
    assert.ok(modifiedProperties[0].newValue.includes(keyId) && !modifiedProperties[0].oldValue.includes(keyId));
  });

  it("a list of owners or users must not show a user's password or roles", async () => {
    breakAll("directory-role");
    breakOne("owner");
    const owners = await started.graph("GET", `${fixture.url()}/owners`);
    const users = await started.graph("GET", "/v1.0/users?$filter=startswith(userPrincipalName,'MALLORY')");
    for (const list of [owners.body.value.slice(-1), users.body.value] as Json[][]) {
      assert.deepEqual(
        list.map(({ "@odata.type": _type, ...user }) => Object.keys(user)),
        [["id", "displayName", "userPrincipalName"]],
      );
    }
  });
});
