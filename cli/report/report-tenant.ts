/** Who may synchronise into the tenant, and what of it could not be read. Pure. */
import type { TenantVerdict } from "../../model/fleet/assessment";
import type { FleetFacts } from "../../model/fleet/facts";
import { synchronisers, type Synchroniser } from "../../model/fleet/synchronisers";
import { unreadPermissions } from "../../model/guard/guard-roles";
import { PIPELINE_PERMISSIONS } from "../../model/tenant/pipeline-permissions";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import { serverOfAccount } from "../../model/guard/acquittal";
import type { Reader } from "../../model/diagnostics/remedy";
import type { SeenServer } from "../../model/server/in-use";
import { isManagedFor } from "../../model/tenant/managed-application";
import type { ObservedDirectoryObject } from "../../model/server/observation";
import { ORGANIZATION_PERMISSION, type ObservedOrganization } from "../../remote/organization";
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

/** What the report's tenant is made from beside the facts of the fleet. */
export interface TenantReading {
  reader: Reader;
  organization: ObservedOrganization;
}

/** The declared server whose computer name an application or account has in its own name. */
function namedFor(name: string, fleet: readonly SeenServer[]): string | null {
  const lower = name.toLowerCase();
  const found = fleet.find(({ host }) => {
    const computer = host?.computerName;
    return computer && (isManagedFor(name, computer) || lower.startsWith(`sync_${computer.toLowerCase()}_`));
  });
  return found?.server ?? null;
}

function accountsOf(accounts: readonly ObservedDirectoryObject[], fleet: readonly SeenServer[]) {
  const named = accounts.map(({ id, name }) => {
    const server = serverOfAccount({ id, name, assignmentId: "", role: "" }, fleet);
    return { id, name, server, namedFor: namedFor(name, fleet) };
  });
  return named.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** What the report says of the tenant. */
export function reportTenant(
  facts: FleetFacts,
  verdict: TenantVerdict,
  { reader, organization }: TenantReading,
): ReportTenant {
  const { roles, problem } = facts.tenant!.roles;
  if (!roles) {
    const unobserved = formatDiagnostic(problem, reader);
    return { unobserved, holders: [], directoryRolesRead: false, syncAccounts: null, unread: [] };
  }
  const order = ({ kind, name, role, id }: Synchroniser) => `${RANK[kind]} ${name} ${role} ${id}`;
  const fleet = facts.servers[0]?.observation.fleet ?? [];
  const sorted = synchronisers(facts, verdict).sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const observations = facts.servers.map(({ observation }) => observation);
  return {
    unobserved: null,
    holders: sorted.map((holder) => ({ ...holder, namedFor: namedFor(holder.name, fleet) })),
    directoryRolesRead: roles.directoryRoles !== null,
    syncAccounts: roles.syncAccounts && accountsOf(roles.syncAccounts, fleet),
    unread: [
      ...unreadPermissions(roles, observations),
      ...(organization.forbidden ? [ORGANIZATION_PERMISSION] : []),
    ].map((permission) => ({
      permission,
      purpose: purposeOf(permission),
    })),
  };
}
