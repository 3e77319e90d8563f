import assert from "node:assert/strict";
import { divideRoles, moreThanConnector } from "../../../cli/leave/deprivilege-account";
import { readAccount, removeAccount, takeRoles, type DirectoryAccount } from "../../../remote/directory-account";
import { ADMINISTRATOR_ROLES } from "../../../model/guard/guard-administrators";
import { DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import { fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { problemOf } from "../../helpers/problems";
import { words } from "../../helpers/remedies";
import { withoutWaiting } from "../../helpers/waiting";

const NAME = "svc-sync@contoso.com";
const [SYNC] = DIRECTORY_ROLES;
const [GLOBAL] = ADMINISTRATOR_ROLES;
const ASSIGNMENTS = "roleManagement/directory/roleAssignments";

/** A tenant with one account, as Graph keeps it. */
class Store {
  held: string[] = [SYNC.id, GLOBAL.id];
  users: object[] = [{ id: "user", userPrincipalName: NAME, assignedLicenses: [{}], onPremisesSyncEnabled: true }];
  /** Whether what was changed is still read. */
  stale = false;
  readonly answers: Answers = {
    "GET users": () => ({ value: this.users }),
    [`GET ${ASSIGNMENTS}`]: () => ({
      value: this.held.map((id) => ({
        id: `of ${id}`,
        roleDefinitionId: id,
        roleDefinition: { displayName: `name of ${id}` },
      })),
    }),
    [`DELETE ${ASSIGNMENTS}/of ${SYNC.id}`]: () => this.change(() => (this.held = [GLOBAL.id])),
    "DELETE users/user": () => this.change(() => (this.users = [])),
  };
  private change(work: () => void): object {
    if (!this.stale) work();
    return {};
  }
}

const within = async <T>(store: Store, work: () => Promise<T>) =>
  (await withFetch(fakeGraph(store.answers), work)).result;
const account = (changes: Partial<DirectoryAccount> = {}): DirectoryAccount => ({
  ...{ id: "user", userName: NAME, synchronised: false, licences: 0 },
  roles: [{ assignmentId: `of ${SYNC.id}`, roleId: SYNC.id, name: SYNC.name }],
  ...changes,
});
const administrator = { assignmentId: "b", roleId: GLOBAL.id, name: GLOBAL.name };

describe("an account of the tenant", () => {
  withoutWaiting();

  it("must be read with its roles by name, its licences and where it comes from; null if there is none", async () => {
    const store = new Store();
    const read = () => within(store, () => readAccount(tenantWith(), NAME));
    const found = await read();
    assert.deepEqual([found!.licences, found!.synchronised], [1, true]);
    assert.deepEqual(
      found!.roles.map(({ name }) => name),
      [`name of ${SYNC.id}`, `name of ${GLOBAL.id}`],
    );
    store.users = [];
    assert.equal(await read(), null);
  });

  it("must lose the roles that are named and no other, and be removed, each proven by another read", async () => {
    const store = new Store();
    await within(store, () => takeRoles(tenantWith(), account(), account().roles));
    assert.deepEqual(store.held, [GLOBAL.id]);
    await within(store, () => removeAccount(tenantWith(), account()));
    assert.deepEqual(store.users, []);
  });

  it("must not count as changed if Entra refuses, with the permission that is missing, or still shows it", async () => {
    const store = new Store();
    const take = () => within(store, () => takeRoles(tenantWith(), account(), account().roles));
    store.stale = true;
    const stale = await problemOf(take());
    assert.deepEqual(
      [stale.code, words(stale.remedy)],
      ["ACCOUNT_UNCHANGED", "Run the same command again, which continues."],
    );
    store.answers[`DELETE ${ASSIGNMENTS}/of ${SYNC.id}`] = () => refused(403);
    assert.match(
      words((await problemOf(take())).remedy),
      /Privileged Role Administrator.*RoleManagement\.ReadWrite\.Directory/,
    );
  });
});

describe("what is taken from an account", () => {
  it("must be the roles for synchronisation, and an administrator's only if that is asked for", () => {
    const roles = [
      ...account().roles,
      administrator,
      { assignmentId: "c", roleId: "other", name: "User Administrator" },
    ];
    const taken = (asked: boolean) => divideRoles({ roles }, { administrator: asked }).taken.map(({ name }) => name);
    assert.deepEqual(taken(false), [SYNC.name]);
    assert.deepEqual(taken(true), [SYNC.name, GLOBAL.name]);
  });

  it("an account must be removed only if nothing shows that it is more than a connector's", () => {
    const why = (changes: Partial<DirectoryAccount>) => moreThanConnector(account(changes))?.actual ?? null;
    assert.equal(why({}), null);
    assert.match(why({ roles: [...account().roles, administrator] })!, /^it has other roles: Global Administrator$/);
    assert.match(why({ licences: 1, synchronised: true })!, /^it has a licence, and it comes from Active Directory$/);
    assert.match(why({ roles: [] })!, /no role for synchronisation/);
    assert.equal(why({ roles: [], userName: "Sync_OLD01_0123456789ab@contoso.onmicrosoft.com" }), null);
  });
});
