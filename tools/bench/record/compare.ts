/** What became worse since the recorded measurements. */
import type { Verdict } from "../wanted";

/**
 * How much worse a value may be before it counts, as a part of the recorded one. Times vary from run to run and machine to
 * machine, ratios of times measured in the same run do less, and counts do not vary.
 */
const TOLERANCE: Record<string, number> = { s: 0.5, times: 0.2, MB: 0.15, KB: 0.03, "": 0 };
/** Times below it are noise. */
const LEAST_SECONDS = 0.25;

export interface Difference {
  what: string;
  servers: number;
  unit: string;
  before: number;
  now: number;
  /** The highest value that does not count as worse. */
  accepted: number;
  worse: boolean;
}

/** The targets that both have; of those that only one has, nothing can be said. */
export function differences(before: readonly Verdict[], now: readonly Verdict[]): Difference[] {
  return now.flatMap(({ what, servers, unit, value }) => {
    const old = before.find((one) => one.what === what && one.servers === servers);
    if (!old) return [];
    const slack = old.value * TOLERANCE[unit];
    const accepted = old.value + (unit === "s" ? Math.max(slack, LEAST_SECONDS) : slack);
    return [{ what, servers, unit, before: old.value, now: value, accepted, worse: value > accepted + 1e-9 }];
  });
}
