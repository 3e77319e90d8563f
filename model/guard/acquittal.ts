/**
 * Who of those who may synchronise is a declared server's, by proof. A name is no proof: anyone who may create users
 * or applications chooses it. Pure.
 */
import { isSameAccount, useOf, type SeenServer } from "../server/in-use";
import type { ObservedDirectoryRoleHolder, ObservedRoleHolder, ObservedTenantRoles } from "../server/observation";
import { isManagedFor } from "../tenant/managed-application";
import { isInitialDomain } from "../tenant/sync-accounts";
import { partsOf } from "../text/user-principal-name";

type SeenHost = NonNullable<SeenServer["host"]>;

/** Application (client) id of a holder; null if it is none, or could not be read. */
export function appIdOf(
  { id, appId }: ObservedRoleHolder,
  { managedApplications }: Pick<ObservedTenantRoles, "managedApplications">,
): string | null {
  return appId ?? managedApplications.find((application) => application.id === id)?.appId ?? null;
}

/** The declared server whose connector signs in as an application; null if there is none that was observed. */
export function userOfApplication(appId: string | null, fleet: readonly SeenServer[]): string | null {
  if (appId === null) return null;
  const use = useOf({ kind: "application", appId }, fleet);
  return use.kind === "used" ? use.by[0] : null;
}

/** Whether an account is exactly the one that a server uses, or the one that the product gave it. */
function isAccountOf({ connector, legacyAccountName }: SeenHost, userName: string): boolean {
  const { domain } = partsOf(userName);
  const used = connector.identityType === "ServiceAccount" ? connector.userName : null;
  return [used, legacyAccountName].some((account) => {
    if (account === null || !isSameAccount(account, userName)) return false;
    // Without a domain of its own, the name means the one account in the initial domain.
    return partsOf(account).domain !== "" || isInitialDomain(domain);
  });
}

/** The declared server whose account this is; null if there is none that was observed. */
export function serverOfAccount(holder: ObservedDirectoryRoleHolder, fleet: readonly SeenServer[]): string | null {
  // A service principal is no account, regardless of its name.
  if (holder.appId) return null;
  return fleet.find(({ host }) => host && isAccountOf(host, holder.name))?.server ?? null;
}

/** Whether a holder is an application that is named as the product names one for a declared server: no proof, a hint. */
export function isManagedHolder(
  id: string,
  { managedApplications }: Pick<ObservedTenantRoles, "managedApplications">,
  fleet: readonly SeenServer[],
): boolean {
  const name = managedApplications.find((application) => application.id === id)?.name;
  return name !== undefined && fleet.some(({ host }) => host && isManagedFor(name, host.computerName));
}

/**
 * The product's own applications that a declared server was seen to use, now or in an earlier run: what the product leaves
 * behind when a server is onboarded is known as the server's by this alone, and reported as a notice.
 *
 * @param before object ids that earlier runs saw in use
 */
export function managedInUse(
  roles: ObservedTenantRoles,
  fleet: readonly SeenServer[],
  before: readonly string[],
): string[] {
  const isUsed = (holder: ObservedRoleHolder) => {
    const appId = appIdOf(holder, roles);
    return fleet.some((one) => {
      return one.host && isManagedFor(holder.name, one.host.computerName) && userOfApplication(appId, [one]) !== null;
    });
  };
  return roles.holders.filter((holder) => before.includes(holder.id) || isUsed(holder)).map(({ id }) => id);
}
