/** What all commands of the sandbox share: interrupts, errors in one line, exit codes. */
import { fitText } from "../../model/screen";
import { exitCodeOf, installInterrupts, interruptTaken } from "../interrupts";
import { LockedError } from "../lock";
import { EXIT, UsageError } from "../problems";

/** Says something that is not the command's result. */
export function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Exit code of a failed command. */
function codeOf(error: unknown): number {
  const signal = interruptTaken();
  if (signal !== undefined) return exitCodeOf(signal);
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof LockedError) return EXIT.locked;
  return EXIT.failed;
}

function report(error: unknown): void {
  const problem = error instanceof Error ? error : new Error(String(error));
  announce(process.env.DEBUG ? `error: ${problem.message}` : fitText(`error: ${problem.message}`));
  if (process.env.DEBUG) announce(problem.stack ?? "");
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
