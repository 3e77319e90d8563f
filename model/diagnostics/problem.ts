/** What a user can fix, in one form: which server, which property, what was found, what helps. */
import { encodeText, LONGEST_LINE } from "../text/encoders/text";

/** One thing that is wrong and that a person can put right. */
export interface Problem {
  /** Stable, for scripts and documentation. */
  code: string;
  /** Name of the server in the declaration; absent where the stack as a whole is meant. */
  server?: string;
  /** Path of the property in the configuration, or the thing on the server. */
  property: string;
  /** What was found there, as text. Never a secret. */
  actual: string;
  /** What should be there, as text. */
  expected: string;
  /** What a person does about it, one or more sentences; empty where nothing helps. */
  remedy: string;
}

const LONGEST_NAME = 80;

/** A name as people may have written it, so that a message stays one short line: quoted where it could not be read. */
function readable(name: string): string {
  const quoted = name === "" || /[\u0000-\u001f\u007f-\u009f]/.test(name) ? JSON.stringify(name) : name;
  return quoted.length > LONGEST_NAME ? `${quoted.slice(0, LONGEST_NAME - 3)}...` : quoted;
}

/** One line for one problem. */
export function formatProblem(problem: Problem): string {
  const property = readable(problem.property);
  const subject = problem.server === undefined ? property : `${readable(problem.server)}: ${property}`;
  const remedy = problem.remedy === "" ? "" : ` ${problem.remedy}`;
  const line = `${subject}: expected ${problem.expected}, found ${problem.actual}.${remedy} [${problem.code}]`;
  return encodeText(line, LONGEST_LINE);
}

/** One line of so many characters at most, without the remedy; the code stands in any case. */
export function formatBriefly(problem: Problem, width: number): string {
  const code = ` [${problem.code}]`;
  const text = formatProblem({ ...problem, remedy: "" }).slice(0, -code.length);
  return `${text.length + code.length > width ? `${text.slice(0, width - code.length - 3)}...` : text}${code}`;
}

/** The one error class for what a user can fix. `message` tells all problems, `code` is that of the first. */
export class ProblemError extends Error {
  /** Code of the first problem, for scripts. */
  readonly code: string;

  /** @param problems what is wrong, each with its remedy */
  constructor(
    /** What is wrong. */
    readonly problems: readonly Problem[],
    options?: { cause?: unknown },
  ) {
    super(problems.map(formatProblem).join("\n"), options);
    this.name = "ProblemError";
    this.code = problems[0]?.code ?? "UNKNOWN";
  }
}
