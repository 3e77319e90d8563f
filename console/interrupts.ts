/** Ctrl-C, SIGTERM and SIGHUP: passed to the current handler, else the process ends and its exit hooks free the lock. */
import { constants } from "node:os";
import { printError } from "./output";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type InterruptSignal = (typeof SIGNALS)[number];

/** Receives an interrupt while it is active. */
export type InterruptHandler = (signal: InterruptSignal) => void;

/**
 * One press of Ctrl-C arrives more than once: from the terminal, which sends it to every process of the group, and from
 * npm, which passes on what it got. What follows within this time, in milliseconds, is the same press.
 */
const SAME_PRESS_MILLISECONDS = 750;

const handlers: InterruptHandler[] = [];
const notes: string[] = [];
let installed = false;
let last = -Infinity;
let taken: InterruptSignal | undefined;

/** The exit code that a shell shows for a process which this signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0);
}

function take(signal: InterruptSignal): void {
  const now = performance.now();
  const samePress = now - last < SAME_PRESS_MILLISECONDS;
  last = now;
  if (samePress) return;
  taken = signal;
  const handler = handlers.at(-1);
  if (handler !== undefined) return handler(signal);
  const note = notes.at(-1);
  if (note !== undefined) printError(`\nstopped: ${note}`);
  process.exit(exitCodeOf(signal));
}

/**
 * What is left behind if an interrupt ends the process now, and how to go on; the newest note is shown.
 *
 * @returns removes the note
 */
export function interruptNote(text: string): () => void {
  notes.push(text);
  return () => {
    const index = notes.lastIndexOf(text);
    if (index >= 0) notes.splice(index, 1);
  };
}

/** The newest interrupt that this process took, undefined if there was none. */
export function interruptTaken(): InterruptSignal | undefined {
  return taken;
}

/** Takes over the signals of this process. For commands; a test that uses the sandbox keeps its runner's own handling. */
export function installInterrupts(): void {
  if (installed) return;
  installed = true;
  for (const signal of SIGNALS) process.on(signal, () => take(signal));
}

/**
 * Hands interrupts to this handler until it is removed; the newest handler counts.
 *
 * @returns removes the handler
 */
export function onInterrupt(handler: InterruptHandler): () => void {
  handlers.push(handler);
  return () => {
    const index = handlers.lastIndexOf(handler);
    if (index >= 0) handlers.splice(index, 1);
  };
}
