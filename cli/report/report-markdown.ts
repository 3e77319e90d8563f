/** The report as Markdown: the same as the page, for those who read it in a repository or a mail. Pure. */
import { CERTIFICATE_COLUMNS, CERTIFICATE_ROWS } from "../../model/certificate/certificate-table";
import { placeWords } from "./certificate-words";
import type { ReportControl } from "./controls/controls-document";
import {
  codesOf,
  controlCounts,
  CONTROLS_LEAD,
  CONTROL_WORDS,
  reasonsOf,
  UNREAD_LEAD,
} from "./controls/controls-words";
import { declarationWords, hashWords, principalWords, runWords } from "./origin/origin-words";
import { CHANGES } from "./report-changes";
import type { ReportChange, ReportDocument, ReportFinding, ReportServer } from "./report-document";
import { cell, code, table } from "./report-markdown-text";
import {
  dayOf,
  foundNone,
  HOLDER_WORDS,
  LINK_WORDS,
  momentOf,
  NO_CHANGES,
  noFindings,
  noHolders,
  organizationWords,
  serverWords,
  stateWords,
  STATUS_WORDS,
  STEP_WORDS,
  SYNC_ACCOUNTS,
  synchronisedWords,
  THEN_WORDS,
  toolWords,
  type Named,
} from "./report-words";

/** One change in a line. */
export function changeLine({ kind, subject, before, after }: ReportChange): string {
  const what = CHANGES[kind as keyof typeof CHANGES];
  const was = before === null ? "" : ` ${code(before)}`;
  const is = after === null ? "" : ` ${code(after)}`;
  return `- ${code(subject)}: ${what}:${was}${was && is ? " →" : ""}${is}`;
}

function findingLines({
  subject,
  code: name,
  meaning,
  expected,
  actual,
  remedy,
  then,
  since,
}: ReportFinding): string[] {
  return [
    `### ${code(subject)}: ${code(name)}`,
    "",
    meaning,
    "",
    `- Expected: ${code(expected)}`,
    `- Found: ${code(actual)}`,
    `- ${THEN_WORDS[then]}${remedy === "" ? "." : `: ${code(remedy)}`}`,
    `- Reported since ${momentOf(since)}`,
    "",
  ];
}

function findingsPart(report: ReportDocument): string[] {
  const { findings, notices } = report;
  const entries = notices.map(({ server, code: name, text, remedy }) => {
    return `- ${code(server)}: ${code(name)}: ${code(text)}${remedy === "" ? "" : ` ${code(remedy)}`}`;
  });
  return [
    "## Findings",
    "",
    ...(findings.length === 0 ? [noFindings(report), ""] : findings.flatMap(findingLines)),
    ...(entries.length === 0 ? [] : ["## Notices", "", ...entries, ""]),
  ];
}

function changesPart({ changes }: ReportDocument): string[] {
  if (!changes) return ["## What changed", "", "There is no earlier report to compare with.", ""];
  const none = [NO_CHANGES];
  return [
    `## What changed since ${momentOf(changes.since)}`,
    "",
    ...(changes.entries.length === 0 ? none : changes.entries.map(changeLine)),
    "",
  ];
}

function mapPart({ servers }: ReportDocument): string[] {
  const steps = servers[0]?.chain.map(({ step }) => step) ?? [];
  const rows = servers.map(({ name, role, status, chain }) => [
    `${cell(name)} (${role})`,
    STATUS_WORDS[status],
    ...chain.map(({ text, detail, state }) => {
      const more = detail === "" ? "" : ` ${cell(detail)}`;
      return `${cell(text)}${more}${state === "ok" ? "" : ` **${LINK_WORDS[state]}**`}`;
    }),
  ]);
  return ["## Map", "", ...table(["Declared as", "Status", ...steps.map((step) => STEP_WORDS[step])], rows)];
}

function certificateRows({ name, certificates }: ReportServer): string[][] {
  return certificates.map((certificate) => [
    cell(name),
    `${cell(certificate.name)} ${cell(certificate.sha256)}`,
    certificate.stateWords,
    dayOf(certificate.notBefore),
    certificate.rotationFrom === null ? "" : dayOf(certificate.rotationFrom),
    dayOf(certificate.notAfter),
    placeWords(certificate),
  ]);
}

function certificatesPart({ servers }: ReportDocument): string[] {
  const head = ["Server", "Certificate", "State", "From", "Rotates from", "Until", "Use and place"];
  const rows = servers.flatMap(certificateRows);
  const without = servers.filter(({ certificates }) => certificates.length === 0);
  const none = without.map((server) => `- ${code(server.name)}: ${foundNone(server)}`);
  return [
    "## Certificates",
    "",
    ...(rows.length === 0 ? [] : table(head, rows)),
    ...(none.length === 0 ? [] : [...none, ""]),
  ];
}

