/** Durations of whole days, with their unit in the value: `"180 days"`. */

/** A number of days, e.g. `"365 days"` or `"1 day"`. */
export type Duration = `${number} ${"day" | "days"}`;

/** The form of a duration. */
export const DURATION = /^([1-9]\d{0,3}) days?$/;
const MILLISECONDS_PER_DAY = 86_400_000;

/** Whether the text is a duration: 1 to 9999 whole days. */
export function isDuration(text: string): text is Duration {
  return DURATION.test(text);
}

/**
 * Days of a duration.
 * @throws RangeError if the text is no duration
 */
export function toDays(duration: Duration): number {
  const match = DURATION.exec(duration);
  if (!match) throw new RangeError(`"${duration}" is not a duration; write it as "180 days"`);
  return Number(match[1]);
}

/** The instant so many days before another. */
export function daysBefore(instant: Date, days: number): Date {
  return new Date(instant.getTime() - days * MILLISECONDS_PER_DAY);
}

/** Days from one instant to another, as a fraction. */
export function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / MILLISECONDS_PER_DAY;
}
