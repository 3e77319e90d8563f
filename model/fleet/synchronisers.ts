/** Who may synchronise into the tenant, each with how it comes to its role: one list, and so one count, for every reader. */
import type { ObservedDirectoryObject } from "../server/observation";
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
  /** The declared server that it is; null otherwise. */
  server: string | null;
  /** Of what is allowed. */
  reason: string | null;
  expires: string | null;
}

/** What is undeclared or expired is what the assessment says it is. */
function synchroniser(
  { tenant, takenAt }: FleetFacts,
  { undeclared }: TenantVerdict,
  { id, name }: ObservedDirectoryObject,
  directoryRole: string | null,
): Synchroniser {
  const { principals, allowed } = tenant!;
  const byOther = directoryRole === null ? "directory-role-foreign" : "role-holder-foreign";
  const finding = undeclared.find(({ object, code }) => object === id && code !== byOther);
  const entries = allowed.filter((entry) => entry.id === id);
  const entry = entries.find(({ expires }) => expires >= takenAt.slice(0, 10)) ?? entries[0];
  const kind = (): SynchroniserKind => {
    if (finding) return finding.code === "role-holder-expired" ? "expired" : "undeclared";
    if (principals.has(id)) return "declared";
    if (entry) return "allowed";
    return directoryRole === null ? "managed" : "sync-account";
  };
  return {
    ...{ id, name, role: directoryRole ?? SYNC_ROLE, kind: kind(), server: principals.get(id) ?? null },
    ...{ reason: entry?.reason ?? null, expires: entry?.expires ?? null },
  };
}

/** Everyone; none if the tenant could not be read. */
export function synchronisers(facts: FleetFacts, verdict: TenantVerdict): Synchroniser[] {
  const roles = facts.tenant?.roles.roles;
  if (!roles) return [];
  return [
    ...roles.holders.map((holder) => synchroniser(facts, verdict, holder, null)),
    ...(roles.directoryRoles ?? []).map((holder) => synchroniser(facts, verdict, holder, holder.role)),
  ];
}
