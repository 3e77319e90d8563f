/** Connectors that sign in with an administrator's account, and who may lower a role after the installation. Pure. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { isSameAccount, type SeenServer } from "../server/in-use";
import type { ObservedDirectoryRoleHolder, ObservedTenantRoles } from "../server/observation";
import type { GuardFinding } from "./guard-findings";

/** The directory roles that the account of a connector must not hold, the same in every tenant. */
export const ADMINISTRATOR_ROLES = [
  { id: "62e90394-69f5-4237-9190-012177145e10", name: "Global Administrator" },
  { id: "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", name: "Hybrid Identity Administrator" },
] as const;

const INSTALLER_ROLE = ADMINISTRATOR_ROLES[1].name;

type Read = Pick<ObservedTenantRoles, "administrators">;

/** The account that a connector signs in with; null if it is an application, or the server was not observed. */
const accountOf = ({ host }: SeenServer) =>
  host?.connector.identityType === "ServiceAccount" ? host.connector.userName : null;

const rolesOf = (account: string, holders: readonly ObservedDirectoryRoleHolder[]) => [
  ...new Set(holders.filter(({ appId, name }) => !appId && isSameAccount(name, account)).map(({ role }) => role)),
];

/** Each server whose connector signs in as an administrator: a person who takes that server over is one as well. */
export function administrativeConnectors(
  { administrators }: Read,
  { fleet }: { fleet: readonly SeenServer[] },
): GuardFinding[] {
  return fleet.flatMap((seen): GuardFinding[] => {
    const account = accountOf(seen);
    const roles = account === null ? [] : rolesOf(account, administrators ?? []);
    if (account === null || roles.length === 0) return [];
    const values = { account, server: seen.server, roles: roles.join(" and ") };
    return [{ ...diagnose("connector-account-administrator", null, values), removal: null }];
  });
}

/** Most names that a notice shows. */
const MOST_NAMES = 5;

/**
 * Once, as long as a server has yet to leave the account that the wizard made for it: the account of the installation needs the
 * role no more. Afterwards nothing shows whether a holder installed anything.
 */
export function installerNotices({ administrators }: Read, fleet: readonly SeenServer[]): Diagnostic[] {
  if (!fleet.some((seen) => accountOf(seen) !== null)) return [];
  const users = (administrators ?? []).filter(({ role, appId }) => role === INSTALLER_ROLE && !appId);
  const names = [...new Set(users.map(({ name }) => name))].sort();
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  const accounts = `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
  return [diagnose("installer-role-left", null, { accounts, role: INSTALLER_ROLE })];
}
