/** Findings of the report: of servers, of the guards, and what stops the work, each with a lasting id. Pure. */
import { createHash } from "node:crypto";
import { TENANT, type Diagnostic } from "../../model/diagnostics/diagnostic";
import type { ServerVerdict, TenantVerdict } from "../../model/fleet/assessment";
import { registrationOf } from "../../model/diagnostics/registry";
import { renderRemedy } from "../../model/diagnostics/remedy";
import type { GuardFinding } from "../../model/guard/guard-findings";
import type { ReportFinding } from "./report-document";
import type { ReportFacts } from "./report-facts";

type Untimed = Omit<ReportFinding, "since">;

/** A mark that stays the same for the same thing. */
const mark = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** What a finding has of its diagnostic, in the words of its reader. */
function wordsOf(facts: ReportFacts, { code, subject, expected, actual, remedy }: Diagnostic) {
  const { title: meaning } = registrationOf(code);
  return {
    subject: subject ?? TENANT,
    code,
    meaning,
    expected,
    actual,
    remedy: renderRemedy(remedy, facts.reader),
    object: null,
  };
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
  const { object = null } = finding;
  return { id: `${subject ?? TENANT}/${code}/${mark(bare)}`, ...wordsOf(facts, finding), object, then };
}

function ofProblem(facts: ReportFacts, problem: Diagnostic, meaning: string): Untimed {
  const { subject, code } = problem;
  return { id: `${subject ?? TENANT}/${code}`, ...wordsOf(facts, problem), meaning, then: "stops" };
}

function meaningOf(facts: ReportFacts, server: string, problem: Diagnostic): string {
  const { host, tenant } = facts.servers[server].observation;
  if (problem === host.problem) return "The server could not be observed.";
  return problem === tenant.problem
    ? "The application could not be observed."
    : `Every run is blocked: ${problem.property}.`;
}

/**
 * All findings of one server.
 *
 * @param bare the same verdict as if the audit log were empty
 */
export function serverFindings(facts: ReportFacts, verdict: ServerVerdict, bare: ServerVerdict): Untimed[] {
  const { server, problem, findings, undeclared } = verdict;
  return [
    ...(problem ? [ofProblem(facts, problem, meaningOf(facts, server, problem))] : []),
    ...findings.map((finding) => ofServer(facts, finding)),
    ...undeclared.map((finding, index) => ofGuard(facts, finding, bare.undeclared[index].actual)),
  ];
}

/** Findings of the tenant as a whole. */
export function tenantFindings(facts: ReportFacts, verdict: TenantVerdict, bare: TenantVerdict): Untimed[] {
  const { problem, undeclared } = verdict;
  if (problem) return [ofProblem(facts, problem, "Who may synchronise could not be read.")];
  return undeclared.map((finding, index) => ofGuard(facts, finding, bare.undeclared[index].actual));
}

/** The same facts as if the audit log were empty. */
export function withoutAudit(facts: ReportFacts): ReportFacts {
  const servers = Object.entries(facts.servers).map(([name, seen]) => [name, { ...seen, audit: [] }]);
  return { ...facts, rolesAudit: [], servers: Object.fromEntries(servers) as ReportFacts["servers"] };
}
