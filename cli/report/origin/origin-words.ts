/** Words for where a report comes from, for page and Markdown alike. Pure. */
import type { ReportDocument } from "../report-document";

type Origin = Pick<ReportDocument, "takenFrom">;

/** The holder of the token: kind, name and object id; null if no token says. */
export function principalWords({ takenFrom }: Origin): { who: string; objectId: string } | null {
  const { principal } = takenFrom;
  if (!principal) return null;
  return { who: `${principal.kind} ${principal.name ?? "(name not read)"}`, objectId: principal.objectId };
}

/** The pipeline's run. */
export function runWords({ takenFrom }: Origin): string {
  const { run } = takenFrom;
  if (!run) return "not in a pipeline that is known here";
  const by = run.startedBy === null ? "" : `, started by ${run.startedBy}`;
  return `${run.service} ${run.id}${by}`;
}

/** The commit of the declaration, in full, as it has to be found again. */
export function declarationWords({ declaration }: Pick<ReportDocument, "declaration">): string {
  if (!declaration) return "the project's folder is in no clone, or that was not recorded";
  const { commit, modified } = declaration;
  const state =
    modified === null ? "whether files differ is not known" : modified ? "files differ from it" : "no file differs";
  return `commit ${commit}, ${state}`;
}

/** The hash, or that there is none. */
export const hashWords = ({ sha256 }: { sha256: string | null }): string => sha256 ?? "not recorded";
