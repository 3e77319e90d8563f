/** Findings of the report: of servers, of the guards, and what stops the work, each with a lasting id. Pure. */
import { createHash } from "node:crypto";
import type { ServerConfiguration } from "../../model/configuration/configuration";
import { TENANT, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { registrationOf } from "../../model/diagnostics/registry";
import { renderRemedy } from "../../model/diagnostics/remedy";
import type { GuardFinding } from "../../model/guard/guard-findings";
import type { ReportFinding } from "./report-document";
import type { ReportFacts } from "./report-facts";
import { credentialFindings, roleFindings, type ServerJudgement } from "./report-judgement";

type Untimed = Omit<ReportFinding, "since">;

/** A mark that stays the same for the same thing. */
const mark = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** What a finding has of its diagnostic, in the words of whoever reads the report. */
function wordsOf(facts: ReportFacts, { code, subject, expected, actual, remedy }: Diagnostic) {
  const { title: meaning } = registrationOf(code);
  return { subject: subject ?? TENANT, code, meaning, expected, actual, remedy: renderRemedy(remedy, facts.reader) };
}

function ofServer(facts: ReportFacts, finding: Diagnostic): Untimed {
  const { subject, code, cure } = finding;
  const then = cure === "nothing" ? "person" : code === "sign-in-awaited" ? "person" : "heals";
  return { id: `${subject}/${code}`, ...wordsOf(facts, finding), then };
}

/**
 * @param bare what was found without the words on who brought it, which come and go with the audit log
 */
function ofGuard(facts: ReportFacts, finding: GuardFinding, bare: string): Untimed {
  const { subject, code, cure, removal } = finding;
  const removes = removal !== null && facts.configuration.credentialPolicy === "enforce";
  const then = removes ? "removes" : cure === "lock" ? "heals" : "person";
  return { id: `${subject ?? TENANT}/${code}/${mark(bare)}`, ...wordsOf(facts, finding), then };
}

function ofProblem(facts: ReportFacts, problem: Diagnostic, meaning: string): Untimed {
  const { subject, code } = problem;
  return { id: `${subject ?? TENANT}/${code}`, ...wordsOf(facts, problem), meaning, then: "stops" };
}

const guardFindings = (facts: ReportFacts, found: GuardFinding[], bare: GuardFinding[]): Untimed[] =>
  found.map((finding, index) => ofGuard(facts, finding, bare[index].actual));

/** The same facts as if the audit log were empty. */
function withoutAudit(facts: ReportFacts): ReportFacts {
  const servers = Object.entries(facts.servers).map(([name, seen]) => [name, { ...seen, audit: [] }]);
  return { ...facts, rolesAudit: [], servers: Object.fromEntries(servers) as ReportFacts["servers"] };
}

/** What stops the work on one server. */
function problemsOf(facts: ReportFacts, name: string, { problem }: ServerJudgement): Diagnostic[] {
  // A host that was not seen is the problem of the judgement already; a tenant beside it is one of its own.
  const { tenant } = facts.servers[name].observation;
  return [...new Set([problem, tenant.problem].flatMap((one) => one ?? []))];
}

/** All findings of one server. */
export function serverFindings(facts: ReportFacts, server: ServerConfiguration, judgement: ServerJudgement): Untimed[] {
  const { name } = server;
  const guard = guardFindings(
    facts,
    credentialFindings(facts, server),
    credentialFindings(withoutAudit(facts), server),
  );
  const own = judgement.findings.map((finding) => ofServer(facts, finding));
  const { host, tenant } = facts.servers[name].observation;
  const meaningOf = (problem: Diagnostic) => {
    if (problem === host.problem) return "The server could not be observed.";
    return problem === tenant.problem
      ? "The application could not be observed."
      : `No run can go on: ${problem.property}.`;
  };
  const stops = problemsOf(facts, name, judgement).map((problem) => ofProblem(facts, problem, meaningOf(problem)));
  // What vanished is reported once: as what stops the run.
  const gone = judgement.problem?.code === "APPLICATION_MISSING";
  return [...stops, ...own.filter(({ code }) => !gone || code !== "application-missing"), ...guard];
}

/** Findings of the tenant as a whole. */
export function tenantFindings(facts: ReportFacts): Untimed[] {
  const { problem } = facts.roles;
  if (problem) return [ofProblem(facts, problem, "Who may synchronise could not be read.")];
  return guardFindings(facts, roleFindings(facts), roleFindings(withoutAudit(facts)));
}

/** All that was judged, as every other report lists it. */
export function diagnosticsOf(
  facts: ReportFacts,
  judged: readonly { server: ServerConfiguration; judgement: ServerJudgement }[],
): Diagnostic[] {
  const servers = judged.flatMap(({ server, judgement }) => [
    ...problemsOf(facts, server.name, judgement),
    ...judgement.findings,
    ...credentialFindings(facts, server),
    ...judgement.notices,
  ]);
  return [...servers, ...(facts.roles.problem ? [facts.roles.problem] : roleFindings(facts))];
}
