/** Who changed an object of the directory, and when, if the pipeline may read the audit log. */
import { z } from "zod";
import type { AuditEntry } from "../model/guard/guard-audit";
import { harmless } from "../model/text/encoders/harmless";
import { all, GraphClient, isForbidden } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

/** The permission that is needed to read the log. */
export const AUDIT_PERMISSION = "AuditLog.Read.All";

/** Values of an entry are looked through for ids, so they are not cut as what is shown is. */
const LONGEST_VALUE = 100_000;

const text = z.string().nullish();

const AUDIT_ENTRY = z.object({
  activityDateTime: z.string(),
  activityDisplayName: z.string(),
  initiatedBy: z.object({
    user: z.object({ userPrincipalName: text, id: text }).nullish(),
    app: z.object({ displayName: text, appId: text }).nullish(),
  }),
  targetResources: z.array(
    z.object({ id: text, modifiedProperties: z.array(z.object({ oldValue: text, newValue: text })).nullish() }),
  ),
});

function observedEntry(entry: z.infer<typeof AUDIT_ENTRY>): AuditEntry {
  const { activityDateTime, activityDisplayName, initiatedBy, targetResources } = harmless(entry, LONGEST_VALUE);
  const { user, app } = initiatedBy;
  const changes = targetResources.flatMap(({ modifiedProperties }) => modifiedProperties ?? []);
  return {
    at: activityDateTime,
    activity: activityDisplayName,
    by: user?.userPrincipalName ?? user?.id ?? app?.displayName ?? app?.appId ?? "an unnamed actor",
    targets: targetResources.flatMap(({ id }) => id ?? []),
    before: changes.map(({ oldValue }) => oldValue ?? "").join("\n"),
    after: changes.map(({ newValue }) => newValue ?? "").join("\n"),
  };
}

/** Whether the pipeline may read the log; if its token does not show that, a request is tried. */
export async function mayReadAudit(graph: GraphClient): Promise<boolean> {
  return (await graph.permissions())?.includes(AUDIT_PERMISSION) ?? true;
}

/**
 * Reads the audit log entries of these objects in one request.
 * @returns null if the pipeline may not read it; it never fails, because a finding without a name is still a finding
 */
export async function observeAudit(access: TenantAccess, objectIds: readonly string[]): Promise<AuditEntry[] | null> {
  const graph = new GraphClient(access);
  try {
    if (objectIds.length === 0) return [];
    if (!(await mayReadAudit(graph))) return null;
    const answers = await graph.batch(
      objectIds.slice(0, 20).map((id) => {
        const filter = encodeURIComponent(`targetResources/any(t:t/id eq '${id}')`);
        return `auditLogs/directoryAudits?$filter=${filter}`;
      }),
    );
    if (answers.some(isForbidden)) return null;
    const entries = await Promise.all(answers.map((answer) => all(graph, answer, AUDIT_ENTRY)));
    return entries.flat().map(observedEntry);
  } catch {
    return null;
  }
}
