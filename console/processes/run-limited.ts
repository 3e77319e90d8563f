/** Runs a program as a child, with a limit in time, and ends all that it started. All commands use it. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { EXIT } from "../exit-codes";
import { onInterrupt } from "../interrupts";
import { childEnd, collectOutput } from "./child-end";
import { descendants } from "./descendants";

export interface RunLimitedOptions {
  /** The whole environment of the program; see `childEnvironment`. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Seconds after which the program and all that it started are ended. @default none */
  limitSeconds?: number;
  /** As for `spawn`; `"inherit"` passes output on byte for byte. By default output is collected and stdin is empty. */
  stdio?: StdioOptions;
  /** Sees output as it comes, if it is collected. */
  onOutput?: (text: string) => void;
  /** Sees the id of the process that was started. */
  onStart?: (pid: number) => void;
  /** Seconds between asking the program to end and ending it. @default 5 */
  graceSeconds?: number;
  /**
   * What an interrupt of this process does. `pass`: the program gets it, which handles it itself;
   * `end`: it is the end of the program too, heeded or not; `finish`: the program may finish what is under way, and a
   * second interrupt ends it (only in a process that has called `installInterrupts`). @default "pass"
   */
  interrupt?: "pass" | "end" | Finish;
}

/** Sentences for the first interrupt and for the one that ends the program. */
interface Finish {
  asked: string;
  ended: string;
  log: (line: string) => void;
}

export interface RunLimitedResult {
  /** The program's exit code; 128 and the signal's number if a signal ended it, 124 if the limit did. */
  exitCode: number;
  timedOut: boolean;
  /** Whether this process was interrupted (Ctrl-C) or terminated meanwhile. */
  interrupted: boolean;
  /** What was collected; empty if stdio went elsewhere. */
  stdout: string;
  stderr: string;
}

/** Seconds after SIGTERM or SIGHUP, which are sent only once, in which a program may finish what is in progress. */
const FINISH_SECONDS = 60;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * Runs a program in a session of its own, so that it can be ended with all that it started and the terminal's Ctrl-C
 * reaches it once. The limit is needed for whatever drives Pulumi: a plugin that hangs keeps the CLI from ending, and the
 * CLI then ignores SIGTERM.
 *
 * @throws if the program cannot be started.
 */
export async function runLimited(
  command: string,
  args: readonly string[],
  options: RunLimitedOptions,
): Promise<RunLimitedResult> {
  const { env, cwd, stdio = ["ignore", "pipe", "pipe"], limitSeconds, interrupt = "pass" } = options;
  const child = spawn(command, args, { env, cwd, stdio, detached: true });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const output = collectOutput(child, options.onOutput);
  const stopper = new Stopper(child, options.graceSeconds ?? 5);
  const interrupts = watchInterrupts(stopper, interrupt);
  // Whoever ends this process, also with process.exit in a signal handler: the program must not go on alone.
  const leave = (): void => stopper.kill();
  process.on("exit", leave);
  let timedOut = false;
  const end = () => {
    timedOut = true;
    // What has to finish its work had its time; what is asked politely now would hang on.
    if (typeof interrupt === "object") stopper.kill();
    else stopper.stop("SIGTERM");
  };
  const timer = limitSeconds === undefined ? undefined : setTimeout(end, limitSeconds * 1000);
  try {
    const exitCode = await childEnd(child);
    return { exitCode: timedOut ? EXIT.timedOut : exitCode, timedOut, interrupted: interrupts.seen(), ...output };
  } finally {
    clearTimeout(timer);
    stopper.finish();
    interrupts.remove();
    process.off("exit", leave);
  }
}

function watchInterrupts(
  stopper: Stopper,
  interrupt: NonNullable<RunLimitedOptions["interrupt"]>,
): { seen: () => boolean; remove: () => void } {
  let count = 0;
  if (typeof interrupt === "object") {
    const { asked, ended, log } = interrupt;
    const remove = onInterrupt((name) => {
      count += 1;
      log(count === 1 ? asked : ended);
      if (count > 1) stopper.kill();
      else stopper.finishWithin(name === "SIGINT" ? null : FINISH_SECONDS);
    });
    return { seen: () => count > 0, remove };
  }
  const pass = (name: Signal): void => {
    count += 1;
    if (interrupt === "end") stopper.stop(name);
    else stopper.pass(name);
  };
  for (const name of SIGNALS) process.on(name, pass);
  return { seen: () => count > 0, remove: () => SIGNALS.forEach((name) => process.off(name, pass)) };
}

/** Ends a child and what it started: first with a signal, then by force. */
class Stopper {
  private timer: NodeJS.Timeout | undefined;
  /** Kept from the time when the child still lived: afterwards nothing says whose its children were. */
  private readonly seen = new Set<number>();

  constructor(
    private readonly child: ChildProcess,
    private readonly graceSeconds: number,
  ) {}

  /** Passes a signal on to the child's process group, which handles it itself. */
  pass(name: NodeJS.Signals): void {
    this.signalGroup(name);
  }

  /** Interrupts the child alone, once, as Pulumi wants it: its plugins end with it, and a second SIGINT is its hard stop. */
  finishWithin(seconds: number | null): void {
    this.child.kill("SIGINT");
    if (seconds !== null) this.timer ??= setTimeout(() => this.kill(), seconds * 1000);
  }

  /** Asks the child to end with this signal, and ends it when its grace is over. */
  stop(name: NodeJS.Signals): void {
    this.remember();
    this.signalGroup(name);
    this.timer ??= setTimeout(() => this.kill(), this.graceSeconds * 1000);
  }

  /** The child has ended; if it had to be stopped, nothing of it may stay. */
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
