/** Measurements and verdicts as tables. */
import { drawTable } from "../../console/table";
import { beyondRotation, megabytes, rounds, type Verdict } from "./wanted";
import type { Measurement, Previews } from "./measurement";

const table = (head: string[], rows: string[][]) => drawTable(head, rows, { compact: true });

const seconds = (value: number) => `${value.toFixed(1)} s`;
const times = (value: number, floor: number) => `${(value / floor).toFixed(2)} x`;
const known = (value: number | null, unit: string) => (value === null ? "not measured" : `${value.toFixed(1)} ${unit}`);
const cpu = ({ cpuSeconds }: Previews) => known(cpuSeconds, "s");
const saved = (one: Measurement) => one.preview.seconds - rounds(one);

/** The rows of the table, one for each fact. */
const LINES: readonly (readonly [string, (measurement: Measurement) => string])[] = [
  ["plugins", ({ plugins }) => plugins],
  ["host program", ({ host }) => host],
  ["round trip", ({ distance }) => `${distance?.roundTripMilliseconds ?? 0} ms`],
  ["PowerShell's start", ({ distance }) => `${distance?.powershellSeconds ?? 0} s`],
  ["first up", ({ up }) => seconds(up.seconds)],
  ["  of it on servers", ({ up }) => seconds(up.onServers)],
  ["  the bare engine", ({ floor }) => seconds(floor.up)],
  ["  relative to both", ({ up, floor }) => times(up.seconds, floor.up + up.onServers)],
  ["idle preview (median)", ({ preview }) => seconds(preview.seconds)],
  ["  of it one round to host and Graph", (one) => seconds(rounds(one))],
  ["  the bare engine", ({ floor }) => seconds(floor.preview.seconds)],
  ["  the rest relative to it", (one) => times(saved(one), one.floor.preview.seconds)],
  ["  a hand-written program", ({ handWritten }) => seconds(handWritten.preview.seconds)],
  ["  the rest relative to it", (one) => times(saved(one), one.handWritten.preview.seconds)],
  ["processor time of the preview", ({ preview }) => cpu(preview)],
  ["  the bare engine", ({ floor }) => cpu(floor.preview)],
  ["  a hand-written program", ({ handWritten }) => cpu(handWritten.preview)],
  ["memory of program and providers", (one) => known(megabytes(one), "MB")],
  ["SSH sessions per preview", ({ perPreview }) => `${perPreview.sshSessions}`],
  ["  open at the same time", ({ perPreview }) => `${perPreview.sshSessionsAtOnce}`],
  ["Graph requests per preview", ({ perPreview }) => `${perPreview.graphRequests}`],
  ["  and by the azuread plugin", ({ perPreview }) => `${perPreview.pluginGraphRequests}`],
  ["bytes per preview", ({ perPreview: { bytes } }) => known(bytes === null ? null : bytes / 1024, "KB")],
  ["rotation of one server, beyond it", (one) => seconds(beyondRotation(one))],
  ["doctor", ({ doctor }) => seconds(doctor)],
  ["report", ({ report }) => seconds(report)],
  ["compact state per server", ({ stateBytes }) => `${(stateBytes / 1024).toFixed(1)} KB`],
  ["scheduler paused per switch", ({ pausing }) => `${pausing.pausedSeconds.toFixed(2)} s`],
];

export function measurementTable(measurements: readonly Measurement[]): string {
  const head = ["servers", ...measurements.map(({ servers }) => `${servers}`)];
  return table(
    head,
    LINES.map(([name, value]) => [name, ...measurements.map(value)]),
  );
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, servers, value, unit, wanted, ok }) => [
    what,
    servers === 0 ? "" : `${servers}`,
    `${value} ${unit}`.trim(),
    wanted,
    ok ? "ok" : "missed",
  ]);
  return table(["target", "servers", "measured", "target value", ""], rows);
}
