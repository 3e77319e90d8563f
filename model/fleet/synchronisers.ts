/** Who may synchronise into the tenant, each with how it comes to its role: one list, and so one count, for every reader. */
import { appIdOf, serverOfAccount, userOfApplication } from "../guard/acquittal";
import type { ObservedDirectoryRoleHolder, ObservedRoleHolder, ObservedTenantRoles } from "../server/observation";
import { SYNC_ROLE } from "../tenant/clouds";
import type { TenantVerdict } from "./assessment";
import type { FleetFacts } from "./facts";

/** How someone comes to be able to synchronise. */
type SynchroniserKind = "declared" | "allowed" | "managed" | "sync-account" | "undeclared" | "expired";

export interface Synchroniser {
  id: string;
  name: string;
  /** The application role, or the name of a directory role. */
  role: string;
  kind: SynchroniserKind;
  /** The declared server that it is, or that uses it; null otherwise. */
  server: string | null;
  /** Of what is allowed. */
  reason: string | null;
  expires: string | null;
}

type Holder = ObservedRoleHolder | ObservedDirectoryRoleHolder;

const isOfDirectory = (holder: Holder): holder is ObservedDirectoryRoleHolder => "role" in holder;

/** The declared server that uses what is none of its own. */
function usedBy(holder: Holder, roles: ObservedTenantRoles, { servers }: FleetFacts): string | null {
  const fleet = servers[0]?.observation.fleet ?? [];
  return isOfDirectory(holder) ? serverOfAccount(holder, fleet) : userOfApplication(appIdOf(holder, roles), fleet);
}

/** What is undeclared or expired is what the assessment says it is. */
function synchroniser(
  facts: FleetFacts,
  { undeclared }: TenantVerdict,
  roles: ObservedTenantRoles,
  holder: Holder,
): Synchroniser {
  const { tenant, takenAt } = facts;
  const { principals, allowed } = tenant!;
  const { id, name } = holder;
  const directoryRole = isOfDirectory(holder) ? holder.role : null;
  const ofOther = directoryRole === null ? ["directory-role-foreign", "legacy-account-left"] : ["role-holder-foreign"];
  const finding = undeclared.find(({ object, code }) => object === id && !ofOther.includes(code));
  const entries = allowed.filter((entry) => entry.id === id);
  const entry = entries.find(({ expires }) => expires >= takenAt.slice(0, 10)) ?? entries[0];
  const kind = (): SynchroniserKind => {
    if (finding) return finding.code === "role-holder-expired" ? "expired" : "undeclared";
    if (principals.has(id)) return "declared";
    if (entry) return "allowed";
    return directoryRole === null ? "managed" : "sync-account";
  };
  return {
    ...{ id, name, role: directoryRole ?? SYNC_ROLE, kind: kind() },
    server: principals.get(id) ?? usedBy(holder, roles, facts),
    ...{ reason: entry?.reason ?? null, expires: entry?.expires ?? null },
  };
}

/** Everyone; none if the tenant could not be read. */
export function synchronisers(facts: FleetFacts, verdict: TenantVerdict): Synchroniser[] {
  const roles = facts.tenant?.roles.roles;
  if (!roles) return [];
  return [
    ...roles.holders.map((holder) => synchroniser(facts, verdict, roles, holder)),
    ...(roles.directoryRoles ?? []).map((holder) => synchroniser(facts, verdict, roles, holder)),
  ];
}
