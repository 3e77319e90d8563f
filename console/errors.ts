/** Errors that a person can act on: one line each, without a stack trace. */
import { byNearness } from "../model/text/nearest";
import { EXIT } from "./exit-codes";

export { EXIT };

/** Exit code of a command that ended with this error: the one that the error carries, else that of a failure. */
export function exitCodeOfError(error: unknown): number {
  const own = error instanceof Error && "exitCode" in error ? error.exitCode : undefined;
  return typeof own === "number" ? own : EXIT.failed;
}

/** Incorrect usage of a command; ends with exit code 2. */
export class UsageError extends Error {
  readonly exitCode = EXIT.usage;
  /** The command whose `--help` shows how it is used; the command line fills it in. */
  command?: string;

  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Something outside the command prevents it; the message contains the remedy. */
export class CommandError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "CommandError";
  }
}

/**
 * A name, checked against those that exist.
 *
 * @param kind the kind of thing it names, such as "server"
 * @throws UsageError that lists the right ones, the nearest first
 */
export function checkName<T extends string>(kind: string, name: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const nearest = byNearness(name, known);
  // What was cut short is nearer than any edit makes it: "cert" is certificate, not key.
  const begun = nearest.filter((candidate) => name !== "" && candidate.startsWith(name.toLowerCase()));
  const sorted = [...new Set([...begun, ...nearest])];
  throw new UsageError(`no ${kind} "${name}"; there is ${sorted.join(", ")}`);
}
