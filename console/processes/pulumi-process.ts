/** The Pulumi CLI as a child: an interrupt lets it finish the steps under way, a second one ends it. */
import { clearStep } from "../progress";
import { runLimited, type RunLimitedResult } from "./run-limited";

/** `inherit`: Pulumi writes to this process's own streams; `pipe`: its output is collected. */
export type PulumiStdio = "inherit" | "pipe";

export interface PulumiProcessOptions {
  folder: string;
  environment: NodeJS.ProcessEnv;
  stdio: PulumiStdio;
  /** After so many seconds the CLI and all that it started are killed. @default none */
  limitSeconds?: number;
  /** Sees the id of the process that was started. */
  onStart?: (pid: number) => void;
  /** Receives messages about interrupts; they go to stderr. */
  log: (line: string) => void;
}

export interface PulumiResult extends Omit<RunLimitedResult, "exitCode"> {
  /** Pulumi's exit code; 124 if the time was over, 128 + signal if a signal ended it. */
  code: number;
}

const INTERRUPT = {
  asked: "Pulumi is stopping after the steps in progress. Press Ctrl-C again to kill it.",
  ended: "Pulumi was killed. The next command continues from the recorded state.",
};

/**
 * Runs the CLI to its end.
 *
 * @throws Error if the program cannot be started
 */
export async function runPulumiProcess(
  program: string,
  args: readonly string[],
  { folder, environment, stdio, limitSeconds, onStart, log }: PulumiProcessOptions,
): Promise<PulumiResult> {
  if (stdio === "inherit") clearStep();
  const { exitCode, ...result } = await runLimited(program, args, {
    cwd: folder,
    env: environment,
    stdio: stdio === "inherit" ? "inherit" : undefined,
    limitSeconds,
    onStart,
    interrupt: { ...INTERRUPT, log },
  });
  return { code: exitCode, ...result };
}
