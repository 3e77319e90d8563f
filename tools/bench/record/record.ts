/** The last measurements, as `docs/speed.json` keeps them. */
import * as fs from "node:fs";
import * as path from "node:path";
import { REPOSITORY } from "../../../sandbox/folder/folder";
import type { HostRow } from "../host";
import type { Measurement } from "../measurement";
import type { StacksMeasurement } from "../stacks";
import { judgeAll, judgeStart, type Verdict } from "../wanted";

interface Machine {
  cpus: number;
  node: string;
  platform: string;
  /** Runnable processes, the mean of the last minute, before the first and after the last measurement. */
  load: { before: number; after: number };
}

export interface SpeedRecord {
  machine: Machine;
  measurements: Measurement[];
  /** Seconds of the command's options that need no stack. */
  start: Record<string, number>;
  stacks: StacksMeasurement[];
  host: HostRow[];
}

export const RECORD_FILE = path.join(REPOSITORY, "docs", "speed.json");

/** Null if nothing was recorded yet. */
export function readRecord(file = RECORD_FILE): SpeedRecord | null {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as SpeedRecord) : null;
}

const roundTrip = ({ distance }: Measurement) => distance?.roundTripMilliseconds ?? 0;
const sameCase = (left: Measurement, right: Measurement) =>
  left.servers === right.servers && roundTrip(left) === roundTrip(right);

/** In the order of round trip and number. What was not measured again stays, so that one long run need not measure everything. */
export function merge(before: SpeedRecord | null, now: SpeedRecord): SpeedRecord {
  const kept = (before?.measurements ?? []).filter((old) => !now.measurements.some((one) => sameCase(one, old)));
  const stacks = (before?.stacks ?? []).filter((old) => !now.stacks.some((one) => one.stacks === old.stacks));
  return {
    machine: now.machine,
    measurements: [...kept, ...now.measurements].sort(
      (left, right) => roundTrip(left) - roundTrip(right) || left.servers - right.servers,
    ),
    start: { ...before?.start, ...now.start },
    stacks: [...stacks, ...now.stacks].sort((left, right) => left.stacks - right.stacks),
    host: now.host.length > 0 ? now.host : (before?.host ?? []),
  };
}

export function verdictsOf({ measurements, start }: Pick<SpeedRecord, "measurements" | "start">): Verdict[] {
  return [...judgeAll(measurements), ...judgeStart(start)];
}
