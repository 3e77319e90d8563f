/** The drift alarm's verdict on a preview, and what is to be done about its issue. Pure. */
import { createHash } from "node:crypto";
import { own, renderCommand } from "../../model/diagnostics/remedy";
import { changedWords, codeOfProblem, entriesLine, entriesOf, readEntries } from "./alarm-entries";
import { findingLines } from "./comment";
import { bounded, counted, hidden, quoted } from "./markdown";
import { planOf } from "./plain-steps";
import { TENANT, type PreviewReport, type SubjectReport } from "./preview-report";

/**
 * - `none`: declaration, Entra and servers agree; notices change nothing about that;
 * - `drift`: something differs;
 * - `blind`: the preview itself failed, so it is unknown.
 */
type Verdict = "none" | "drift" | "blind";

/** What an issue can be about; at most one of each kind is open for a stack. */
export type AlarmKind = "drift" | "blind";

export interface Alarm {
  /** 1; raised if a property goes or changes its meaning. */
  version: 1;
  stack: string;
  verdict: Verdict;
  /** The same for the same findings and steps, so that an issue is updated only if they changed. */
  fingerprint: string;
  /** What it is about in short; see alarm-entries.ts. */
  entries: string[];
  title: string;
  /** Markdown. Empty if there is nothing to report. */
  body: string;
}

/** An open issue or work item about a stack's alarm. */
export interface OpenIssue {
  id: number;
  kind: AlarmKind;
  fingerprint: string;
  /** What its text lists; null if it lists nothing. */
  entries: string[] | null;
}

/** What is to be done, in this order. */
export type IssueAction =
  | { do: "open"; kind: AlarmKind }
  | { do: "update"; kind: AlarmKind; id: number; comment: string }
  | { do: "close"; kind: AlarmKind; id: number; comment: string };

const LONGEST_BODY = 60_000;

const VERDICTS = { unchanged: "none", changes: "drift", failed: "blind" } as const;

/** Identifies an issue, and what it reported last. */
export function issueMarker(stack: string, kind: AlarmKind, fingerprint: string): string {
  return hidden(`connect-sync-identity ${kind} of ${stack} fingerprint=${fingerprint}`);
}

/** What a body says of itself; null if it is not an issue of this stack's alarm. */
export function readMarker(body: string, stack: string): Omit<OpenIssue, "id"> | null {
  for (const kind of ["drift", "blind"] as const) {
    const [before, after] = issueMarker(stack, kind, "=").split("fingerprint==");
    const from = body.indexOf(`${before}fingerprint=`);
    if (from !== -1 && after !== undefined) {
      const fingerprint = /^[0-9a-f]+/.exec(body.slice(from + before.length + "fingerprint=".length))?.[0];
      if (fingerprint !== undefined) return { kind, fingerprint, entries: readEntries(body) };
    }
  }
  return null;
}

/** What of a subject an alarm is about. */
function essenceOf({ name, findings, steps }: SubjectReport): string[] {
  return [
    ...findings.map(({ code, expected, actual }) => `${name} ${code} ${expected} ${actual}`),
    ...steps.map(({ op, urn }) => `${op} ${urn}`),
  ];
}

const steady = (name: string, problem: string) => `${name} ${codeOfProblem(problem)}`;

function fingerprintOf(report: PreviewReport, verdict: Verdict): string {
  const blind = [
    ...report.subjects.flatMap(({ name, problems }) => problems.map((problem) => steady(name, problem))),
    ...report.problems.map((problem) => steady("stack", problem)),
  ];
  const lines = verdict === "blind" ? blind : report.subjects.flatMap(essenceOf);
  return createHash("sha256")
    .update([verdict, ...lines.sort()].join("\n"))
    .digest("hex")
    .slice(0, 16);
}

