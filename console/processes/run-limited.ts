/** Runs a program with a hard limit in time. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { childEnd, collectOutput, EXIT_TIMED_OUT } from "./child-end";
import { descendants } from "./descendants";

export interface RunLimitedOptions {
  /** The whole environment of the program; see `childEnvironment`. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Seconds after which the program and all that it started are ended. */
  limitSeconds: number;
  /** As for `spawn`; `"inherit"` passes output on byte for byte. By default output is collected and stdin is empty. */
  stdio?: StdioOptions;
  /** Sees output as it comes, where it is collected. */
  onOutput?: (text: string) => void;
  /** Seconds between asking the program to end and ending it. @default 5 */
  graceSeconds?: number;
  /** Whether an interrupt of this process is the end of the program too, heeded or not. @default only passed on */
  endOnInterrupt?: boolean;
}

export interface RunLimitedResult {
  /** The program's exit code; 128 and the signal's number where a signal ended it, 124 where the limit did. */
  exitCode: number;
  timedOut: boolean;
  /** Whether this process was interrupted (Ctrl-C) or terminated meanwhile. */
  interrupted: boolean;
  /** What was collected; empty where stdio went elsewhere. */
  stdout: string;
  stderr: string;
}

/**
 * Runs a program in a session of its own, so that it can be ended with all that it started; interrupts of this process
 * are passed on to it. The limit is needed for whatever drives Pulumi: a plugin that hangs keeps the CLI from ending, and
 * the CLI then ignores SIGTERM.
 *
 * @throws where the program cannot be started.
 */
export async function runLimited(
  command: string,
  args: readonly string[],
  options: RunLimitedOptions,
): Promise<RunLimitedResult> {
  const child = spawn(command, args, {
    env: options.env,
    cwd: options.cwd,
    stdio: options.stdio ?? ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = collectOutput(child, options.onOutput);
  const stopper = new Stopper(child, options.graceSeconds ?? 5);
  let timedOut = false;
  let interrupted = false;
  const pass = (name: NodeJS.Signals): void => {
    interrupted = true;
    if (options.endOnInterrupt) stopper.stop(name);
    else stopper.pass(name);
  };
  // Whoever ends this process, also with process.exit in a signal handler: the program must not go on alone.
  const leave = (): void => stopper.kill();
  process.on("SIGINT", pass).on("SIGTERM", pass).on("SIGHUP", pass).on("exit", leave);
  const timer = setTimeout(() => {
    timedOut = true;
    stopper.stop("SIGTERM");
  }, options.limitSeconds * 1000);
  try {
    const exitCode = await childEnd(child);
    return { exitCode: timedOut ? EXIT_TIMED_OUT : exitCode, timedOut, interrupted, ...output };
  } finally {
    clearTimeout(timer);
    stopper.finish();
    process.off("SIGINT", pass).off("SIGTERM", pass).off("SIGHUP", pass).off("exit", leave);
  }
}

/** Ends a child and what it started: politely first, then by force. */
class Stopper {
  private timer: NodeJS.Timeout | undefined;
  /** Kept from the time when the child still lived: afterwards nothing tells whose its children were. */
  private readonly seen = new Set<number>();

  constructor(
    private readonly child: ChildProcess,
    private readonly graceSeconds: number,
  ) {}

  /** Passes a signal on to the child's process group; what it does about it is its own affair. */
  pass(name: NodeJS.Signals): void {
    this.signalGroup(name);
  }

  /** Asks the child to end with this signal, and ends it when its grace is over. */
  stop(name: NodeJS.Signals): void {
    this.remember();
    this.signalGroup(name);
    this.timer ??= setTimeout(() => this.kill(), this.graceSeconds * 1000);
  }

  /** The child has ended; where it had to be stopped, nothing of it may stay. */
  finish(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.kill();
  }

  /** Ends the child and all that it started, now. */
  kill(): void {
    this.remember();
    this.signalGroup("SIGKILL");
    for (const pid of this.seen) signal(pid, "SIGKILL");
  }

  private remember(): void {
    if (this.child.pid === undefined || this.child.exitCode !== null) return;
    for (const pid of descendants(this.child.pid)) this.seen.add(pid);
  }

  private signalGroup(name: NodeJS.Signals): void {
    if (this.child.pid !== undefined) signal(-this.child.pid, name);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself: that is what was wanted.
  }
}
