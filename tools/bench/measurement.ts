/** What the benchmark measures, as plain data. */
import type { HostBackend } from "../../sandbox/world/host-backend";

/** The measurements for one number of servers. Times are seconds of real time. */
export interface Measurement {
  servers: number;
  /** What ran behind SSH and Pulumi's commands: times depend on it. */
  plugins: "real" | "stand-in";
  host: HostBackend;
  up: number;
  /** Median of the idle previews. */
  preview: number;
  /** All idle previews, in the order of the runs. */
  previews: number[];
  /** The same for the baseline program; see floor/index.ts. */
  floor: { up: number; preview: number; previews: number[] };
  /** Of one idle preview; the maximum of the runs. */
  perPreview: {
    /** SSH logins at all servers. */
    sshSessions: number;
    /** SSH sessions at one server, the maximum of all servers. */
    sshSessionsOfOneServer: number;
    /** Sessions that were open at the same time, the minimum of the runs. */
    sshSessionsAtOnce: number;
    /** Graph requests that the program sends itself. */
    graphRequests: number;
    /** Graph requests that the azuread plugin sends for it. */
    pluginGraphRequests: number;
  };
  /** Bytes of `pulumi stack export` as JSON without whitespace, for one server. */
  stateBytes: number;
  pausing: {
    /** Runs of a cmdlet that switches the identity. */
    switches: number;
    /** Seconds for which the scheduler was off, for one switch. */
    pausedSeconds: number;
    /** The part of it during which the switching cmdlet did not run, in seconds. */
    idleSeconds: number;
    /** Seconds for which the scheduler was off during the previews, of all servers. */
    inPreviews: number;
  };
}

/** @throws Error if there is no value */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("the median of no values is not defined");
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