/** The wizard's table of the certificate that each connector names, row by row. */
function wizardPart({ servers }: ReportDocument): string[] {
  const shown = servers.flatMap(({ name, connectorCertificate }) =>
    connectorCertificate ? [{ name, table: connectorCertificate }] : [],
  );
  if (shown.length === 0) return [];
  const rows = shown.flatMap(({ name, table }) =>
    CERTIFICATE_COLUMNS.map((column) => [cell(name), CERTIFICATE_ROWS[column], cell(table[column])]),
  );
  return ["## What the wizard shows", "", ...table(["Server", "Property", "Value"], rows)];
}

const inWords = ([before, name, after]: Named, write: (text: string) => string) =>
  `${before}${name === null ? "" : write(name)}${after}`;

function holdersPart(report: ReportDocument): string[] {
  const { tenant } = report;
  if (tenant.unobserved !== null) return ["## Who may synchronise", "", `Not read: ${code(tenant.unobserved)}`, ""];
  const rows = tenant.holders.map(({ name, id, role, kind, server, namedFor, reason, expires }) => [
    `${cell(name)} ${cell(id)}`,
    cell(role),
    HOLDER_WORDS[kind],
    inWords(serverWords(report, { server, namedFor }), cell),
    reason === null ? "" : `${cell(reason)} until ${dayOf(expires!)}`,
  ]);
  const accounts = (tenant.syncAccounts ?? []).map(
    ({ id, name, ...of }) => `- ${code(name)} ${code(id)}: ${inWords(serverWords(report, of), code)}`,
  );
  const unread = tenant.unread.map(({ permission, purpose }) => `- not shown without ${code(permission)}: ${purpose}`);
  const head = ["Who", "Role", "Known as", "Server", "Reason"];
  const none = noHolders(report);
  return [
    ...["## Who may synchronise", ""],
    ...(none === null ? table(head, rows) : [none, ""]),
    ...(accounts.length > 0 ? [`${SYNC_ACCOUNTS}:`, "", ...accounts, ""] : []),
    ...(unread.length > 0 ? ["## Not read", "", ...unread, ""] : []),
  ];
}

function controlsPart(report: ReportDocument): string[] {
  const { sources, unread, entries } = report.controls;
  if (entries.length === 0) return [];
  const rowOf = (entry: ReportControl) => {
    const { id, title, state, evidence, shows, notShown } = entry;
    const why = [...codesOf(report, evidence), ...reasonsOf(entry)].map(cell).join(" ");
    return [`${id} ${title}`, `${CONTROL_WORDS[state]} ${why}`.trim(), shows, notShown];
  };
  const parts = sources.flatMap(({ id, title, version, address }) => {
    const rows = entries.filter(({ source }) => source === id).map(rowOf);
    const head = ["Control", "State here", "Shown here", "Not shown here"];
    return [`### ${title}`, "", `${version}: ${code(address)}`, "", ...table(head, rows)];
  });
  const open = unread.map(({ what, why }) => `- ${what}: ${code(why)}`);
  return [
    ...["## Controls", "", `${CONTROLS_LEAD} ${controlCounts(report)}.`, ""],
    ...(open.length === 0 ? [] : [UNREAD_LEAD, "", ...open, ""]),
    ...parts,
  ];
}

/** The whole report. */
export function reportMarkdown(report: ReportDocument): string {
  const { stack, tenantId, takenAt, takenFrom, sentence, leaving } = report;
  const principal = principalWords(report);
  const address = takenFrom.run?.address ?? null;
  const as = takenFrom.application === null ? "" : `, as application ${code(takenFrom.application)}`;
  return [
    `# Connect Sync identities of stack ${code(stack)}`,
    "",
    `**${sentence}**`,
    "",
    `Tenant ${code(tenantId)} (${code(organizationWords(report))}), observed at ${takenAt} from ${code(takenFrom.machine)}${as}.`,
    "",
    `Made by version ${code(toolWords(report))} for project ${code(report.project)}, whose state was last written: ${stateWords(report)}. Last synchronisation into the tenant: ${synchronisedWords(report)}.`,
    "",
    `Read by ${principal === null ? "an identity that no token names" : `${code(principal.who)} ${code(principal.objectId)}`}; pipeline: ${code(runWords(report))}${address === null ? "" : ` ${code(address)}`}. Declaration: ${code(declarationWords(report))}.`,
    "",
    `SHA-256 of the data (RFC 8785): ${code(hashWords(report))}`,
    "",
    ...(leaving.length === 0 ? [] : [`No longer declared, but still in state: ${leaving.map(code).join(", ")}.`, ""]),
    ...findingsPart(report),
    ...changesPart(report),
    ...mapPart(report),
    ...certificatesPart(report),
    ...wizardPart(report),
    ...holdersPart(report),
    ...controlsPart(report),
  ].join("\n");
}
