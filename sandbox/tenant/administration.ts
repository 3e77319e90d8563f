/** What administrators do in the emulated directory with the product's cmdlets, without Graph. */
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { User } from "./directory";
import { DIRECTORY_ROLES, type DirectoryRole } from "./directory-roles";
import type { TenantStore } from "./store";

/** Maximum number of sync accounts in a tenant (Microsoft's page on accounts and permissions). */
export const ACCOUNT_LIMIT = 20;

/** The accounts that count: all that hold the directory role, regardless of their names. */
export const syncAccountsOf = (users: readonly User[]) =>
  users.filter(({ directoryRoles }) => directoryRoles?.includes(DIRECTORY_ROLES["Directory Synchronization Accounts"]));

/** A user whose password is stored as a salted hash only. */
export function makeUser(userPrincipalName: string, roles: DirectoryRole[], password?: string): User {
  const salt = randomBytes(16).toString("hex");
  return {
    id: randomUUID(),
    displayName: userPrincipalName.split("@")[0],
    userPrincipalName,
    directoryRoles: roles.map((role) => DIRECTORY_ROLES[role]),
    ...(password === undefined ? {} : { password: { salt, hash: scryptSync(password, salt, 32).toString("hex") } }),
  };
}

export class StoreAdministration implements DirectoryAdministration {
  constructor(private readonly store: TenantStore) {}

  isAdministrator(userName: string, password: string): boolean {
    const user = this.find(userName);
    if (!user?.password || !user.directoryRoles?.includes(DIRECTORY_ROLES["Hybrid Identity Administrator"])) {
      return false;
    }
    const { salt, hash } = user.password;
    return timingSafeEqual(scryptSync(password, salt, 32), Buffer.from(hash, "hex"));
  }

  addSyncAccount(name: string): string | null {
    const { domain, users } = this.store.data;
    const userPrincipalName = `${name}@${domain}`;
    if (this.find(userPrincipalName)) return null;
    const accounts = syncAccountsOf(users);
    if (accounts.length >= ACCOUNT_LIMIT) {
      return `The tenant has ${accounts.length} synchronization accounts; at most ${ACCOUNT_LIMIT} are allowed.`;
    }
    const account = makeUser(userPrincipalName, ["Directory Synchronization Accounts"]);
    this.store.change((directory) => directory.users.push(account));
    return null;
  }

  removeSyncAccount(name: string): boolean {
    const found = this.find(`${name}@${this.store.data.domain}`);
    if (!found) return false;
    this.store.change((directory) => {
      directory.users = directory.users.filter((user) => user !== found);
    });
    return true;
  }

  private find(userPrincipalName: string): User | undefined {
    const wanted = userPrincipalName.toLowerCase();
    return this.store.data.users.find((user) => user.userPrincipalName.toLowerCase() === wanted);
  }
}

/**
 * An account that a person gave a server's connector, with more rights than it needs.
 * @returns its user principal name
 */
export function addAdministrator(store: TenantStore, server: string): string {
  const name = `svc-${server}@${store.data.domain}`;
  const roles: DirectoryRole[] = ["Global Administrator", "Directory Synchronization Accounts"];
  if (!store.data.users.some(({ userPrincipalName }) => userPrincipalName === name)) {
    store.change(({ users }) => users.push(makeUser(name, roles)));
  }
  return name;
}
