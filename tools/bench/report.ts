/** Measurements and verdicts as tables. */
import { drawTable } from "../../console/table";
import type { Measurement } from "./measurement";
import type { Verdict } from "./wanted";

const table = (head: string[], rows: string[][]) => drawTable(head, rows, { compact: true });

const seconds = (value: number) => `${value.toFixed(1)} s`;
const times = (value: number, floor: number) => `${(value / floor).toFixed(2)} x`;

/** The rows of the table, one for each measurement. */
const LINES: [string, (measurement: Measurement) => string][] = [
  ["plugins", ({ plugins }) => plugins],
  ["host program", ({ host }) => host],
  ["first up", ({ up }) => seconds(up)],
  ["  its baseline", ({ floor }) => seconds(floor.up)],
  ["  relative to its baseline", ({ up, floor }) => times(up, floor.up)],
  ["idle preview (median)", ({ preview }) => seconds(preview)],
  ["  its baseline", ({ floor }) => seconds(floor.preview)],
  ["  relative to its baseline", ({ preview, floor }) => times(preview, floor.preview)],
  ["SSH sessions per preview", ({ perPreview }) => `${perPreview.sshSessions}`],
  ["  open at the same time", ({ perPreview }) => `${perPreview.sshSessionsAtOnce}`],
  ["Graph requests per preview", ({ perPreview }) => `${perPreview.graphRequests}`],
  ["  and by the azuread plugin", ({ perPreview }) => `${perPreview.pluginGraphRequests}`],
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
    `${servers}`,
    `${value} ${unit}`.trim(),
    wanted,
    ok ? "ok" : "missed",
  ]);
  return table(["target", "servers", "measured", "target value", ""], rows);
}
