/** Who may synchronise into the tenant, and what of it could not be read. Pure. */
import { SYNC_ROLE } from "../../model/tenant/clouds";
import { unreadPermissions } from "../../model/guard/guard-roles";
import type { ObservedDirectoryObject } from "../../model/server/observation";
import { PIPELINE_PERMISSIONS } from "../../model/tenant/pipeline-permissions";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import type { ReportHolder, ReportTenant } from "./report-document";
import type { ReportFacts } from "./report-facts";
import { declaredPrincipals, roleFindings } from "./report-judgement";

/** What is not told without permissions that the pipeline need not have for anything else. */
const OTHER_PURPOSES: Record<string, string> = {
  "Directory.Read.All": "delegated permissions of the servers' service principals",
};

function purposeOf(permission: string): string {
  const known = PIPELINE_PERMISSIONS.find(({ name }) => name === permission);
  return known?.purpose ?? OTHER_PURPOSES[permission] ?? "what takes it";
}

/** How a holder comes to its role. What is undeclared or expired is what the guard says it is. */
function holderOf(facts: ReportFacts, holder: ObservedDirectoryObject, role: string, byRole: boolean): ReportHolder {
  const { configuration, takenAt } = facts;
  const declared = declaredPrincipals(facts);
  const finding = roleFindings(facts).find(
    ({ object, code }) =>
      object === holder.id && (byRole ? code !== "role-holder-foreign" : code !== "directory-role-foreign"),
  );
  const entries = configuration.allowedRoleHolders.filter(({ id }) => id === holder.id);
  const allowed = entries.find(({ expires }) => expires >= takenAt.slice(0, 10)) ?? entries[0];
  const common = {
    ...{ id: holder.id, name: holder.name, role },
    reason: allowed?.reason ?? null,
    expires: allowed?.expires ?? null,
  };
  const server = declared.get(holder.id) ?? null;
  if (finding) return { ...common, server, kind: finding.code === "role-holder-expired" ? "expired" : "undeclared" };
  if (declared.has(holder.id)) return { ...common, server, kind: "declared" };
  if (allowed) return { ...common, server, kind: "allowed" };
  return { ...common, server, kind: byRole ? "sync-account" : "managed" };
}

const RANK: Record<ReportHolder["kind"], number> = {
  ...{ undeclared: 0, expired: 1, allowed: 2, managed: 3, "sync-account": 4, declared: 5 },
};

/** What the report tells of the tenant. */
export function reportTenant(facts: ReportFacts): ReportTenant {
  const { roles, problem } = facts.roles;
  if (!roles) {
    const unobserved = formatDiagnostic(problem, facts.reader);
    return { unobserved, holders: [], directoryRolesRead: false, syncAccounts: null, unread: [] };
  }
  const holders = [
    ...roles.holders.map((holder) => holderOf(facts, holder, SYNC_ROLE, false)),
    ...(roles.directoryRoles ?? []).map((holder) => holderOf(facts, holder, holder.role, true)),
  ];
  const order = ({ kind, name, role, id }: ReportHolder) => `${RANK[kind]} ${name} ${role} ${id}`;
  const sorted = [...holders].sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const observations = Object.values(facts.servers).map(({ observation }) => observation);
  return {
    unobserved: null,
    holders: sorted,
    directoryRolesRead: roles.directoryRoles !== null,
    syncAccounts:
      roles.syncAccounts?.map(({ id, name }) => ({ id, name })).sort((left, right) => (left.id < right.id ? -1 : 1)) ??
      null,
    unread: unreadPermissions(roles, observations).map((permission) => ({
      permission,
      purpose: purposeOf(permission),
    })),
  };
}
