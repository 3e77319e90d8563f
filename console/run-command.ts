/** What all commands of the sandbox share: interrupts, errors in one line, exit codes. */
import { CommanderError, type Command } from "commander";
import { formatDiagnostic, ProblemError } from "../model/diagnostics/diagnostic";
import { fitText } from "../model/text/screen";
import { currentReader } from "./current-reader";
import { exitCodeOf, installInterrupts, interruptTaken } from "./interrupts";
import { EXIT, UsageError, exitCodeOfError } from "./errors";

/** Says something that is not the command's result. */
export function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Exit code of a failed command. */
function codeOf(error: unknown): number {
  const signal = interruptTaken();
  if (signal !== undefined) return exitCodeOf(signal);
  return exitCodeOfError(error);
}

/** An error in words: problems for whoever runs this command, with the commands of their stack. */
function messageOf(error: Error): string {
  if (!(error instanceof ProblemError)) return error.message;
  return error.problems.map((problem) => formatDiagnostic(problem, currentReader())).join("\n");
}

function report(error: unknown): void {
  const problem = error instanceof Error ? error : new Error(String(error));
  const message = `error: ${messageOf(problem)}`;
  announce(process.env.DEBUG ? message : fitText(message));
  if (process.env.DEBUG) announce(problem.stack ?? "");
}

/** Does the work of a command line; wrong use is answered with the command's usage. */
export async function withUsage(command: Command, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) announce(command.helpInformation());
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    if (error instanceof UsageError) announce(command.helpInformation());
    throw error;
  }
}

/**
 * Runs a command and ends the process with its exit code. Whatever is still open then is closed by the end of the
 * process; the sandbox's lock is freed by its exit hook.
 */
export async function runCommand(main: () => Promise<number>): Promise<never> {
  installInterrupts();
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed),
  );
  let code: number;
  try {
    code = await main();
  } catch (error) {
    report(error);
    code = codeOf(error);
  }
  return process.exit(code);
}
