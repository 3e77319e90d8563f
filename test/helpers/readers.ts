/**
 * Every reader of the same facts, each by its own way to the person who reads: what a preview logs, the comment that is made
 * of it, the policies, the doctor and the report. What each shows is written as "server code", so that they can be compared.
 */
import { check as checkGuard } from "../../components/credential-guard-rules";
import { check as checkRoles } from "../../components/sync-role-guard-rules";
import { check as checkServer } from "../../components/sync-server-rules";
import { makeReport, formatReport } from "../../cli/doctor/doctor-report";
import { serverChecks } from "../../cli/doctor/doctor-server-checks";
import { tenantChecks } from "../../cli/doctor/doctor-tenant-checks";
import { formatComment } from "../../cli/pipeline/comment";
import { readPreview } from "../../cli/pipeline/preview-report";
import { reportPage } from "../../cli/report/report-page";
import { buildReport } from "../../cli/report/report-build";
import type { ReportFacts } from "../../cli/report/report-facts";
import { reportMarkdown } from "../../cli/report/report-markdown";
import { fleetFacts } from "../../cli/stack/fleet-facts";
import { remembered, rememberedPrincipals } from "../../cli/stack/state-memory";
import { tenantNotices } from "../../model/diagnostics/notices";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import { assessFleet, listOf, noticesFor } from "../../model/fleet/assessment";
import { ownObservation } from "../../model/fleet/shared-identities";
import { synchronisers } from "../../model/fleet/synchronisers";
import { credentialView } from "../../model/guard/guard-view";
import { UNKNOWN } from "../../model/server/server-facts";
import { RULES } from "../../policy/pack";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import type { Resource } from "../../policy/resource";
import { PIPELINE_OBJECT_ID, SYNC_ROLE_ID } from "./observations";
import { judged, resource } from "./policy-resources";
import { PIPELINE_PERMISSIONS } from "../../model/tenant/pipeline-permissions";
import { READER } from "./remedies";
import { healthyDiagnosis } from "../unit/cli/doctor-facts";

/** What a reader shows, one entry for each that it shows. */
export interface Shown {
  /** What stops the work, and what differs. */
  findings: string[];
  notices: string[];
}

const sorted = (list: readonly string[]) => [...list].sort();

/** The checked inputs of the dynamic resources, as the engine hands them to a preview and to the policies. */
function resourcesOf(facts: ReportFacts): Resource[] {
  const fleet = fleetFacts(facts);
  const servers = fleet.servers.flatMap(({ declaration, observation }, index): Resource[] => {
    const { name, renamedFrom, adopt } = facts.configuration.servers[index];
    const { server: old, guard, keys } = remembered(facts.state, name, renamedFrom);
    const own = ownObservation(observation);
    const server = checkServer(old, { ...declaration, appId: old?.appId ?? UNKNOWN, observation: own }).inputs!;
    const identities = [{ stack: facts.stack, server: name }];
    const view = credentialView(
      identities,
      adopt ? [adopt.certificateSha256] : [],
      observation,
      observation.fleet ?? [],
      declaration.mode === "byoc" ? (old?.formerSha256 ?? "") : null,
    );
    const ofGuard = checkGuard(guard, {
      ...{ stack: facts.stack, server: name, application: guard?.application ?? UNKNOWN },
      ...{ policy: facts.configuration.credentialPolicy, owners: [PIPELINE_OBJECT_ID], roles: [SYNC_ROLE_ID] },
      ...{ keys, renamedFrom, principalOwners: [PIPELINE_OBJECT_ID], run: "run", view: { ...view, audit: [] } },
    }).inputs!;
    return [
      resource(RESOURCE_TYPES.server, `${name}-server`, { ...server }),
      resource(RESOURCE_TYPES.guard, `${name}-guard`, { ...ofGuard }),
    ];
  });
  const { roles, problem } = facts.roles;
  const principals = rememberedPrincipals(facts.state);
  const own = facts.configuration.servers.flatMap(({ name }) => remembered(facts.state, name, null).principals);
  const view = {
    ...{
      roles,
      problem: problem ? formatDiagnostic(problem, READER) : "",
      fleet: fleet.servers[0].observation.fleet ?? [],
    },
    ...{ allowed: facts.configuration.allowedRoleHolders, today: facts.takenAt.slice(0, 10), audit: [] },
  };
  const guard = checkRoles(undefined, { stack: facts.stack, principals: [...principals, ...own], view, run: "run" });
  return [...servers, resource(RESOURCE_TYPES.roleGuard, "sync-role-guard", { ...guard.inputs! })];
}

