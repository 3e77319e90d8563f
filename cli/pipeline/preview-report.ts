/** A preview by server: what was found, what blocks the run, and what `up` would do. */
import { codedLine, splitFinding, unreadPermissionsOf, type FindingLine } from "../../model/diagnostics/finding-line";
import { TENANT } from "../../model/diagnostics/diagnostic";
import { isDiagnosticCode, registrationOf } from "../../model/diagnostics/registry";
import { parsePreview, type PreviewOutput, type PreviewStep } from "./preview-output";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { partOf } from "./resource-names";

/** A finding, split into what the program put together. */
export type ReportedFinding = FindingLine;

export interface SubjectReport {
  /** Name of a server; "tenant" for what concerns all of them. */
  name: string;
  findings: ReportedFinding[];
  /** What makes the preview red. */
  problems: string[];
  notices: { code: string; text: string }[];
  steps: PreviewStep[];
}

/**
 * - `unchanged`: the preview ran and shows nothing to do;
 * - `changes`: it ran and shows steps;
 * - `failed`: it is incomplete, so what it does not show may still exist.
 */
type Outcome = "unchanged" | "changes" | "failed";

export interface PreviewReport {
  outcome: Outcome;
  /** Servers by name, those with something to report; the tenant last. */
  subjects: SubjectReport[];
  /** What stopped the preview as a whole. */
  problems: string[];
  /** What was not looked at, as the identity may not read it. */
  unread: string[];
}

export { TENANT };

/** The line of a problem; those that the engine could not deliver are in its text, after these words. */
const PROBLEM = /^(?:original message: )?\s*(?<line>[\s\S]*\[[A-Z][A-Z0-9_]+\])$/;
/** Pulumi's own summary of what another line says already. */
const SUMMARIES = [/^preview failed$/, /^update failed$/, /^no changes were expected/];
const SAID_ELSEWHERE = /^failed to deliver log message|serializing property|^message severity/;

const withoutMark = (message: string) => message.replace(/^(warning|error): /, "").trim();

class Subjects {
  private readonly known = new Map<string, SubjectReport>();

  of(name: string): SubjectReport {
    const found = this.known.get(name) ?? { name, findings: [], problems: [], notices: [], steps: [] };
    this.known.set(name, found);
    return found;
  }

  sorted(): SubjectReport[] {
    const rank = ({ name }: SubjectReport) => `${name === TENANT ? 1 : 0} ${name}`;
    return [...this.known.values()].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
  }
}

function linesOf(diagnostics: PreviewOutput["diagnostics"]): { message: string; severity: string }[] {
  return diagnostics.flatMap(({ message, severity }) => {
    // Problems of a configuration come as one message of several lines.
    const whole = withoutMark(message);
    const parts = severity === "error" && /\]\n/.test(whole) ? whole.split("\n") : [whole];
    const inner =
      parts.length > 1 || /^the configuration of stack .* problems?:\n/.test(whole) ? whole.split("\n") : parts;
    return inner.map((line) => ({ message: line.trim(), severity }));
  });
}

/** Also those of a server that Entra Connect manages. */
const isNotice = (code: string) => isDiagnosticCode(code) && registrationOf(code).severity === "notice";

function addDiagnostics(output: PreviewOutput, subjects: Subjects): { problems: string[]; unread: string[] } {
  const problems = new Set<string>();
  const unread = new Set<string>();
  const others = new Set<string>();
  for (const { message, severity } of linesOf(output.diagnostics)) {
    const coded = codedLine(message);
    const problem = severity.includes("err") ? PROBLEM.exec(message)?.groups?.line : undefined;
    const missing = unreadPermissionsOf(message);
    if (problem !== undefined) {
      const subject = /^([A-Za-z][A-Za-z0-9-]*): /.exec(problem)?.[1];
      if (subject !== undefined) subjects.of(subject).problems.push(problem);
      else problems.add(problem);
    } else if (missing !== null) unread.add(missing);
    else if (coded && severity === "warning") {
      subjects.of(coded.subject).findings.push(splitFinding(coded.code, coded.text));
    } else if (coded && isNotice(coded.code)) {
      subjects.of(coded.subject).notices.push({ code: coded.code, text: coded.text });
    } else if (severity === "error" && message !== "" && !SUMMARIES.some((known) => known.test(message))) {
      if (!SAID_ELSEWHERE.test(message)) others.add(message.split("\n")[0]);
    }
  }
  // A problem without a code is reported only if no other problem shows the reason.
  const explained = problems.size > 0 || subjects.sorted().some((subject) => subject.problems.length > 0);
  return { problems: explained ? [...problems] : [...others], unread: [...unread] };
}

/**
 * Reads a preview.
 *
 * @param text what `pulumi preview --json` wrote to stdout
 * @param exitCode that it ended with; 7 is Pulumi's code for unexpected changes
 */
export function readPreview(text: string, exitCode: number): PreviewReport {
  const output = parsePreview(text);
  if (!output) {
    const reason = `the preview failed with exit code ${exitCode} before it showed anything; see its log`;
    return { outcome: "failed", subjects: [], problems: [reason], unread: [] };
  }
  const subjects = new Subjects();
  // What only holds all others is no subject: of the stack itself, and of its servers as one.
  const holders: string[] = ["pulumi:pulumi:Stack", RESOURCE_TYPES.identities];
  const steps = output.steps.filter(({ type }) => !holders.includes(type));
  for (const step of steps) subjects.of(partOf(step).server ?? TENANT).steps.push(step);
  const { problems, unread } = addDiagnostics(output, subjects);
  const sorted = subjects.sorted();
  const red = problems.length > 0 || sorted.some((subject) => subject.problems.length > 0);
  if (red || ![0, NO_CHANGES_EXPECTED].includes(exitCode)) {
    const silent = !red && [`the preview ended with exit code ${exitCode}; see its log`];
    return { outcome: "failed", subjects: sorted, problems: silent || problems, unread };
  }
  const changes = sorted.some(({ steps, findings }) => steps.length > 0 || findings.length > 0);
  return { outcome: changes ? "changes" : "unchanged", subjects: sorted, problems, unread };
}

/** Pulumi's exit code for changes despite `--expect-no-changes`. */
const NO_CHANGES_EXPECTED = 7;
