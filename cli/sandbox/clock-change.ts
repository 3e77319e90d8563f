/** The change of `clock +200d`. */
import { UsageError } from "../../console/errors";

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const FORM = /^\+(?:\d{1,9}[smhdw])+$/;
/** Certificates, JSON and Windows all know this much time; in seconds. */
const LIMIT = 100 * 365 * SECONDS.d;

/**
 * Seconds of a change such as `+200d` or `+1d12h`. The clock goes forward only: what has expired stays expired.
 *
 * @param offset how far the clock is ahead already, in seconds
 * @throws UsageError if the text is no change, or leads more than 100 years ahead
 */
export function parseClockChange(text: string, offset = 0): number {
  if (!FORM.test(text)) {
    throw new UsageError(
      `"${text}" is not a change of the clock; use a form such as +200d, with the units s, m, h, d and w`,
    );
  }
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const change = parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS], 0);
  if (offset + change > LIMIT) throw new UsageError(`${text} leads more than 100 years ahead of real time`);
  return change;
}

/** An offset for people: "200 d ahead of real time", "real time". */
export function describeOffset(seconds: number): string {
  if (seconds === 0) return "real time";
  const parts = (["d", "h", "m", "s"] as const).flatMap((unit, index, units) => {
    const within = index === 0 ? seconds : seconds % SECONDS[units[index - 1]];
    const count = Math.floor(within / SECONDS[unit]);
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return `${parts.join(" ")} ahead of real time`;
}
