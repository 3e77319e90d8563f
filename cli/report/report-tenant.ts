/** Who may synchronise into the tenant, and what of it could not be read. Pure. */
import type { TenantVerdict } from "../../model/fleet/assessment";
import type { FleetFacts } from "../../model/fleet/facts";
import { synchronisers } from "../../model/fleet/synchronisers";
import { unreadPermissions } from "../../model/guard/guard-roles";
import { PIPELINE_PERMISSIONS } from "../../model/tenant/pipeline-permissions";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import type { Reader } from "../../model/diagnostics/remedy";
import type { ReportHolder, ReportTenant } from "./report-document";

/** What is not shown without permissions that the pipeline need not have for anything else. */
const OTHER_PURPOSES: Record<string, string> = {
  "Directory.Read.All": "delegated permissions of the servers' service principals",
};

function purposeOf(permission: string): string {
  const known = PIPELINE_PERMISSIONS.find(({ name }) => name === permission);
  return known?.purpose ?? OTHER_PURPOSES[permission] ?? "what takes it";
}

const RANK: Record<ReportHolder["kind"], number> = {
  ...{ undeclared: 0, expired: 1, allowed: 2, managed: 3, "sync-account": 4, declared: 5 },
};

/** What the report says of the tenant. */
export function reportTenant(facts: FleetFacts, verdict: TenantVerdict, reader: Reader): ReportTenant {
  const { roles, problem } = facts.tenant!.roles;
  if (!roles) {
    const unobserved = formatDiagnostic(problem, reader);
    return { unobserved, holders: [], directoryRolesRead: false, syncAccounts: null, unread: [] };
  }
  const order = ({ kind, name, role, id }: ReportHolder) => `${RANK[kind]} ${name} ${role} ${id}`;
  const sorted = synchronisers(facts, verdict).sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const observations = facts.servers.map(({ observation }) => observation);
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
