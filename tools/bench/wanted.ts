/** The targets for speed and size, and whether a measurement meets them. */
import type { Measurement } from "./measurement";

export interface Verdict {
  what: string;
  servers: number;
  value: number;
  unit: string;
  /** As people read it: "at most 1.5". */
  wanted: string;
  ok: boolean;
}

/** The number of servers for which the time of a preview has a wanted value. */
const REFERENCE_SERVERS = 2;
const MOST_TIMES_FLOOR = 1.5;
const MOST_STATE_KILOBYTES = 40;
/** Reading back before and after the cmdlet belongs to a switch, and takes some time. */
const MOST_IDLE_PAUSE_SECONDS = 1;

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

function atMost(what: string, measurement: Measurement, value: number, most: number, unit: string): Verdict {
  const { servers } = measurement;
  return { what, servers, value: rounded(value, 2), unit, wanted: `at most ${most}`, ok: value <= most };
}

function exactly(what: string, measurement: Measurement, value: number, exact: number): Verdict {
  return { what, servers: measurement.servers, value, unit: "", wanted: `${exact}`, ok: value === exact };
}

/** The targets that apply to this number of servers. */
export function judge(measurement: Measurement): Verdict[] {
  const { servers, preview, floor, perPreview, stateBytes, pausing } = measurement;
  const times = atMost(
    "idle preview relative to its baseline",
    measurement,
    preview / floor.preview,
    MOST_TIMES_FLOOR,
    "times",
  );
  const { sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce } = perPreview;
  return [
    ...(servers === REFERENCE_SERVERS ? [times] : []),
    exactly("SSH sessions of one server in a preview", measurement, sshSessionsOfOneServer, 1),
    exactly("SSH sessions of all servers in a preview", measurement, sshSessions, servers),
    exactly("SSH sessions open at the same time", measurement, sshSessionsAtOnce, servers),
    atMost("compact state of one server", measurement, stateBytes / 1024, MOST_STATE_KILOBYTES, "KB"),
    exactly("switches in the first up", measurement, pausing.switches, servers),
    atMost("pause beyond its switch", measurement, pausing.idleSeconds, MOST_IDLE_PAUSE_SECONDS, "s"),
    atMost("pause during previews", measurement, pausing.inPreviews, 0, "s"),
  ];
}
