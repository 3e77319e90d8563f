/** Runs the Pulumi CLI as a child: interrupted once, killed when asked again or when its time is over. */
import { spawn, type ChildProcess } from "node:child_process";
import { onInterrupt } from "../interrupts";
import { killTree } from "./process-tree";
import { childEnd, collectOutput, EXIT_TIMED_OUT } from "./child-end";

/** `inherit`: Pulumi writes to this process's own streams; `pipe`: its output is collected. */
export type PulumiStdio = "inherit" | "pipe";

export interface PulumiProcessOptions {
  folder: string;
  environment: NodeJS.ProcessEnv;
  stdio: PulumiStdio;
  /** After so many seconds the CLI and all that it started are killed. @default none */
  limitSeconds?: number;
  /** Told the id of the process that was started. */
  onStart?: (pid: number) => void;
  /** Says what happens; goes to stderr. */
  log: (line: string) => void;
}

export interface PulumiResult {
  /** Pulumi's exit code; 124 where the time was over, 128 + signal where a signal ended it. */
  code: number;
  /** Empty with `inherit`. */
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** An interrupt was passed on, so the exit code says little of the stack. */
  interrupted: boolean;
}

/** How long after SIGTERM or SIGHUP, which nobody repeats, Pulumi may take to end what is under way, in milliseconds. */
const TERMINATION_GRACE = 60_000;

/** First interrupt: SIGINT, which lets Pulumi finish the steps under way. Second one: the end of the whole tree. */
function passInterrupts(child: ChildProcess, log: (line: string) => void): { seen: () => boolean; remove: () => void } {
  let interrupts = 0;
  let grace: NodeJS.Timeout | undefined;
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killTree(child.pid);
  };
  const removeHandler = onInterrupt((signal) => {
    interrupts += 1;
    if (interrupts > 1) {
      log("Pulumi is killed. The next command continues from what is recorded.");
      kill();
      return;
    }
    log("Pulumi is asked to stop; it finishes the steps under way. Ctrl-C again kills it.");
    child.kill("SIGINT");
    if (signal !== "SIGINT") grace = setTimeout(kill, TERMINATION_GRACE);
  });
  const remove = () => {
    clearTimeout(grace);
    removeHandler();
  };
  return { seen: () => interrupts > 0, remove };
}

/**
 * Runs the CLI to its end.
 *
 * @throws Error where the program cannot be started
 */
export async function runPulumiProcess(
  program: string,
  args: readonly string[],
  { folder, environment, stdio, limitSeconds, onStart, log }: PulumiProcessOptions,
): Promise<PulumiResult> {
  // A process group of its own: the terminal's Ctrl-C would reach Pulumi as well, and the second SIGINT is its hard stop.
  const streams = stdio === "inherit" ? "inherit" : (["ignore", "pipe", "pipe"] as const);
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: streams as "inherit", detached: true });
  if (child.pid !== undefined) onStart?.(child.pid);
  const output = collectOutput(child);
  const interrupts = passInterrupts(child, log);
  let timedOut = false;
  const limit =
    limitSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          if (child.pid !== undefined) killTree(child.pid);
        }, limitSeconds * 1000);
  try {
    const code = await childEnd(child);
    return { code: timedOut ? EXIT_TIMED_OUT : code, ...output, timedOut, interrupted: interrupts.seen() };
  } finally {
    clearTimeout(limit);
    interrupts.remove();
  }
}
