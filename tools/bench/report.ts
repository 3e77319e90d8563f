/** Measurements and verdicts as tables. */
import { drawTable } from "../../console/table";
import type { HostRow } from "./host";
import type { Difference } from "./record/compare";
import type { StacksMeasurement } from "./stacks";
import { beyondRotation, megabytes, rounds, type Verdict } from "./wanted";
import type { Measurement, Previews, StackSize } from "./measurement";

const table = (head: string[], rows: string[][]) => drawTable(head, rows, { compact: true });

const seconds = (value: number) => `${value.toFixed(1)} s`;
const times = (value: number, floor: number) => `${(value / floor).toFixed(2)} x`;
const known = (value: number | null, unit: string) => (value === null ? "not measured" : `${value.toFixed(1)} ${unit}`);
const cpu = ({ cpuSeconds }: Previews) => known(cpuSeconds, "s");
const perServer = ({ servers }: Measurement, { bytes }: StackSize) => `${(bytes / servers / 1024).toFixed(1)} KB`;
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
  ["Terraform's plan of the Entra half alone", ({ terraform }) => known(terraform?.plan ?? null, "s")],
  ["processor time of the preview", ({ preview }) => cpu(preview)],
  ["  the bare engine", ({ floor }) => cpu(floor.preview)],
  ["  a hand-written program", ({ handWritten }) => cpu(handWritten.preview)],
  ["  of the emulated tenant and servers in ours", ({ preview }) => seconds(preview.sandboxCpuSeconds)],
  ["memory of program and providers", (one) => known(megabytes(one), "MB")],
  ["SSH sessions per preview", ({ perPreview }) => `${perPreview.sshSessions}`],
  ["  open at the same time", ({ perPreview }) => `${perPreview.sshSessionsAtOnce}`],
  ["Graph requests per preview", ({ perPreview }) => `${perPreview.graphRequests}`],
  ["  and by the azuread plugin", ({ perPreview }) => `${perPreview.pluginGraphRequests}`],
  ["bytes per preview", ({ perPreview: { bytes } }) => known(bytes === null ? null : bytes / 1024, "KB")],
  ["rotation of one server, beyond it", (one) => seconds(beyondRotation(one))],
  ["doctor", ({ doctor }) => seconds(doctor)],
  ["report", ({ report }) => seconds(report)],
  ["compact state per server", (one) => perServer(one, one.size)],
  ["  the bare engine", (one) => perServer(one, one.floor.size)],
  ["resources", ({ size }) => `${size.resources}`],
  ["  the bare engine", ({ floor }) => `${floor.size.resources}`],
  ["scheduler paused per switch", ({ pausing }) => `${pausing.pausedSeconds.toFixed(2)} s`],
];

/** The head and the rows: one column for each measurement. */
export function measurementRows(measurements: readonly Measurement[]): { head: string[]; rows: string[][] } {
  return {
    head: ["servers", ...measurements.map(({ servers }) => `${servers}`)],
    rows: LINES.map(([name, value]) => [name, ...measurements.map(value)]),
  };
}

export function measurementTable(measurements: readonly Measurement[]): string {
  const { head, rows } = measurementRows(measurements);
  return table(head, rows);
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

/** Head and rows of the stacks that were measured together. */
export function stacksRows(stacks: readonly StacksMeasurement[]): [string[], string[][]] {
  return [
    ["stacks", "servers in each", "previews one after the other", "for each stack", "all at once", "for each stack"],
    stacks.map((one) => [
      `${one.stacks}`,
      `${one.servers}`,
      seconds(one.oneAfterTheOther),
      seconds(one.oneAfterTheOther / one.stacks),
      seconds(one.atOnce),
      seconds(one.atOnce / one.stacks),
    ]),
  ];
}

/** Head and rows of the host program's parts. */
export function hostRows(rows: readonly HostRow[]): [string[], string[][]] {
  const found = ({ seconds }: HostRow) => (seconds === null ? "not on this machine" : `${seconds.toFixed(2)} s`);
  return [["on the server", "seconds"], rows.map((row) => [row.what, found(row)])];
}

export function stacksTable(stacks: readonly StacksMeasurement[]): string {
  return table(...stacksRows(stacks));
}

export function hostTable(rows: readonly HostRow[]): string {
  return table(...hostRows(rows));
}

/** What is compared, and what became worse. */
export function differenceTable(differences: readonly Difference[]): string {
  const rows = differences.map(({ what, servers, unit, before, now, accepted, worse }) => [
    what,
    servers === 0 ? "" : `${servers}`,
    `${before} ${unit}`.trim(),
    `${now} ${unit}`.trim(),
    `${Number(accepted.toFixed(2))}`,
    worse ? "worse" : "ok",
  ]);
  return table(["target", "servers", "recorded", "now", "accepted up to", ""], rows);
}
