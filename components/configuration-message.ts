/** The message about a configuration that cannot be used: what is wrong, and in which of its places it is written. */
import { CORRECT_IT, inProgram } from "../model/configuration/configuration-schema";
import { formatBriefly, formatDiagnostic, type Diagnostic } from "../model/diagnostics/diagnostic";
import { own, renderCommand, type Reader } from "../model/diagnostics/remedy";
import { fitList, LIST_LINES, SCREEN, screenLines } from "../model/text/screen";

/** Settings that a program gives itself: they win over the same settings of the stack's configuration. */
export interface GivenSettings {
  /** By the names that they have in the stack's configuration. */
  settings: Readonly<Record<string, unknown>>;
  /** What is wrong with them before they are checked; what these concern is not in `settings`. */
  problems: readonly Diagnostic[];
  /** Who gives them, such as `SyncIdentities sync`. */
  by: string;
}

const sameSetting = (one: Diagnostic, other: Diagnostic) =>
  one.subject === other.subject && one.property === other.property;

/** Whether the program itself gives the setting that a problem is about. */
function isGiven(problem: Diagnostic, { settings, problems }: GivenSettings): boolean {
  const setting = problem.subject === null ? problem.property.split(".")[0] : "servers";
  return problems.includes(problem) || Object.hasOwn(settings, setting);
}

/** The problems of the whole, with remedies for a program if that gives the setting; no setting has one twice. */
export function problemsOfBoth(found: readonly Diagnostic[], given: GivenSettings): Diagnostic[] {
  const others = found.filter((problem) => !given.problems.some((known) => sameSetting(known, problem)));
  return [...given.problems, ...others.map((problem) => (isGiven(problem, given) ? inProgram(problem) : problem))];
}

/** What has the problems, and how a line names the place of one if there are two of them. */
function places(reader: Reader, problems: readonly Diagnostic[], given: GivenSettings | undefined) {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const ofStack = `the configuration of stack ${reader.stack}`;
  const nowhere = () => "";
  if (!given) return { title: `${ofStack} has ${count}:`, placeOf: nowhere };
  const own = problems.filter((problem) => isGiven(problem, given)).length;
  if (own === problems.length) return { title: `the arguments of ${given.by} have ${count}:`, placeOf: nowhere };
  if (own === 0) return { title: `${ofStack}, which ${given.by} reads, has ${count}:`, placeOf: nowhere };
  return {
    title: `${given.by} has ${count}, in its arguments and in ${ofStack}:`,
    placeOf: (problem: Diagnostic) => (isGiven(problem, given) ? "in the program: " : "in the stack: "),
  };
}

/**
 * All problems in one message that fits on a screen: with their remedies if there is room, else one line each; if there
 * are still more, the doctor shows all of them.
 */
export function configurationMessage(reader: Reader, problems: readonly Diagnostic[], given?: GivenSettings): string {
  // That a wrong value wants to be corrected need not be in every line.
  const short = (problem: Diagnostic) => (problem.remedy[0] === CORRECT_IT ? { ...problem, remedy: [] } : problem);
  const { title, placeOf } = places(reader, problems, given);
  const full = problems.map((problem) => `  ${placeOf(problem)}${formatDiagnostic(short(problem), reader)}`);
  if (screenLines(full.join("\n")) <= LIST_LINES) return [title, ...full].join("\n");
  const brief = problems.map((problem) => {
    const place = placeOf(problem);
    return `  ${place}${formatBriefly(problem, SCREEN.columns - 6 - place.length)}`;
  });
  const doctor = renderCommand(own("doctor"), reader);
  const list = fitList(brief, (left) => `  and ${left} more: ${doctor}`);
  return [title, ...list, ...(list.length === brief.length ? [`  for the remedies: ${doctor}`] : [])].join("\n");
}
