/** Findings of the report: of servers, of the guards, and what stops the work, each with a lasting id. Pure. */
import { createHash } from "node:crypto";
import type { CredentialPolicy } from "../../model/configuration/configuration";
import { FINDINGS, type Finding } from "../../model/diagnostics/findings";
import { GUARD_FINDINGS, type GuardFinding } from "../../model/guard/guard-findings";
import { TENANT } from "../../model/guard/guard-state";
import type { Problem } from "../../model/diagnostics/problem";
import type { ReportFinding } from "./report-document";
import type { ReportFacts } from "./report-facts";
import type { ServerVerdict, TenantVerdict } from "../../model/fleet/assessment";

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

function meaningOf(facts: ReportFacts, server: string, problem: Problem): string {
  const { host, tenant } = facts.servers[server].observation;
  if (problem === host.problem) return "The server could not be observed.";
  return problem === tenant.problem
    ? "The application could not be observed."
    : `No run can go on: ${problem.property}.`;
}

/**
 * All findings of one server.
 *
 * @param bare the same verdict as if the audit log were empty
 */
export function serverFindings(facts: ReportFacts, verdict: ServerVerdict, bare: ServerVerdict): Untimed[] {
  const { server, problem, findings, strangers } = verdict;
  const { credentialPolicy: policy } = facts.configuration;
  return [
    ...(problem ? [ofProblem(server, problem, meaningOf(facts, server, problem))] : []),
    ...findings.map((finding) => ofServer(server, finding)),
    ...strangers.map((finding, index) => ofGuard(server, finding, bare.strangers[index].actual, policy)),
  ];
}

/** Findings of the tenant as a whole. */
export function tenantFindings({ configuration }: ReportFacts, verdict: TenantVerdict, bare: TenantVerdict): Untimed[] {
  const { problem, strangers } = verdict;
  if (problem) return [ofProblem(TENANT, problem, "Who may synchronise could not be read.")];
  const { credentialPolicy: policy } = configuration;
  return strangers.map((finding, index) => ofGuard(TENANT, finding, bare.strangers[index].actual, policy));
}

/** The same facts as if the audit log were empty. */
export function withoutAudit(facts: ReportFacts): ReportFacts {
  const servers = Object.entries(facts.servers).map(([name, seen]) => [name, { ...seen, audit: [] }]);
  return { ...facts, rolesAudit: [], servers: Object.fromEntries(servers) as ReportFacts["servers"] };
}
