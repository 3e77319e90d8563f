/** The guard of a tenant: who may synchronise into it, held against the declared servers. Pure. */
import type { AllowedRoleHolder } from "../configuration/configuration";
import { diagnose } from "../diagnostics/diagnostic";
import { administrativeConnectors } from "./guard-administrators";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding } from "./guard-findings";
import { isNamedByProduct, isNamedFor } from "../tenant/sync-accounts";
import { partsOf } from "../text/user-principal-name";
import { appIdOf, managedInUse, serverOfAccount, userOfApplication } from "./acquittal";
import { choiceOf, useOf, type SeenServer, type Use } from "../server/in-use";
import type {
  Observation,
  ObservedDirectoryObject,
  ObservedDirectoryRoleHolder,
  ObservedRoleHolder,
  ObservedTenantRoles,
} from "../server/observation";

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
  /** Object ids of the product's own applications that earlier runs saw in use: see {@link managedInUse}. */
  used: readonly string[];
  /** `YYYY-MM-DD` in UTC. */
  today: string;
}

function expired(
  { id, name }: ObservedDirectoryObject,
  what: string,
  use: Use,
  entry: AllowedRoleHolder,
): GuardFinding {
  const { expires, reason } = entry;
  const { values, remedy } = choiceOf(use, "free");
  const found = diagnose("role-holder-expired", null, { id, name, what, expires, reason, ...values }, { remedy });
  return { ...found, removal: null, object: id };
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
 * Which remedy holds for an undeclared principal. What a declared server signs in with stays. Entra Connect's own application
 * may be what a server of another stack exports with, so to remove its role comes last there.
 */
const remedyFor = ({ id }: ObservedDirectoryObject, { managedApplications }: ObservedTenantRoles, use: Use) =>
  choiceOf(use, managedApplications.some((application) => application.id === id) ? "managed" : "other");

/** Whether a connector signs in as a holder: as its application, else as the account of that name. */
function useOfHolder(
  holder: ObservedRoleHolder | ObservedDirectoryRoleHolder,
  roles: ObservedTenantRoles,
  fleet: readonly SeenServer[],
): Use {
  const appId = appIdOf(holder, roles);
  // Of a directory role's holders only a service principal has an application id.
  if ("role" in holder && appId === null) return useOf({ kind: "account", userName: holder.name }, fleet);
  return useOf({ kind: "application", appId }, fleet);
}

/**
 * Holds everyone who may synchronise against the declared servers and the allow-list. Roles of others are never taken
 * away: every finding is a person's to decide.
 *
 * @param audit null if the pipeline may not read the audit log, undefined if no one asked
 */
export function assessRoleHolders(
  roles: ObservedTenantRoles,
  declaration: RoleDeclaration,
  audit: AuditEntry[] | null | undefined,
): GuardFinding[] {
  return [
    ...undeclaredHolders(roles, declaration, audit),
    ...undeclaredUsers(roles, declaration, audit),
    ...administrativeConnectors(roles, declaration),
  ];
}

type RoleRule = (
  roles: ObservedTenantRoles,
  declaration: RoleDeclaration,
  audit: AuditEntry[] | null | undefined,
) => GuardFinding[];

const day = (instant: string) => instant.slice(0, 10);

/** Holders of the application role. */
const undeclaredHolders: RoleRule = (roles, declaration, audit) => {
  const { principals, fleet, used } = declaration;
  const accepted = new Set([...principals, ...managedInUse(roles, fleet, used)]);
  const undeclared = roles.holders.filter((holder) => {
    return !accepted.has(holder.id) && userOfApplication(appIdOf(holder, roles), fleet) === null;
  });
  return undeclared.flatMap((holder) => {
    const use = useOfHolder(holder, roles, fleet);
    return judged(holder, "the synchronisation role", use, declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /app role assignment/i);
      const { id, name, assignmentId, since } = holder;
      const { values, remedy } = remedyFor(holder, roles, use);
      const own = { found: `${name} (${id})${since ? `, since ${day(since)}` : ""}${who}`, id, assignmentId };
      return { ...diagnose("role-holder-foreign", null, { ...own, ...values }, { remedy }), removal: null, object: id };
    });
  });
};

/** Holders of the directory roles. */
const undeclaredUsers: RoleRule = (roles, declaration, audit) => {
  const { fleet } = declaration;
  const users = (roles.directoryRoles ?? []).filter((holder) => serverOfAccount(holder, fleet) === null);
  return users.flatMap((holder) => {
    const use = useOfHolder(holder, roles, fleet);
    return judged(holder, `the directory role ${holder.role}`, use, declaration, () => {
      const who = whoChanged(audit, holder.id, holder.assignmentId, /member to role/i);
      const { id, name, role, assignmentId, created } = holder;
      const found = `${name} (${id})${created ? `, created on ${day(created)}` : ""}${who}`;
      const own = { found, role, assignmentId };
      if (!holder.appId && isNamedByProduct(name)) {
        const machine = fleet.find(({ host }) => host && isNamedFor(name, host.computerName));
        const { values, remedy } = choiceOf(use, machine ? "identifier" : "free");
        const of = { account: name, name: partsOf(name).name, server: machine?.server ?? "" };
        const left = diagnose("legacy-account-left", null, { ...own, ...of, ...values }, { remedy });
        return { ...left, removal: null, object: id };
      }
      const { values, remedy } = holder.appId ? remedyFor(holder, roles, use) : choiceOf(use, "account");
      const foreign = diagnose("directory-role-foreign", null, { ...own, account: name, ...values }, { remedy });
      return { ...foreign, removal: null, object: id };
    });
  });
};

/** Permissions that the pipeline lacks for what a guard reads if it may. */
export function unreadPermissions(
  { unread }: Pick<ObservedTenantRoles, "unread">,
  observations: readonly Observation[],
): string[] {
  const grants = observations.some(({ tenant }) => tenant.application?.principal?.delegatedScopes === null);
  const rules = observations.some(({ keyRules }) => keyRules === null);
  return [...unread, ...(grants ? ["Directory.Read.All"] : []), ...(rules ? ["Policy.Read.All"] : [])];
}
