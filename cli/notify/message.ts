/** What a report says to a channel: its state, its findings and what changed since the report before it. Pure. */
import { encodeText } from "../../model/text/encoders/text";
import { CHANGES } from "../report/report-changes";
import type { ReportDocument } from "../report/report-document";
import { dayOf, momentOf, nextRotation, organizationWords, THEN_WORDS } from "../report/report-words";

/** A message is read at a glance; the report itself has the whole of it. */
const MOST = 10;
const LONGEST = 300;

export interface Message {
  title: string;
  healthy: boolean;
  sentence: string;
  /** Names are ours, values may be of others. */
  facts: { name: string; value: string }[];
  /** One line each, with texts of others. */
  findings: string[];
  /** Null if there is no report before this one. */
  changes: { title: string; lines: string[] } | null;
  /** The page of the run; null if none was given. */
  link: string | null;
}

const line = (text: string) => encodeText(text.replaceAll(/\s+/g, " "), LONGEST);

function first(lines: readonly string[], what: string): string[] {
  const left = lines.length - MOST;
  return [...lines.slice(0, MOST).map(line), ...(left > 0 ? [`and ${left} more ${what} in the report`] : [])];
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;

function changeLine({ kind, subject, before, after }: NonNullable<ReportDocument["changes"]>["entries"][number]) {
  const what = CHANGES[kind as keyof typeof CHANGES] ?? kind;
  return `${subject}: ${what}: ${[before, after].filter((part) => part !== null).join(" -> ")}`;
}

/** Whether there is anything to say that the report before this one did not say. */
export const hasNews = ({ changes }: Pick<ReportDocument, "changes">) => changes === null || changes.entries.length > 0;

/** @param link the page of the run that made the report */
export function messageOf(report: ReportDocument, link: string | null): Message {
  const { stack, healthy, sentence, findings, notices, changes, takenAt, organization } = report;
  const rotation = nextRotation(report);
  const synchronised = organization.lastSynchronisation;
  const state = healthy ? "as declared" : findings.length > 0 ? counted(findings.length, "finding") : "not as declared";
  const facts = [
    { name: "Tenant", value: organizationWords(report) },
    { name: "Observed", value: momentOf(takenAt) },
    ...(synchronised === null ? [] : [{ name: "Last synchronisation", value: momentOf(synchronised) }]),
    ...(rotation ? [{ name: "Next rotation", value: `${rotation.server}, from ${dayOf(rotation.from)} on` }] : []),
    { name: "Notices", value: String(notices.length) },
  ];
  return {
    ...{ title: line(`Entra Connect Sync, stack ${stack}: ${state}`), healthy, sentence: line(sentence) },
    facts: facts.map(({ name, value }) => ({ name, value: line(value) })),
    findings: first(
      findings.map(({ subject, code, meaning, actual, then }) => {
        return `${subject}: ${meaning} Found ${actual}. ${THEN_WORDS[then]}. [${code}]`;
      }),
      "findings",
    ),
    changes: changes && {
      title: `Changed since ${momentOf(changes.since)}`,
      lines: changes.entries.length === 0 ? ["Nothing."] : first(changes.entries.map(changeLine), "changes"),
    },
    link,
  };
}