function driftSection(subject: SubjectReport): string {
  const plan = planOf(subject.steps);
  const title = subject.name === TENANT ? "### The tenant" : `### Server ${quoted(subject.name)}`;
  const pending = subject.findings.length === 0 && plan !== null;
  return [
    title,
    "",
    ...(pending ? ["Nothing was changed outside Pulumi; the declaration has not been applied yet.", ""] : []),
    ...subject.findings.flatMap(findingLines),
    ...(plan && plan.actions.length > 0
      ? ["", "`pulumi up` would:", "", ...plan.actions.map((text) => `1. ${text}`)]
      : []),
  ].join("\n");
}

function driftBody(report: PreviewReport): string[] {
  const affected = report.subjects.filter(({ findings, steps }) => findings.length > 0 || planOf(steps) !== null);
  return [
    "A scheduled preview shows differences between declaration, Entra and servers. " +
      "It changed nothing. This issue is updated, and closed once a later preview shows none.",
    ...affected.map(driftSection),
    "What each code means, and what to do: `docs/diagnostics.md`.",
  ];
}

function blindBody(report: PreviewReport, stack: string): string[] {
  const doctor = renderCommand(own("doctor"), { stack, sandbox: false, folder: null });
  const problems = [...report.problems, ...report.subjects.flatMap(({ problems }) => problems)];
  return [
    "The drift check failed, so **it is unknown whether there is drift**. This says nothing about the servers " +
      "themselves. This issue is closed once the check succeeds again.",
    ["What stopped it:", "", ...problems.map((problem) => `- ${quoted(problem)}`)].join("\n"),
    `This shows each check and its result: ${quoted(doctor)}`,
  ];
}

/** Evaluates a preview. */
export function judge(report: PreviewReport, stack: string): Alarm {
  const verdict = VERDICTS[report.outcome];
  const fingerprint = fingerprintOf(report, verdict);
  const entries = entriesOf(report);
  const base = { version: 1 as const, stack, verdict, fingerprint, entries };
  if (verdict === "none") return { ...base, title: `No drift in stack ${stack}`, body: "" };
  const findings = report.subjects.reduce((sum, { findings }) => sum + findings.length, 0);
  const what = findings > 0 ? counted(findings, "finding") : "a declaration that is not applied";
  const title = verdict === "drift" ? `Drift in stack ${stack}: ${what}` : `The drift check of stack ${stack} failed`;
  const sections = verdict === "drift" ? driftBody(report) : blindBody(report, stack);
  const inShort = [entriesLine(entries)].filter((line) => line !== "");
  return {
    ...base,
    title,
    body: bounded([issueMarker(stack, verdict, fingerprint), ...inShort, ...sections], LONGEST_BODY),
  };
}

const HEALED: Record<AlarmKind, string> = {
  drift: "Resolved: a preview shows no difference.",
  blind: "The drift check succeeds again.",
};

/**
 * What an alarm does about the issues that are open. A blind alarm leaves what is known of drift alone; of several
 * issues of one kind the oldest is kept.
 */
export function decide({ verdict, fingerprint, entries }: Alarm, open: readonly OpenIssue[]): IssueAction[] {
  const sorted = [...open].sort((left, right) => left.id - right.id);
  const actions: IssueAction[] = [];
  for (const kind of ["drift", "blind"] as const) {
    const [first, ...doubles] = sorted.filter((issue) => issue.kind === kind);
    for (const { id } of doubles) actions.push({ do: "close", kind, id, comment: `Duplicate of #${first.id}.` });
    const keeps = verdict === kind || (kind === "drift" && verdict === "blind");
    if (first && !keeps) actions.push({ do: "close", kind, id: first.id, comment: HEALED[kind] });
    if (verdict !== kind) continue;
    if (!first) actions.push({ do: "open", kind });
    else if (first.fingerprint !== fingerprint) {
      const comment = `The findings changed; the text above is current.${changedWords(first.entries, entries)}`;
      actions.push({ do: "update", kind, id: first.id, comment });
    }
  }
  return actions;
}
