/** The short form, for the comment of a pull request: at most 60 lines, no links, no mentions. Pure. */
import type { ReportDocument } from "./report-document";
import { changeLine } from "./report-markdown";
import { cell, code, table } from "./report-markdown-text";
import { dayOf, endWords, momentOf, nextRotation, organizationWords, STATUS_WORDS, THEN_WORDS } from "./report-words";

/** Lines that the short form may have. */
export const SHORT_LINES = 60;
const MOST_SERVERS = 12;
const MOST_FINDINGS = 10;
const MOST_CHANGES = 8;
/** A comment is read at a glance; the report itself has the whole of it. */
const LONGEST = 300;

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text);

/** The first few, and how many more there are. */
function first<T>(list: readonly T[], most: number, line: (one: T) => string, what: string): string[] {
  const more = list.length - most;
  return [...list.slice(0, most).map(line), ...(more > 0 ? [`- and ${more} more ${what} in the report`] : [])];
}

function serversPart({ servers, findings }: ReportDocument): string[] {
  // Those that want attention come first.
  const rank = (status: string) => (status === "as-declared" ? 1 : 0);
  const ordered = [...servers].sort((left, right) => rank(left.status) - rank(right.status));
  const rows = ordered.slice(0, MOST_SERVERS).map((server) => {
    const { name, role, status } = server;
    const own = findings.filter(({ subject }) => subject === name).length;
    return [cell(name), role, STATUS_WORDS[status], String(own), endWords(server)];
  });
  const lines = table(["Server", "Role", "Status", "Findings", "Certificate until"], rows);
  const more = servers.length - MOST_SERVERS;
  return more > 0 ? [...lines, `and ${more} more ${more === 1 ? "server" : "servers"} in the report`, ""] : lines;
}

/** The report in short. */
export function shortMarkdown(report: ReportDocument): string {
  const { stack, sentence, takenAt, findings, notices, changes, tenant } = report;
  const rotation = nextRotation(report);
  const facts = [
    `tenant ${code(organizationWords(report))}`,
    `observed ${momentOf(takenAt)}`,
    ...(rotation ? [`next rotation from ${dayOf(rotation.from)} on (${code(rotation.server)})`] : []),
    ...(notices.length > 0 ? [`${notices.length} ${notices.length === 1 ? "notice" : "notices"}`] : []),
    ...(tenant.unread.length > 0
      ? [`not read, for lack of permissions: ${tenant.unread.map(({ permission }) => code(permission)).join(", ")}`]
      : []),
  ];
  const findingLine = ({ subject, code: name, actual, then }: ReportDocument["findings"][number]) =>
    `- ${code(subject)}: ${code(name)}: found ${code(cut(actual))}. ${THEN_WORDS[then]}.`;
  const changeOf = (change: Parameters<typeof changeLine>[0]) =>
    changeLine({ ...change, before: change.before && cut(change.before), after: change.after && cut(change.after) });
  return [
    `### Connect Sync identities: ${code(stack)}`,
    "",
    `**${sentence}**`,
    "",
    `${facts.join("; ")}.`,
    "",
    ...serversPart(report),
    ...(findings.length === 0
      ? []
      : ["**Findings**", "", ...first(findings, MOST_FINDINGS, findingLine, "findings"), ""]),
    ...(changes && changes.entries.length > 0
      ? [
          `**Changed since ${momentOf(changes.since)}**`,
          "",
          ...first(changes.entries, MOST_CHANGES, changeOf, "changes"),
          "",
        ]
      : []),
  ].join("\n");
}
