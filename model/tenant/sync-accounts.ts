/** The password accounts of sync servers: `Sync_<COMPUTERNAME>_<first twelve digits of the machine identifier>`. Pure. */
import type { ObservedDirectoryObject, ObservedTenantRoles } from "../server/observation";
import { partsOf } from "../text/user-principal-name";

/** Entra accepts no further one. */
export const SYNC_ACCOUNT_LIMIT = 20;
/** From so many on it is reported. */
export const SYNC_ACCOUNTS_AHEAD = 18;

/** Whether the product gives an account such a name. Anyone who may create users can choose it, too. */
const PRODUCT_NAME = /^Sync_[a-z0-9-]{1,15}_[0-9a-f]{12}$/i;
/** The product creates its accounts in the tenant's initial domain, in which a name exists only once. */
const INITIAL_DOMAIN = /\.(onmicrosoft\.(com|us)|partner\.onmschina\.cn)$/i;

export const isInitialDomain = (domain: string) => INITIAL_DOMAIN.test(domain);

/** Whether an account is named as the product names those of servers, this or another one. */
export function isNamedByProduct(userName: string): boolean {
  const { name, domain } = partsOf(userName);
  return PRODUCT_NAME.test(name) && isInitialDomain(domain);
}

/** Whether the product gives an account of this computer such a name, with any machine identifier. */
export function isNamedFor(userName: string, computerName: string): boolean {
  const prefix = `sync_${computerName.toLowerCase()}_`;
  return isNamedByProduct(userName) && userName.toLowerCase().startsWith(prefix);
}

/** The accounts that Entra counts: users with the directory role, else those with such a name; null if neither was read. */
export function countedAccounts({
  directoryRoles,
  syncAccounts,
}: ObservedTenantRoles): ObservedDirectoryObject[] | null {
  const users = directoryRoles?.filter(({ appId }) => !appId) ?? syncAccounts;
  return users && [...new Map(users.map((user) => [user.id, user])).values()];
}
