/** The guard of a tenant: who may synchronise into it, held against the declared servers. Pure. */
import type { AllowedRoleHolder } from "../configuration/configuration";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding } from "./guard-findings";
import { unlessInUse, useOf, type SeenServer, type Use } from "../server/in-use";
import type {
  Observation,
  ObservedDirectoryObject,
  ObservedDirectoryRoleHolder,
  ObservedRoleHolder,
  ObservedTenantRoles,
} from "../server/observation";

/** How the applications that Entra Connect makes by itself are named; the server's computer name follows. */
export const MANAGED_APPLICATION_PREFIX = "ConnectSyncProvisioning_";

/** Names of the accounts of servers that sign in with a password begin so. */
const SYNC_ACCOUNT_PREFIX = "Sync_";

/** The directory roles whose holders may synchronise, the same in every tenant. */
export const DIRECTORY_ROLES = [
  { id: "d29b2b05-8046-44ba-8758-1e26182fcf32", name: "Directory Synchronization Accounts" },
  { id: "a92aed5d-d78a-4d16-b381-09adb37eb3b0", name: "On Premises Directory Sync Account" },
] as const;

/** What holders are held against. */
export interface RoleDeclaration {
  /** Object ids of the declared servers' service principals, of this run and the last. */
  principals: string[];
  allowed: AllowedRoleHolder[];
  /** Every declared server, as observed. */
  fleet: readonly SeenServer[];
  /** `YYYY-MM-DD` in UTC. */
  today: string;
}

/**
 * Whether a holder is an application of the product's for a declared server, or could be for one that was not seen. Such
 * a one is in use before the first `up`, and afterwards a notice (notices.ts).
 */
function isManaged({ id, name }: ObservedDirectoryObject, roles: ObservedTenantRoles, fleet: readonly SeenServer[]) {
  if (!roles.managedApplications.some((application) => application.id === id)) return false;
  const begins = (computer: string) =>
    name.toLowerCase().startsWith(`${MANAGED_APPLICATION_PREFIX}${computer}_`.toLowerCase());
  return fleet.some(({ host }) => host === null || begins(host.computerName));
}

function expired(holder: ObservedDirectoryObject, what: string, use: Use, entry: AllowedRoleHolder): GuardFinding {
  return {
    code: "role-holder-expired",
    expected: `${holder.name} without ${what} since ${entry.expires}`,
    actual: `${holder.name} (${holder.id}), allowed until then for: ${entry.reason}`,
    remedy: unlessInUse(use, "Take the role from it, or give its entry in allowedRoleHolders a later day."),
    removal: null,
    subject: holder.id,
  };
}

/** Whoever is not allowed, or not any more. */
function judged(
  holder: ObservedDirectoryObject,
  what: string,
  use: Use,
  { allowed, today }: RoleDeclaration,
  foreign: () => GuardFinding,
): GuardFinding[] {
  const entries = allowed.filter(({ id }) => id === holder.id);
  if (entries.some(({ expires }) => expires >= today)) return [];
  return [entries.length > 0 ? expired(holder, what, use, entries[0]) : foreign()];
}

/**
 * What to do about a stranger. What a declared server signs in with stays. Entra Connect's own application may be what a
 * server of another stack exports with, so to take its role away comes last there.
 */
function remedyFor(holder: ObservedDirectoryObject, roles: ObservedTenantRoles, use: Use, removal: string): string {
  const allow = "allow it in allowedRoleHolders, with a reason and a last day";
  if (use.kind === "used") {
    return `${unlessInUse(use, "")} pulumi up gives the server an application of its own; until then, ${allow}.`;
  }
  if (use.kind === "unknown") return `${unlessInUse(use, "")} Find out who gave it the role; or ${allow}.`;
  if (!roles.managedApplications.some(({ id }) => id === holder.id)) return `Take it away: ${removal}, or ${allow}.`;
  return (
    "Entra Connect made it for a server by itself. Where that server still synchronises, declare the server, or " +
    `${allow}. Only where it does not: ${removal}`
  );
}

/** Whether a connector signs in as a holder: as its application, else as the account of that name. */
function useOfHolder(
  holder: ObservedRoleHolder | ObservedDirectoryRoleHolder,
  { managedApplications }: ObservedTenantRoles,
  fleet: readonly SeenServer[],
): Use {
  const managed = managedApplications.find(({ id }) => id === holder.id);
  const appId = holder.appId ?? managed?.appId ?? null;
  // Of a directory role's holders only a service principal has an application id.
  if ("role" in holder && appId === null) return useOf({ kind: "account", userName: holder.name }, fleet);
  return useOf({ kind: "application", appId }, fleet);
}

/**
 * Holds everyone who may synchronise against the declared servers and the allow-list. Roles of others are never taken
 * away: every finding is a person's to decide.
 *
 * @param audit null where the pipeline may not read the audit log, undefined where nobody asked
 */
export function assessRoleHolders(
  roles: ObservedTenantRoles,
  declaration: RoleDeclaration,
  audit: AuditEntry[] | null | undefined,
): GuardFinding[] {
  const { principals, fleet } = declaration;
  const removal = (path: string) => `az rest --method DELETE --url 'https://graph.microsoft.com/v1.0/${path}'`;
  const undeclared = roles.holders.filter((holder) => {
    return !principals.includes(holder.id) && !isManaged(holder, roles, fleet);
  });
  const found = undeclared.flatMap((holder) => {
    const use = useOfHolder(holder, roles, fleet);
    return judged(holder, "the synchronisation role", use, declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /app role assignment/i);
      const path = `servicePrincipals/${holder.id}/appRoleAssignments/${holder.assignmentId}`;
      return {
        code: "role-holder-foreign",
        expected: "ADSynchronization.ReadWrite.All for the declared servers only",
        actual: `${holder.name} (${holder.id})${who}`,
        remedy: remedyFor(holder, roles, use, removal(path)),
        removal: null,
        subject: holder.id,
      };
    });
  });
  const users = (roles.directoryRoles ?? []).filter(({ name }) => !name.startsWith(SYNC_ACCOUNT_PREFIX));
  return users.reduce((findings, holder) => {
    const use = useOfHolder(holder, roles, fleet);
    const finding = judged(holder, `the directory role ${holder.role}`, use, declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /member to role/i);
      return {
        code: "directory-role-foreign",
        expected: `the directory role ${holder.role} for accounts of sync servers only`,
        actual: `${holder.name} (${holder.id})${who}`,
        remedy: remedyFor(
          holder,
          roles,
          use,
          removal(`roleManagement/directory/roleAssignments/${holder.assignmentId}`),
        ),
        removal: null,
        subject: holder.id,
      };
    });
    return [...findings, ...finding];
  }, found);
}

/** Permissions that the pipeline lacks for what a guard looks at where it may. */
export function unreadPermissions(
  { unread }: Pick<ObservedTenantRoles, "unread">,
  observations: readonly Observation[],
): string[] {
  const grants = observations.some(({ tenant }) => tenant.application?.principal?.delegatedScopes === null);
  return [...unread, ...(grants ? ["Directory.Read.All"] : [])];
}
