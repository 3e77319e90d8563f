/** What administrators do through the product's cmdlets: passwords are checked, accounts made, up to twenty of them. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { makeUser, StoreAdministration } from "../../../sandbox/tenant/administration";
import { DOMAIN, EmulatedTenant } from "./emulated-tenant";

describe("emulated tenant, administration", () => {
  let started: EmulatedTenant;
  let administration: StoreAdministration;

  before(async () => {
    const users = [
      makeUser(`admin@${DOMAIN}`, ["Hybrid Identity Administrator"], "throw-away"),
      makeUser(`reader@${DOMAIN}`, [], "throw-away"),
    ];
    started = await EmulatedTenant.start({ users });
    administration = new StoreAdministration(started.tenant.store);
  });
  after(() => started.stop());

  const accounts = () => started.tenant.store.describe().users.filter((user) => /^Sync_/.test(user.userPrincipalName));

  it("the tenant must recognise an administrator by name, password and role", () => {
    assert.equal(administration.isAdministrator(`ADMIN@${DOMAIN}`, "throw-away"), true);
    assert.equal(administration.isAdministrator(`admin@${DOMAIN}`, "throw-awaY"), false);
    assert.equal(administration.isAdministrator(`reader@${DOMAIN}`, "throw-away"), false);
    assert.equal(administration.isAdministrator(`nobody@${DOMAIN}`, "throw-away"), false);
    assert.doesNotMatch(fs.readFileSync(started.file, "utf8"), /throw-away/);
  });

  it("the tenant must create an account with its directory role once, and remove it", () => {
    assert.equal(administration.addSyncAccount("Sync_SYNC01_0123456789ab"), null);
    assert.equal(administration.addSyncAccount("Sync_SYNC01_0123456789ab"), null);
    assert.deepEqual(
      accounts().map(({ directoryRoles }) => directoryRoles),
      [["Directory Synchronization Accounts"]],
    );
    assert.equal(administration.removeSyncAccount("Sync_SYNC01_0123456789AB"), true);
    assert.equal(administration.removeSyncAccount("Sync_SYNC01_0123456789ab"), false);
    assert.deepEqual(accounts(), []);
  });

  it("the tenant must create no more than twenty accounts, and still find the existing ones", () => {
    const names = Array.from({ length: 20 }, (_, index) => `Sync_SERVER${index}_0123456789ab`);
    for (const name of names) assert.equal(administration.addSyncAccount(name), null);
    assert.match(administration.addSyncAccount("Sync_SERVER20_0123456789ab") ?? "", /at most 20/);
    assert.equal(administration.addSyncAccount(names[0]), null);
    assert.equal(accounts().length, 20);
  });
});
