/** One report out of those of several stacks: nothing twice, and what only all of them together show. Pure. */
import { TENANT, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { registrationOf } from "../../model/diagnostics/registry";
import { ANY_READER, renderRemedy } from "../../model/diagnostics/remedy";
import { exportingOverStacks, nameOf, sharedOverStacks, type ServerOfStack } from "../../model/fleet/stacks";
import { withHash } from "./origin/report-hash";
import type { ReportDocument, ReportServer } from "./report-document";
import { StacksDocument, STACKS_REPORT_VERSION, type StacksFinding } from "./stacks-document";

/** A stack's report, and where its page is. */
export interface ReportedStack {
  report: ReportDocument;
  page: string;
}

const known = (values: readonly (string | null | undefined)[]) => [
  ...new Set(values.filter((value) => typeof value === "string")),
];

function serverOf({ stack, tenantId }: ReportDocument, server: ReportServer): ServerOfStack {
  const { name, role, host, connector, application, certificates } = server;
  const own = certificates.filter(({ generation, onServer }) => generation !== null && onServer);
  return {
    ...{ stack, server: name, tenantId, role },
    exports: host ? !host.scheduler.staging : null,
    machineIdentifier: host?.machineIdentifier ?? null,
    appIds: known([application?.appId, connector?.appId]),
    certificates: known([connector?.certificateSha256, ...own.map(({ sha256 }) => sha256)]),
    account: connector?.identityType === "ServiceAccount" ? connector.userName : null,
  };
}

/** What is the same for all stacks that found it. */
interface Found {
  tenantId: string;
  stacks: string[];
}

/** Each once, with the stacks that it comes from. */
function united<T extends Found>(entries: readonly T[], sameness: (entry: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.tenantId, sameness(entry)]);
    const first = byKey.get(key);
    byKey.set(key, first ? { ...first, stacks: [...first.stacks, ...entry.stacks] } : entry);
  }
  return [...byKey.values()];
}

/** Principals that a stack of the tenant declares, allows, or saw its servers use. */
function declaredIn(reports: readonly ReportDocument[], tenantId: string): Set<string> {
  const holders = reports.filter((report) => report.tenantId === tenantId).flatMap(({ tenant }) => tenant.holders);
  return new Set(holders.filter(({ kind }) => kind !== "undeclared" && kind !== "expired").map(({ id }) => id));
}

/** A server's findings have its stack before their name; the tenant's are the same in each of its stacks. */
const subjectIn = ({ stack }: ReportDocument, subject: string) =>
  subject === TENANT ? TENANT : nameOf({ stack, server: subject });

/** A server of another tenant: which of the stacks are that tenant's. */
function withStacksOf(reports: readonly ReportDocument[], { code, actual }: ReportDocument["findings"][number]) {
  if (code !== "TENANT_CONTRADICTED") return actual;
  const stacks = reports.filter(({ tenantId }) => actual.endsWith(` ${tenantId}`)).map(({ stack }) => stack);
  return stacks.length === 0 ? actual : `${actual}, that of ${stacks.map((stack) => `stack ${stack}`).join(" and ")}`;
}

function ownFindings(reports: readonly ReportDocument[]): StacksFinding[] {
  const all = reports.flatMap((report) => {
    const { tenantId, stack, findings } = report;
    const declared = declaredIn(reports, tenantId);
    return findings
      .filter(({ object }) => object === null || !declared.has(object))
      .map((finding) => {
        const subject = subjectIn(report, finding.subject);
        const id = subject === TENANT ? finding.id : `${stack}/${finding.id}`;
        const actual = withStacksOf(reports, finding);
        return { ...finding, actual, id, subject, tenantId, stacks: [stack] };
      });
  });
  return united(all, ({ subject, code, object, actual }) => JSON.stringify([subject, code, object ?? actual]));
}

function overStacks(servers: readonly ServerOfStack[], takenAt: string): StacksFinding[] {
  const entry = (diagnostic: Diagnostic, tenantId: string, stacks: string[]): StacksFinding => {
    const { code, subject, expected, actual, remedy } = diagnostic;
    const words = { meaning: registrationOf(code).title, expected, actual, remedy: renderRemedy(remedy, ANY_READER) };
    const id = `${subject ?? `${TENANT} ${tenantId}`}/${code}`;
    return {
      id,
      subject: subject ?? TENANT,
      code,
      ...words,
      object: null,
      then: "person",
      since: takenAt,
      tenantId,
      stacks,
    };
  };
  const shared = sharedOverStacks(servers).map((diagnostic) => {
    const { tenantId, stack } = servers.find((server) => nameOf(server) === diagnostic.subject)!;
    return entry(diagnostic, tenantId, [stack]);
  });
  const tenants = known(servers.map(({ tenantId }) => tenantId));
  const exporting = tenants.flatMap((tenantId) => {
    const own = servers.filter((server) => server.tenantId === tenantId);
    const stacks = known(own.map(({ stack }) => stack));
    return exportingOverStacks(own).map((diagnostic) => entry(diagnostic, tenantId, stacks));
  });
  return [...shared, ...exporting];
}

const count = (number: number, one: string) => `${number} ${number === 1 ? one : `${one}s`}`;

function sentenceOf(reports: readonly ReportDocument[], findings: number): string {
  const servers = reports.flatMap((report) => report.servers);
  const well = servers.filter(({ status }) => status === "as-declared").length;
  const tenants = new Set(reports.map(({ tenantId }) => tenantId)).size;
  const where = `${count(reports.length, "stack")} in ${count(tenants, "tenant")}`;
  return `${where}: ${well} of ${count(servers.length, "declared server")} as declared, ${count(findings, "finding")}.`;
}

/** @param stacks in the order in which they are shown */
export function buildStacksReport(stacks: readonly ReportedStack[]): StacksDocument {
  const reports = stacks.map(({ report }) => report);
  const takenAt = reports
    .map((report) => report.takenAt)
    .sort()
    .at(-1)!;
  const all = reports.flatMap((report) => report.servers.map((server) => ({ report, server })));
  const facts = all.map(({ report, server }) => serverOf(report, server));
  const findings = [...ownFindings(reports), ...overStacks(facts, takenAt)];
  const notices = reports.flatMap((report) =>
    report.notices.map((notice) => {
      const server = subjectIn(report, notice.server);
      const id = server === TENANT ? notice.id : `${report.stack}/${notice.id}`;
      return { ...notice, id, server, tenantId: report.tenantId, stacks: [report.stack] };
    }),
  );
  const whole = StacksDocument.parse({
    version: STACKS_REPORT_VERSION,
    takenAt,
    healthy: findings.length === 0 && all.every(({ server }) => server.status === "as-declared"),
    sentence: sentenceOf(reports, findings.length),
    stacks: stacks.map(({ report, page }) => {
      const { stack, tenantId, cloud, organization, servers } = report;
      return { stack, tenantId, cloud, organization: organization.name, servers: servers.length, page };
    }),
    servers: all.map(({ report: { stack, tenantId }, server }, index) => {
      const { name, role, status, connector } = server;
      const { exports, machineIdentifier } = facts[index];
      const used = { appId: connector?.appId ?? null, certificateSha256: connector?.certificateSha256 ?? null };
      return { stack, name, tenantId, role, status, exports, machineIdentifier, ...used };
    }),
    findings,
    notices: united(notices, ({ server, code, text }) => JSON.stringify([server, code, text])),
  });
  return withHash(whole);
}