/** What `pulumi preview --json` writes of these facts. */
function previewJson(facts: ReportFacts): string {
  const lines = (severity: string) => (message: string) => ({ severity, message });
  const resources = resourcesOf(facts);
  const told = resources.flatMap(({ props }) => [
    ...(props.findings as string[]).map(lines("warning")),
    ...(props.problem ? [lines("error")(String(props.problem))] : []),
  ]);
  const { servers } = fleetFacts(facts);
  const notices = servers.flatMap((server) =>
    noticesFor(server, facts.roles.roles).map((notice) => formatDiagnostic(notice, READER)),
  );
  const ofTenant = facts.roles.roles
    ? tenantNotices(facts.roles.roles, new Date(facts.takenAt), servers[0].observation.fleet ?? [])
    : [];
  notices.push(...ofTenant.map((notice) => formatDiagnostic(notice, READER)));
  return JSON.stringify({ steps: [], diagnostics: [...told, ...notices.map(lines("info"))] });
}

function previewShows(facts: ReportFacts): Shown {
  const { subjects, problems } = readPreview(previewJson(facts), 0);
  const codes = (problem: string) => /\[([A-Z_]+)\]$/.exec(problem)![1];
  return {
    findings: sorted([
      ...subjects.flatMap(({ name, findings }) => findings.map(({ code }) => `${name} ${code}`)),
      ...subjects.flatMap(({ name, problems }) => problems.map((problem) => `${name} ${codes(problem)}`)),
      ...problems.map((problem) => `tenant ${codes(problem)}`),
    ]),
    notices: sorted(subjects.flatMap(({ name, notices }) => notices.map(({ code }) => `${name} ${code}`))),
  };
}

/** What the comment of a pull request names, by its sections. */
function commentShows(facts: ReportFacts): Shown {
  const comment = formatComment(readPreview(previewJson(facts), 0), { stack: facts.stack });
  const found: string[] = [];
  let subject = "tenant";
  for (const line of comment.split("\n")) {
    const title = /^### (?:The tenant|What stopped the preview|Server `([^`]+)`)/.exec(line);
    if (title) subject = title[1] ?? "tenant";
    const code = /^- \*\*`([a-z-]+)`\*\*/.exec(line)?.[1] ?? /^- `.*\[([A-Z_]+)\]`$/.exec(line)?.[1];
    if (code) found.push(`${subject} ${code}`);
  }
  const notices = [...comment.matchAll(/^- `([a-z0-9]+)`: \*\*`([a-z-]+)`\*\*/gm)].map(
    ([, name, code]) => `${name} ${code}`,
  );
  return { findings: sorted(found), notices: sorted(notices) };
}

const RULES_OF_FINDINGS = ["synchronisers-declared", "servers-as-declared"];

/** Policies are for what differs; notices are none of their business. */
function policyShows(facts: ReportFacts): Omit<Shown, "notices"> {
  const rules = RULES.filter(({ name }) => RULES_OF_FINDINGS.includes(name));
  const found = rules.flatMap((rule) => judged(rule, resourcesOf(facts)));
  return { findings: sorted(found.map(({ subject, property }) => `${subject} ${property}`)) };
}

