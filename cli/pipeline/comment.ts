/** The comment on a pull request: what a preview found and what `up` would do, for a person who knows Entra Connect and not Pulumi. */
import type { Cure } from "../../model/diagnostics/diagnostic";
import { isDiagnosticCode, registrationOf } from "../../model/diagnostics/registry";
import type { Registration } from "../../model/diagnostics/registration";
import { bounded, counted, hidden, quoted, wholeLines } from "./markdown";
import { planOf } from "./plain-steps";
import { TENANT, type PreviewReport, type ReportedFinding, type SubjectReport } from "./preview-report";

/** GitHub refuses a longer comment; what is encoded on its way has some room. */
export const LONGEST_COMMENT = 65_000;
/** What of the comment another report may take. */
const LONGEST_REPORT = 20_000;

export interface CommentOptions {
  stack: string;
  /** The commit that was looked at. */
  commit?: string;
  /** Address of the run. */
  run?: string;
  /** Markdown of `connect-sync-identity report --short`, if there is one. */
  report?: string;
}

/** Identifies the comment of a stack, so that it is updated instead of added again. */
export function commentMarker(stack: string): string {
  return hidden(`connect-sync-identity preview of ${stack}`);
}

const CURES: Record<Cure, string> = {
  certificate: "`up` creates a new key and certificate, switches to it, and then removes the old one",
  registration: "`up` runs the registration on the server again",
  program: "`up` copies the host program again",
  repetition: "`up` removes the second entry",
  removal: "`up` removes it under `credentialPolicy: enforce`, and only reports it under `report`",
  lock: "`up` switches the lock on",
  nothing: "`up` does not change it: a person decides",
};

function knowledgeOf(code: string): Registration | undefined {
  return isDiagnosticCode(code) ? registrationOf(code) : undefined;
}

/** One finding: what it means, what was expected and found, and what helps. */
export function findingLines({ code, expected, actual, remedy }: ReportedFinding): string[] {
  const known = knowledgeOf(code);
  const lines = [`- **${quoted(code)}** ${known?.title ?? ""}`.trimEnd()];
  if (expected !== "") lines.push(`  - expected: ${quoted(expected)}`);
  lines.push(`  - found: ${quoted(actual)}`);
  if (known) lines.push(`  - what happens: ${CURES[known.cure]}`);
  if (remedy !== "") lines.push(`  - what to do: ${quoted(remedy)}`);
  return lines;
}

/** What a server's findings require of a reviewer. */
function decisions({ findings, problems }: SubjectReport): string[] {
  const open = findings.filter(({ code }) => ["nothing", "removal"].includes(knowledgeOf(code)?.cure ?? "nothing"));
  const foreign = findings.some(({ code }) => code.endsWith("-foreign") || code === "lock-off");
  return [
    ...(problems.length > 0 ? ["Nothing is changed here until the problem is solved."] : []),
    ...(open.length > 0 ? [`Decide about ${open.map(({ code }) => quoted(code)).join(", ")}: see "what to do".`] : []),
    ...(findings.some(({ code }) => code === "program-changed")
      ? ["Find out who changed a program that runs as administrator."]
      : []),
    ...(foreign ? ["It was changed in Entra. **Treat it as an incident until it is explained.**"] : []),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, "", ...lines, ""];
}

function sectionOf(subject: SubjectReport): string {
  const plan = planOf(subject.steps);
  const title = subject.name === TENANT ? "### The tenant" : `### Server ${quoted(subject.name)}`;
  const review = [...decisions(subject), ...(plan?.review ?? [])];
  const steps = plan && plan.actions.length > 0 ? plan.actions.map((action, index) => `${index + 1}. ${action}`) : [];
  return [
    title,
    "",
    ...list(
      "**What blocks the run**",
      subject.problems.map((problem) => `- ${quoted(problem)}`),
    ),
    ...list("**What was found**", subject.findings.flatMap(findingLines)),
    ...list("**What `up` would do**", steps),
    ...(steps.length > 0 ? [`**What it interrupts:** ${plan!.interrupts}`, ""] : []),
    ...list(
      "**What it needs from a reviewer**",
      review.map((line) => `- ${line}`),
    ),
  ]
    .join("\n")
    .trimEnd();
}

/** The first line under the title: the answer to "must I look at this?". */
function verdictOf(report: PreviewReport): string {
  const findings = report.subjects.reduce((sum, { findings }) => sum + findings.length, 0);
  const servers = report.subjects.filter(({ name, steps }) => name !== TENANT && planOf(steps) !== null).length;
  const found = findings === 0 ? "No finding" : counted(findings, "finding");
  switch (report.outcome) {
    case "failed":
      return `**This preview is red.** It is incomplete: what it does not show may still exist.`;
    case "unchanged":
      return "**Nothing to do.** Declaration, Entra and servers agree.";
    case "changes":
      if (servers === 0) return `**${found}**; \`up\` would change nothing on a server.`;
      return `**${found}; \`up\` would change ${counted(servers, "server")}.**`;
  }
}

function noticeSection({ subjects, unread }: PreviewReport): string[] {
  const notices = subjects.flatMap(({ name, notices }) => notices.map((notice) => ({ name, ...notice })));
  const lines = notices.map(({ name, code, text }) => {
    const meaning = knowledgeOf(code)?.title ?? "";
    return `- ${quoted(name)}: **${quoted(code)}** ${meaning.replaceAll("`rotateBefore`", "rotateBefore")} ${quoted(text)}`;
  });
  const blind = unread.map((permission) => `- Not checked, as this identity may not read it: ${quoted(permission)}`);
  const count = notices.length;
  if (lines.length + blind.length === 0) return [];
  const title = count === 0 ? "What was not checked" : `${counted(count, "notice")}: no immediate action needed`;
  return [["<details>", `<summary>${title}</summary>`, "", ...lines, ...blind, "", "</details>"].join("\n")];
}

function reportSection(report: string | undefined): string[] {
  if (report === undefined || report.trim() === "") return [];
  const text = report.length > LONGEST_REPORT ? `${wholeLines(report, LONGEST_REPORT)}\n\n...` : report.trim();
  return ["<details>\n<summary>The stack as it is</summary>\n\n" + text + "\n\n</details>"];
}

/** The whole comment, within {@link LONGEST_COMMENT}. */
export function formatComment(report: PreviewReport, options: CommentOptions): string {
  const { stack, commit, run } = options;
  const origin = [
    ...(commit ? [`commit ${quoted(commit.slice(0, 12))}`] : []),
    ...(run && /^https:\/\/[A-Za-z0-9._~:/?&=%+-]+$/.test(run) ? [`[log of this run](${run})`] : []),
  ].join(", ");
  const head = [
    commentMarker(stack),
    `## Preview of stack ${quoted(stack)}`,
    "",
    verdictOf(report),
    ...(origin === "" ? [] : ["", `_A preview changes nothing. ${origin}_`]),
  ].join("\n");
  const whole = report.problems.map((problem) => `- ${quoted(problem)}`);
  const wanted = report.subjects.filter(
    ({ name, steps, findings, problems }) =>
      findings.length + problems.length > 0 || (name !== TENANT && planOf(steps) !== null),
  );
  const sections = [
    head,
    ...(whole.length > 0 ? [["### What stopped the preview", "", ...whole].join("\n")] : []),
    ...wanted.map(sectionOf),
    ...noticeSection(report),
    ...reportSection(options.report),
  ];
  return bounded(sections, LONGEST_COMMENT);
}
