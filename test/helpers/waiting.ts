/** Skips the pauses of a `describe`, and records them. */
import timers from "node:timers/promises";
import { replace } from "./replaced";

/**
 * Replaces the sleep of `node:timers/promises` for each test of the surrounding `describe`.
 * @returns a function that returns the pauses of the test so far, in milliseconds
 */
export function withoutWaiting(): () => number[] {
  let pauses: number[] = [];
  let restore = () => {};
  beforeEach(() => {
    pauses = [];
    const record = async (milliseconds?: number) => void pauses.push(milliseconds ?? 0);
    restore = replace(timers, "setTimeout", record as typeof timers.setTimeout);
  });
  afterEach(() => restore());
  return () => pauses;
}
