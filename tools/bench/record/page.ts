/** The parts of `docs/speed.md` that are made from the recorded measurements. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { REPOSITORY } from "../../../sandbox/folder/folder";
import { hostRows, measurementRows, stacksRows } from "../report";
import type { Verdict } from "../wanted";
import { chart } from "./chart";
import { RECORD_FILE, verdictsOf, type SpeedRecord } from "./record";

export const PAGE_FILE = path.join(REPOSITORY, "docs", "speed.md");
export const CHART_FILE = path.join(REPOSITORY, "docs", "images", "speed.svg");

/** A machine with nothing to do is below it. */
const IDLE_LOAD = 0.5;
const NOT_YET = "Not measured yet.";

/** By the name in the comment before and after each part. */
const PARTS: Record<string, (record: SpeedRecord) => string> = {
  machine: ({ machine }) => {
    const { cpus, node, platform, load } = machine;
    const loads = `${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after`;
    const facts = `Measured last on ${cpus} cores, ${platform}, Node.js ${node}, with a load of ${loads} the measurements.`;
    const busy = load.before > IDLE_LOAD;
    return busy ? `${facts} The machine was not idle: the times are too long, and their ratios uncertain.` : facts;
  },
  wanted: (record) => wantedTable(verdictsOf(record)),
  figures: ({ measurements }) => {
    const trips = [...new Set(measurements.map(({ distance }) => distance?.roundTripMilliseconds ?? 0))];
    const tables = trips.map((trip) => {
      const alike = measurements.filter(({ distance }) => (distance?.roundTripMilliseconds ?? 0) === trip);
      const { head, rows } = measurementRows(alike);
      return markdown(head, rows);
    });
    return tables.join("\n\n");
  },
  stacks: ({ stacks }) => (stacks.length === 0 ? NOT_YET : markdown(...stacksRows(stacks))),
  host: ({ host }) => (host.length === 0 ? NOT_YET : markdown(...hostRows(host))),
};

export const chartOf = ({ measurements }: SpeedRecord) =>
  chart(measurements.filter(({ distance }) => distance === null));

/** @throws Error if a part has no place on the page */
export function fill(page: string, record: SpeedRecord): string {
  return Object.entries(PARTS).reduce((text, [name, part]) => {
    const place = new RegExp(`(<!-- measured: ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`docs/speed.md has no place for "${name}"`);
    const made = part(record);
    const filled = made === "" ? "\n" : `\n${made}\n\n`;
    return text.replace(place, (_all, begin: string, end: string) => `${begin}${filled}${end}`);
  }, page);
}

/** The page with the record's figures, as the formatter writes it. */
export async function pageOf(page: string, record: SpeedRecord): Promise<string> {
  return formatted(fill(page, record), PAGE_FILE);
}

export async function writeRecord(record: SpeedRecord): Promise<void> {
  fs.writeFileSync(RECORD_FILE, await formatted(JSON.stringify(record, null, 2), RECORD_FILE));
  fs.writeFileSync(PAGE_FILE, await pageOf(fs.readFileSync(PAGE_FILE, "utf8"), record));
  fs.writeFileSync(CHART_FILE, chartOf(record));
}

async function formatted(text: string, file: string): Promise<string> {
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
}

/** One row for each target, one column for each number of servers; what is missed is bold. */
function wantedTable(verdicts: readonly Verdict[]): string {
  const counts = [...new Set(verdicts.map(({ servers }) => servers))].filter((count) => count > 0);
  counts.sort((left, right) => left - right);
  const targets = [...new Set(verdicts.map(({ what }) => what))];
  const cell = (what: string, servers: number) => {
    const found = verdicts.find((verdict) => verdict.what === what && verdict.servers === servers);
    if (!found) return "";
    const { value, unit, wanted, ok } = found;
    const measured = `${value} ${unit}`.trim();
    return `${ok ? measured : `**${measured}**`} (${wanted})`;
  };
  const rows = targets.map((what) => {
    const alone = cell(what, 0);
    return [
      what,
      ...(alone === "" ? counts.map((count) => cell(what, count)) : [alone, ...counts.slice(1).map(() => "")]),
    ];
  });
  return markdown(["target", ...counts.map((count) => `${count} server${count === 1 ? "" : "s"}`)], rows);
}

/** A table; the formatter aligns its columns. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = (cell: string) => cell.replace(/^ +/, (blanks) => "&nbsp;".repeat(blanks.length));
  const line = (row: readonly string[]) => `| ${row.map(shown).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
