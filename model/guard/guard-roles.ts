/** The guard of a tenant: who may synchronise into it, held against the declared servers. Pure. */
import type { AllowedRoleHolder } from "../configuration/configuration";
import { diagnose } from "../diagnostics/diagnostic";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding } from "./guard-findings";
import { isManagedFor } from "../tenant/managed-application";
import type { Observation, ObservedDirectoryObject, ObservedTenantRoles } from "../server/observation";

/** Names of the accounts of servers that sign in with a password begin so. */
const SYNC_ACCOUNT_PREFIX = "Sync_";

/** The directory roles whose holders may synchronise, the same in every tenant. */
export const DIRECTORY_ROLES = [
  { id: "d29b2b05-8046-44ba-8758-1e26182fcf32", name: "Directory Synchronization Accounts" },
  { id: "a92aed5d-d78a-4d16-b381-09adb37eb3b0", name: "On Premises Directory Sync Account" },
] as const;

/** What tells which managed application is a declared server's own. */
export interface RoleGuardHost {
  /** Null where the host was not seen. */
  computerName: string | null;
}

/** What holders are held against. */
export interface RoleDeclaration {
  /** Object ids of the declared servers' service principals, of this run and the last. */
  principals: string[];
  allowed: AllowedRoleHolder[];
  hosts: RoleGuardHost[];
  /** `YYYY-MM-DD` in UTC. */
  today: string;
}

/**
 * Whether a holder is an application of the product's for a declared server, or could be for one that was not seen. Such
 * a one is in use before the first `up`, and afterwards a notice (notices.ts).
 */
function isManaged({ id, name }: ObservedDirectoryObject, roles: ObservedTenantRoles, hosts: readonly RoleGuardHost[]) {
  if (!roles.managedApplications.some((application) => application.id === id)) return false;
  return hosts.some(({ computerName }) => computerName === null || isManagedFor(name, computerName));
}

function expired({ id, name }: ObservedDirectoryObject, what: string, entry: AllowedRoleHolder): GuardFinding {
  const { expires, reason } = entry;
  const found = diagnose("role-holder-expired", null, { id, name, what, expires, reason });
  return { ...found, removal: null, object: id };
}

/** Whoever is not allowed, or not any more. */
function judged(
  holder: ObservedDirectoryObject,
  what: string,
  { allowed, today }: RoleDeclaration,
  foreign: () => GuardFinding,
): GuardFinding[] {
  const entries = allowed.filter(({ id }) => id === holder.id);
  if (entries.some(({ expires }) => expires >= today)) return [];
  return [entries.length > 0 ? expired(holder, what, entries[0]) : foreign()];
}

/**
 * Which remedy holds for an undeclared principal. Entra Connect's own application may be what another server exports with,
 * so to remove its role comes last there.
 */
const remedyFor = ({ id }: ObservedDirectoryObject, { managedApplications }: ObservedTenantRoles) =>
  managedApplications.some((application) => application.id === id) ? "managed" : "other";

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
  const { principals, hosts } = declaration;
  const undeclared = roles.holders.filter((holder) => {
    return !principals.includes(holder.id) && !isManaged(holder, roles, hosts);
  });
  const found = undeclared.flatMap((holder) =>
    judged(holder, "the synchronisation role", declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /app role assignment/i);
      const { id, name, assignmentId } = holder;
      const values = { found: `${name} (${id})${who}`, id, assignmentId };
      const found = diagnose("role-holder-foreign", null, values, { remedy: remedyFor(holder, roles) });
      return { ...found, removal: null, object: id };
    }),
  );
  const users = (roles.directoryRoles ?? []).filter(({ name }) => !name.startsWith(SYNC_ACCOUNT_PREFIX));
  return users.reduce((findings, holder) => {
    const finding = judged(holder, `the directory role ${holder.role}`, declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /member to role/i);
      const { id, name, role, assignmentId } = holder;
      const values = { found: `${name} (${id})${who}`, role, assignmentId };
      const found = diagnose("directory-role-foreign", null, values, { remedy: remedyFor(holder, roles) });
      return { ...found, removal: null, object: id };
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
