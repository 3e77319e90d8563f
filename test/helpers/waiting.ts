/** Skips the pauses of a `describe`, and records them. */
import timers from "node:timers/promises";
import { replace } from "./replaced";

/** Shorter ones are none of the product's own. */
const SHORTEST_PAUSE = 10;

/**
 * Replaces the sleep of `node:timers/promises` for each test of the surrounding `describe`, and the timer of the library that
 * repeats requests.
 * @returns a function that returns the pauses of the test so far, in milliseconds
 */
export function withoutWaiting(): () => number[] {
  let pauses: number[] = [];
  let restore: (() => void)[] = [];
  beforeEach(() => {
    pauses = [];
    const record = async (milliseconds?: number) => void pauses.push(milliseconds ?? 0);
    const { setTimeout: timer } = globalThis;
    const skip = ((work: () => void, milliseconds = 0) => {
      if (milliseconds < SHORTEST_PAUSE) return timer(work, milliseconds);
      pauses.push(milliseconds);
      return timer(work, 0);
    }) as typeof timer;
    restore = [
      replace(timers, "setTimeout", record as typeof timers.setTimeout),
      replace(globalThis, "setTimeout", skip),
    ];
  });
  afterEach(() => restore.forEach((undo) => undo()));
  return () => pauses;
}
