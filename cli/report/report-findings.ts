/** Findings of the report: of servers, of the guards, and what stops the work, each with a lasting id. Pure. */
import { createHash } from "node:crypto";
import type { CredentialPolicy, ServerConfiguration } from "../../model/configuration/configuration";
import { FINDINGS, type Finding } from "../../model/diagnostics/findings";
import { GUARD_FINDINGS, type GuardFinding } from "../../model/guard/guard-findings";
import { TENANT } from "../../model/guard/guard-state";
import type { Problem } from "../../model/diagnostics/problem";
import type { ReportFinding } from "./report-document";
import type { ReportFacts } from "./report-facts";
import { credentialFindings, roleFindings, type ServerJudgement } from "./report-judgement";

type Untimed = Omit<ReportFinding, "since">;

/** A mark that stays the same for the same thing. */
const mark = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

function ofServer(server: string, { code, expected, actual, cure, remedy }: Finding): Untimed {
  const { meaning } = FINDINGS[code];
  const then = cure === "nothing" ? "person" : code === "sign-in-awaited" ? "person" : "heals";
  return { id: `${server}/${code}`, subject: server, code, meaning, expected, actual, remedy, then };
}

/**
 * @param bare what was found without the words on who brought it, which come and go with the audit log
 */
function ofGuard(subject: string, finding: GuardFinding, bare: string, policy: CredentialPolicy): Untimed {
  const { code, expected, actual, remedy, removal } = finding;
  const { cure, meaning } = GUARD_FINDINGS[code];
  const removes = removal !== null && policy === "enforce";
  const then = removes ? "removes" : cure === "lock" ? "heals" : "person";
  return { id: `${subject}/${code}/${mark(bare)}`, subject, code, meaning, expected, actual, remedy, then };
}

function ofProblem(subject: string, { code, expected, actual, remedy }: Problem, meaning: string): Untimed {
  return { id: `${subject}/${code}`, subject, code, meaning, expected, actual, remedy, then: "stops" };
}

function guardFindings(
  subject: string,
  told: GuardFinding[],
  bare: GuardFinding[],
  policy: CredentialPolicy,
): Untimed[] {
  return told.map((finding, index) => ofGuard(subject, finding, bare[index].actual, policy));
}

/** The same facts as if the audit log were empty. */
function withoutAudit(facts: ReportFacts): ReportFacts {
  const servers = Object.entries(facts.servers).map(([name, seen]) => [name, { ...seen, audit: [] }]);
  return { ...facts, rolesAudit: [], servers: Object.fromEntries(servers) as ReportFacts["servers"] };
}

/** All findings of one server. */
export function serverFindings(facts: ReportFacts, server: ServerConfiguration, judgement: ServerJudgement): Untimed[] {
  const { name } = server;
  const { credentialPolicy: policy } = facts.configuration;
  const guard = guardFindings(
    name,
    credentialFindings(facts, server),
    credentialFindings(withoutAudit(facts), server),
    policy,
  );
  const own = judgement.findings.map((finding) => ofServer(name, finding));
  const { host, tenant } = facts.servers[name].observation;
  const meaningOf = (problem: Problem) => {
    if (problem === host.problem) return "The server could not be observed.";
    return problem === tenant.problem
      ? "The application could not be observed."
      : `No run can go on: ${problem.property}.`;
  };
  // A host that was not seen is the problem of the judgement already; a tenant beside it is one of its own.
  const problems = new Set([judgement.problem, tenant.problem].flatMap((problem) => problem ?? []));
  const stops = [...problems].map((problem) => ofProblem(name, problem, meaningOf(problem)));
  // What vanished is told once: as what stops the run.
  const gone = judgement.problem?.code === "APPLICATION_MISSING";
  return [...stops, ...own.filter(({ code }) => !gone || code !== "application-missing"), ...guard];
}

/** Findings of the tenant as a whole. */
export function tenantFindings(facts: ReportFacts): Untimed[] {
  const { problem } = facts.roles;
  if (problem) return [ofProblem(TENANT, problem, "Who may synchronise could not be read.")];
  const { credentialPolicy: policy } = facts.configuration;
  return guardFindings(TENANT, roleFindings(facts), roleFindings(withoutAudit(facts)), policy);
}
