/** What all commands share: interrupts, errors in one line, exit codes. */
import { formatDiagnostic, ProblemError } from "../model/diagnostics/diagnostic";
import { fitText } from "../model/text/screen";
import { currentReader } from "./current-reader";
import { EXIT, UsageError, exitCodeOfError } from "./errors";
import { exitCodeOf, installInterrupts, interruptTaken } from "./interrupts";
import { printed } from "./output";
import { announce } from "./progress";

export { announce };

/** Exit code of a failed command. */
function codeOf(error: unknown): number {
  const signal = interruptTaken();
  if (signal !== undefined) return exitCodeOf(signal);
  return exitCodeOfError(error);
}

/** An error as text: problems for the user of this command, with commands for their stack. */
function messageOf(error: Error): string {
  if (!(error instanceof ProblemError)) return error.message;
  return error.problems.map((problem) => formatDiagnostic(problem, currentReader())).join("\n");
}

function report(error: unknown): void {
  const problem = error instanceof Error ? error : new Error(String(error));
  const message = `error: ${messageOf(problem)}`;
  announce(process.env.DEBUG ? message : fitText(message));
  if (process.env.DEBUG) announce(problem.stack ?? "");
  if (error instanceof UsageError && error.command !== undefined) {
    announce(`"${error.command} --help" shows the usage.`);
  }
}

/**
 * Runs a command and ends the process with its exit code. Whatever is still open then is closed by the end of the
 * process; the sandbox's lock is freed by its exit hook.
 */
export async function runCommand(main: () => Promise<number>): Promise<never> {
  installInterrupts();
  // A reader that closes early, such as `head`, is not an error.
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
  await printed();
  return process.exit(code);
}
