/** What the benchmark measures, as plain data. Times are seconds of real time. */
import type { HostBackend } from "../../sandbox/world/host-backend";
import type { Distance } from "../../sandbox/world/listeners";
import type { ProcessUse } from "./processes";
import type { TerraformTimes } from "./terraform";

/** The runs of one program that changes nothing. */
export interface Previews {
  /** Median of all. */
  seconds: number;
  /** In the order of the runs. */
  all: number[];
  /** Of the median run's processes together; null where they cannot be read. */
  cpuSeconds: number | null;
  /** Processor time of the emulated tenant and servers in the median run. */
  sandboxCpuSeconds: number;
}

/** The measurements for one number of servers at one distance. */
export interface Measurement {
  servers: number;
  /** Null on this machine, with nothing slowed down. */
  distance: Distance | null;
  /** What ran behind SSH and Pulumi's commands: times depend on it. */
  plugins: "real" | "stand-in";
  host: HostBackend;
  /** The first up of all servers. */
  up: {
    seconds: number;
    /** The part of it in which at least one server was working or connected. */
    onServers: number;
  };
  preview: Previews;
  /** The same resources without this project; see floor/index.ts. */
  floor: { up: number; preview: Previews; size: StackSize };
  /** What an administrator would write instead, with less safety; see hand-written/index.ts. */
  handWritten: { preview: Previews };
  /** The Entra half by Terraform; null where it is not on the machine. */
  terraform: TerraformTimes | null;
  /** An up that rotates one server, without the time in which that server was working or connected. */
  rotation: number;
  doctor: number;
  report: number;
  /** Of the median preview, by kind; null where they cannot be read. */
  processes: ProcessUse[] | null;
  /** Of one idle preview; the maximum of the runs. */
  perPreview: Traffic;
  size: StackSize;
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

/** A stack by `pulumi stack export`. */
export interface StackSize {
  resources: number;
  /** Of its JSON without whitespace. */
  bytes: number;
}

export interface Traffic {
  /** SSH logins at all servers. */
  sshSessions: number;
  /** SSH sessions at one server, the maximum of all servers. */
  sshSessionsOfOneServer: number;
  /** Sessions that were open at the same time, the minimum of the runs. */
  sshSessionsAtOnce: number;
  /** Seconds of the longest session: what a preview waits for at least. */
  hostRound: number;
  /** Graph requests that the program sends itself. */
  graphRequests: number;
  /** Graph requests that the azuread plugin sends for it. */
  pluginGraphRequests: number;
  /** Through SSH and to Graph, in both directions; null without a distance, as nothing counts them then. */
  bytes: number | null;
}

/** @throws Error if there is no value */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("the median of no values is not defined");
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