/** The doctor's lines of what it has from the assessment, and its list. */
function doctorShows(facts: ReportFacts): { lines: Shown; list: Shown; synchronisers: number } {
  const fleet = fleetFacts(facts);
  const assessment = assessFleet(fleet);
  const servers = facts.configuration.servers.map((server, index) => {
    const { host, tenant } = fleet.servers[index].observation;
    const seen = host.facts ? { facts: host.facts } : { problem: host.problem };
    const application = tenant.problem ? undefined : tenant.application;
    const verdict = assessment.servers[index];
    const given = { server, verdict, observation: seen, application, programSha256: facts.programSha256 };
    return { name: server.name, checks: serverChecks({ ...given, diagnosis: healthyDiagnosis() }) };
  });
  const count = synchronisers(fleet, assessment.tenant!).length;
  const tenant = tenantChecks({
    ...{ tenantId: "contoso", problem: null, verdict: assessment.tenant, synchronisers: count },
    identity: {
      ...{ appId: "1", roles: PIPELINE_PERMISSIONS.map(({ name }) => name), requested: [], readProblem: null },
    },
    servers: assessment.servers.map((verdict, index) => ({
      verdict,
      tenant: fleet.servers[index].observation.tenant,
    })),
  });
  const parts = { stack: facts.stack, takenAt: facts.takenAt, settings: [], servers, tenant };
  const report = makeReport({ ...parts, diagnostics: listOf(assessment) }, READER);
  const lines = linesOf(formatReport(report, false));
  return { lines, list: listed(report.diagnostics), synchronisers: count };
}

/** Problems and notices in the text for a person, by the server or application that they are of. */
function linesOf(text: string): Shown {
  const shown: Shown = { findings: [], notices: [] };
  let subject = "";
  // A line that was wrapped goes on after eleven blanks.
  for (const line of text.replaceAll(/\n {11}(?=\S)/g, " ").split("\n")) {
    if (/^\S+$/.test(line)) subject = line;
    const match = /^ {2}(problem|notice) +([a-z -]+[a-z0-9]*)(?: ?\S*)?: (.*)$/.exec(line);
    if (!match) continue;
    const [, status, check, said] = match;
    const of = /application (\S+):/.exec(line)?.[1] ?? subject;
    const code = /^([a-z]+(?:-[a-z]+)+): expected/.exec(said)?.[1] ?? /\[([A-Z_]+)\]$/.exec(said)?.[1];
    if (status === "notice") shown.notices.push(`${of} ${check === "cmdlets" ? "cmdlet-parameters-changed" : check}`);
    else if (code) shown.findings.push(`${of} ${code}`);
  }
  return { findings: sorted(shown.findings), notices: sorted(shown.notices) };
}

function listed(diagnostics: readonly { code: string; severity: string; server: string | null }[]): Shown {
  const of = (isNotice: boolean) =>
    sorted(
      diagnostics
        .filter(({ severity }) => (severity === "notice") === isNotice)
        .map(({ server, code }) => `${server ?? "tenant"} ${code}`),
    );
  return { findings: of(false), notices: of(true) };
}

function reportShows(facts: ReportFacts): { parts: Shown; list: Shown; page: Shown; synchronisers: number } {
  const document = buildReport(facts, null, []);
  const parts = {
    findings: sorted(document.findings.map(({ subject, code }) => `${subject} ${code}`)),
    notices: sorted(document.notices.map(({ server, code }) => `${server} ${code}`)),
  };
  const markdown = reportMarkdown(document);
  const page = {
    findings: sorted([...markdown.matchAll(/^### `(\S+)`: `(\S+)`$/gm)].map(([, name, code]) => `${name} ${code}`)),
    notices: sorted(
      [...markdown.matchAll(/^- `([a-z0-9]+)`: `([a-z-]+)`: /gm)].map(([, name, code]) => `${name} ${code}`),
    ),
  };
  reportPage(document);
  return { parts, list: listed(document.diagnostics), page, synchronisers: document.tenant.holders.length };
}

/** What every reader shows of the same facts. */
export function readersOf(facts: ReportFacts) {
  const doctor = doctorShows(facts);
  const report = reportShows(facts);
  return {
    /** By reader: findings, and what stops the work. */
    findings: {
      preview: previewShows(facts).findings,
      "pull-request comment": commentShows(facts).findings,
      policy: policyShows(facts).findings,
      "doctor, for a person": doctor.lines.findings,
      "doctor --json": doctor.list.findings,
      report: report.parts.findings,
      "report --json": report.list.findings,
      "report as Markdown": report.page.findings,
    },
    notices: {
      preview: previewShows(facts).notices,
      "pull-request comment": commentShows(facts).notices,
      "doctor, for a person": doctor.lines.notices,
      "doctor --json": doctor.list.notices,
      report: report.parts.notices,
      "report --json": report.list.notices,
      "report as Markdown": report.page.notices,
    },
    synchronisers: { doctor: doctor.synchronisers, report: report.synchronisers },
  };
}
