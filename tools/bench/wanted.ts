/** The targets for speed and size, and whether a measurement meets them. */
import type { Measurement } from "./measurement";
import type { ProcessKind } from "./processes";

export interface Verdict {
  what: string;
  servers: number;
  value: number;
  unit: string;
  /** As people read it: "at most 1.5". */
  wanted: string;
  ok: boolean;
}

const MOST_TIMES_FLOOR = 1.1;
const MOST_TIMES_HAND_WRITTEN = 1;
const MOST_TIMES_UP = 1.2;
const MOST_STATE_KILOBYTES = 40;
/** Reading back before and after the cmdlet belongs to a switch, and takes some time. */
const MOST_IDLE_PAUSE_SECONDS = 2;
const MOST_ROTATION_GROWTH_SECONDS = 1;
/** Doctor and report: so many rounds to servers and tenant, and a second. */
const MOST_ROUNDS = 2;
const MOST_START_SECONDS = 0.15;
/** From so many servers on, the larger limit for memory applies. */
const MANY_SERVERS = 50;
const MOST_MEGABYTES = { few: 250, many: 300 };
const PARTS_IN_MEMORY: readonly ProcessKind[] = ["the program", "own resources", "azuread", "command"];
/** A connection over TLS and a question: to the token endpoint, then to Graph. */
const ROUND_TRIPS_OF_A_GRAPH_ROUND = 2 * 3;

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

function atMost(what: string, measurement: Measurement, value: number, most: number, unit: string): Verdict {
  const { servers, distance } = measurement;
  const place = distance ? `${what}, at ${distance.roundTripMilliseconds} ms` : what;
  return {
    what: place,
    servers,
    value: rounded(value, 2),
    unit,
    wanted: `at most ${rounded(most, 2)}`,
    ok: value <= most,
  };
}

function exactly(what: string, measurement: Measurement, value: number, exact: number): Verdict {
  return { what, servers: measurement.servers, value, unit: "", wanted: `${exact}`, ok: value === exact };
}

/** Seconds that nothing can save: what a far tenant and the slowest server take to answer once. */
export function rounds({ distance, perPreview }: Measurement): number {
  if (!distance) return 0;
  return perPreview.hostRound + (ROUND_TRIPS_OF_A_GRAPH_ROUND * distance.roundTripMilliseconds) / 1000;
}

/** Megabytes of the program and of all that serves its resources; null where it is not known. */
export function megabytes({ processes }: Measurement): number | null {
  if (!processes) return null;
  const counted = processes.filter(({ kind }) => PARTS_IN_MEMORY.includes(kind));
  return counted.reduce((sum, { peakBytes }) => sum + peakBytes, 0) / 1024 / 1024;
}

/** What a rotation of one server takes beyond the server's own time and the engine's time for a stack of this size. */
export const beyondRotation = ({ rotation, floor }: Measurement) => rotation - floor.preview.seconds;

/**
 * The targets that apply to one measurement.
 *
 * @param smallest the measurement of the fewest servers at the same distance, which a rotation is compared with
 */
export function judge(measurement: Measurement, smallest: Measurement = measurement): Verdict[] {
  const { distance, servers, preview, floor, handWritten, up } = measurement;
  const saved = preview.seconds - rounds(measurement);
  const most = (what: string, value: number, limit: number, unit = "times") =>
    atMost(what, measurement, value, limit, unit);
  // It may as well be quicker than that of the fewest, as it is measured against the engine's own time.
  const growth = Math.max(0, beyondRotation(measurement) - beyondRotation(smallest));
  const answering = MOST_ROUNDS * Math.max(measurement.perPreview.hostRound, rounds(measurement)) + 1;
  return [
    most("idle preview relative to the bare engine", saved / floor.preview.seconds, MOST_TIMES_FLOOR),
    most(
      "idle preview relative to a hand-written program",
      saved / handWritten.preview.seconds,
      MOST_TIMES_HAND_WRITTEN,
    ),
    most("first up relative to the bare engine and the servers", up.seconds / (floor.up + up.onServers), MOST_TIMES_UP),
    most("rotation of one server, beyond that of the fewest", growth, MOST_ROTATION_GROWTH_SECONDS, "s"),
    most("doctor", measurement.doctor, answering, "s"),
    most("report", measurement.report, answering, "s"),
    ...(distance ? [] : counted(measurement, servers)),
  ];
}

/** What does not depend on the distance. */
function counted(measurement: Measurement, servers: number): Verdict[] {
  const { perPreview, size, pausing } = measurement;
  const { sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce, graphRequests, pluginGraphRequests } = perPreview;
  const memory = megabytes(measurement);
  const mostMemory = servers < MANY_SERVERS ? MOST_MEGABYTES.few : MOST_MEGABYTES.many;
  return [
    exactly("SSH sessions of one server in a preview", measurement, sshSessionsOfOneServer, 1),
    exactly("SSH sessions of all servers in a preview", measurement, sshSessions, servers),
    exactly("SSH sessions open at the same time", measurement, sshSessionsAtOnce, servers),
    atMost("Graph requests in a preview", measurement, graphRequests + pluginGraphRequests, 1 + servers / 10, ""),
    atMost("compact state of one server", measurement, size.bytes / servers / 1024, MOST_STATE_KILOBYTES, "KB"),
    ...(memory === null ? [] : [atMost("memory of program and providers", measurement, memory, mostMemory, "MB")]),
    exactly("switches in the first up", measurement, pausing.switches, servers),
    atMost("pause beyond its switch", measurement, pausing.idleSeconds, MOST_IDLE_PAUSE_SECONDS, "s"),
    atMost("pause during previews", measurement, pausing.inPreviews, 0, "s"),
  ];
}

/** All targets, with each rotation compared with that of the fewest servers at the same distance. */
export function judgeAll(measurements: readonly Measurement[]): Verdict[] {
  const far = ({ distance }: Measurement) => distance?.roundTripMilliseconds ?? 0;
  return measurements.flatMap((measurement) => {
    const alike = measurements.filter((other) => far(other) === far(measurement));
    return judge(
      measurement,
      alike.reduce((least, other) => (other.servers < least.servers ? other : least)),
    );
  });
}

/** The start of the command, which needs no servers. */
export function judgeStart(seconds: Record<string, number>): Verdict[] {
  return Object.entries(seconds).map(([option, value]) => {
    const what = `connect-sync-identity ${option}`;
    const wanted = `at most ${MOST_START_SECONDS}`;
    return { what, servers: 0, value: rounded(value, 2), unit: "s", wanted, ok: value <= MOST_START_SECONDS };
  });
}
