/** Builds a report from the gathered facts. Pure. */
import { TENANT } from "../../model/diagnostics/diagnostic";
import { documentOf } from "../../model/diagnostics/diagnostic-document";
import { registrationOf } from "../../model/diagnostics/registry";
import { renderRemedy } from "../../model/diagnostics/remedy";
import { assessFleet, listOf } from "../../model/fleet/assessment";
import { reportControls } from "./controls/report-controls";
import { withHash } from "./origin/report-hash";
import { changesSince } from "./report-changes";
import { cleaned } from "./report-clean";
import { REPORT_VERSION, ReportDocument, type ReportFinding, type ReportServer } from "./report-document";
import type { ReportFacts } from "./report-facts";
import { serverFindings, tenantFindings, withoutAudit } from "./report-findings";
import { instantOf, reportServer } from "./report-servers";
import { leavingServers } from "../stack/state-memory";
import { fleetFacts } from "../stack/fleet-facts";
import { noneUndeclared } from "./report-words";
import { reportTenant } from "./report-tenant";

/** The servers' clock, the middle one if they differ; the machine's own if none was seen. */
function todayOf({ servers, takenAt }: ReportFacts): string {
  const clocks = Object.values(servers).flatMap(({ observation }) => observation.host.facts?.takenAt ?? []);
  const sorted = clocks.map((clock) => instantOf(clock)).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? instantOf(takenAt);
}

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The same, each with an id that no other one has. */
function withOwnIds<T extends { id: string }>(entries: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const times = (seen.get(entry.id) ?? 0) + 1;
    seen.set(entry.id, times);
    return times === 1 ? entry : { ...entry, id: `${entry.id}/${times}` };
  });
}

/** The whole of it in one sentence. */
function sentenceOf(
  servers: readonly ReportServer[],
  findings: readonly ReportFinding[],
  tenantSeen: Parameters<typeof noneUndeclared>[0],
): string {
  const total = servers.length;
  const of = (status: ReportServer["status"]) => servers.filter((server) => server.status === status).length;
  const all = total === 1 ? "The one declared server" : `${total === 2 ? "Both" : `All ${total}`} declared servers`;
  const tenant = findings.filter(({ subject }) => subject === TENANT);
  const unseen = tenant.some(({ then }) => then === "stops");
  const undeclared = unseen ? 0 : tenant.length;
  const parts = [
    of("differs") > 0 ? `${of("differs")} ${of("differs") === 1 ? "differs" : "differ"} from the declaration` : "",
    of("waiting") > 0
      ? `${of("waiting")} ${of("waiting") === 1 ? "waits" : "wait"} for an administrator to sign in`
      : "",
    of("unobserved") > 0 ? `${of("unobserved")} could not be observed` : "",
    of("planned") > 0 ? `${of("planned")} ${of("planned") === 1 ? "is" : "are"} not set up yet` : "",
  ].filter((part) => part !== "");
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  const own = list
    ? `Of ${count(total, "declared server")}, ${list}.`
    : `${all} ${total === 1 ? "is" : "are"} set to sign in with an application and a key of ${total === 1 ? "its" : "their"} own, as declared.`;
  if (unseen) return `${own} Who may synchronise into the tenant could not be read.`;
  if (undeclared > 0)
    return `${own} ${count(undeclared, "grant")} of the right to synchronise ${undeclared === 1 ? "is" : "are"} not declared.`;
  return `${own} ${noneUndeclared(tenantSeen)}`;
}

/**
 * The report.
 *
 * @param before the report that this one is compared with, null if there is none
 * @param secrets values that must not appear in it, wherever they come from
 */
export function buildReport(
  facts: ReportFacts,
  before: ReportDocument | null,
  secrets: readonly string[],
): ReportDocument {
  const { configuration, state, organization } = facts;
  const since = new Map(before?.findings.map((finding) => [finding.id, finding.since]));
  const takenAt = instantOf(facts.takenAt);
  const timed = (findings: Omit<ReportFinding, "since">[]) =>
    withOwnIds(findings).map((finding) => ({ ...finding, since: since.get(finding.id) ?? takenAt }));
  const today = todayOf(facts);
  const fleet = fleetFacts(facts);
  const assessment = assessFleet(fleet);
  const bare = assessFleet(fleetFacts(withoutAudit(facts)));
  const ordered = configuration.servers
    .map((server, index) => ({ server, verdict: assessment.servers[index], bare: bare.servers[index] }))
    .sort((left, right) => (left.server.name < right.server.name ? -1 : 1));
  const judged = ordered.map(({ server, verdict, bare }) => {
    const findings = timed(serverFindings(facts, verdict, bare));
    return { verdict, findings, server: reportServer(facts, server, verdict, findings, today) };
  });
  const servers = judged.map(({ server }) => server);
  const findings = [
    ...judged.flatMap((one) => one.findings),
    ...timed(tenantFindings(facts, assessment.tenant!, bare.tenant!)),
  ];
  const noticed = [...judged.flatMap(({ verdict }) => verdict.notices), ...assessment.tenant!.notices];
  const notices = noticed.map(({ subject, code, actual: text, remedy }) => {
    const words = { meaning: registrationOf(code).title, text, remedy: renderRemedy(remedy, facts.reader) };
    return { id: `${subject ?? TENANT}/${code}`, server: subject ?? TENANT, code, ...words };
  });
  const tenant = reportTenant(fleet, assessment.tenant!, facts);
  const document = {
    version: REPORT_VERSION as typeof REPORT_VERSION,
    ...{ project: facts.project, stack: facts.stack, tenantId: facts.tenantId, cloud: facts.cloud },
    organization: {
      ...{ name: organization.name, domain: organization.domain, unread: organization.unread },
      lastSynchronisation: organization.lastSynchronisation && instantOf(organization.lastSynchronisation),
    },
    ...{ tool: facts.tool, declaration: facts.declaration },
    stateUpdatedAt: facts.stateUpdatedAt === null ? null : instantOf(facts.stateUpdatedAt),
    takenAt,
    takenFrom: {
      ...{ machine: facts.machine, application: facts.pipelineAppId, principal: facts.signedIn, run: facts.run },
    },
    healthy: findings.length === 0 && servers.every(({ status }) => status === "as-declared"),
    sentence: sentenceOf(servers, findings, { tenant }),
    today,
    servers,
    leaving: leavingServers(state, configuration.servers),
    findings,
    notices: withOwnIds(notices),
    tenant,
    diagnostics: listOf(assessment).map((diagnostic) => documentOf(diagnostic, facts.reader)),
  };
  const clean = cleaned(document, secrets);
  const entries =
    before && changesSince(before, { ...clean, controls: { sources: [], unread: [], entries: [] }, sha256: null });
  const changes = before && { since: before.takenAt, entries: cleaned(entries!, secrets) };
  const controls = reportControls({ ...clean, changes });
  // The schema gives every object its order of properties.
  return withHash(ReportDocument.parse({ ...clean, changes, controls }));
}
