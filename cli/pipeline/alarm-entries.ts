/** What an alarm is about in short, as a line of its issue: the next alarm reads it there and says what changed. Pure. */
import { quoted } from "./markdown";
import { planOf } from "./plain-steps";
import type { PreviewReport } from "./preview-report";

/** Said of a server or the tenant that differs from the declaration without a finding. */
const NOT_APPLIED = "not-applied";
const MOST = 200;
const BEGIN = "In short: ";
const ENTRY = /^[A-Za-z][A-Za-z0-9-]* [A-Za-z][A-Za-z0-9_-]*( x\d+)?$/;

/** Of a problem its code: times, ports and trace ids in its words say nothing new. */
export const codeOfProblem = (problem: string) => /\[([A-Z0-9_]+)\]$/.exec(problem)?.[1] ?? "";

/** Each code of a subject once: `sync01 certificate-missing`, `tenant role-holder-foreign x2`. */
export function entriesOf({ outcome, subjects, problems }: PreviewReport): string[] {
  const all =
    outcome === "failed"
      ? [
          ...subjects.flatMap(({ name, problems }) => problems.map((problem) => `${name} ${codeOfProblem(problem)}`)),
          ...problems.map((problem) => `stack ${codeOfProblem(problem)}`),
        ]
      : subjects.flatMap(({ name, findings, steps }) => {
          if (findings.length > 0) return findings.map(({ code }) => `${name} ${code}`);
          return planOf(steps) === null ? [] : [`${name} ${NOT_APPLIED}`];
        });
  const known = all.filter((entry) => ENTRY.test(entry));
  return [...new Set(known)].sort().map((entry) => {
    const times = known.filter((other) => other === entry).length;
    return times === 1 ? entry : `${entry} x${times}`;
  });
}

/** The line of an issue; empty if there is nothing to list, or too much. */
export const entriesLine = (entries: readonly string[]) =>
  entries.length === 0 || entries.length > MOST ? "" : `${BEGIN}${entries.map((entry) => quoted(entry)).join("; ")}.`;

/** What an issue lists, in Markdown or as HTML; null if it has no such line. */
export function readEntries(body: string): string[] | null {
  const line = new RegExp(`${BEGIN}(.*)\\.`).exec(body)?.[1];
  if (line === undefined) return null;
  const entries = line.split(";").map((entry) => entry.replaceAll("`", "").trim());
  return entries.every((entry) => ENTRY.test(entry)) ? entries : null;
}

const named = (what: string, entries: readonly string[]) =>
  entries.length === 0 ? [] : [`${what}: ${entries.map((entry) => quoted(entry)).join(", ")}`];

/** What changed between two alarms, in words. @param before what the issue listed; null if that is not known */
export function changedWords(before: readonly string[] | null, after: readonly string[]): string {
  if (before === null || after.length === 0 || after.length > MOST) return "";
  const parts = [
    ...named(
      "new",
      after.filter((entry) => !before.includes(entry)),
    ),
    ...named(
      "gone",
      before.filter((entry) => !after.includes(entry)),
    ),
  ];
  return parts.length === 0
    ? " The codes are the same, their details are not."
    : ` Since the last alarm ${parts.join("; ")}.`;
}
