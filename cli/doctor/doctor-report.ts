/** The doctor's report: lines for people, as wide as the terminal and at most 100 columns, and one object for programs. Pure. */
import type { Check, CheckStatus } from "./doctor-check";
import { isHealthy } from "./doctor-check";

/** What `--json` prints; docs/doctor.md describes it. */
export interface DoctorReport {
  /** Raised where a property goes or changes its meaning. */
  version: 1;
  stack: string;
  /** ISO 8601, UTC. */
  takenAt: string;
  healthy: boolean;
  /** Of the settings: empty where there is nothing to say. */
  settings: Check[];
  servers: { name: string; checks: Check[] }[];
  /** Null where the tenant was not asked for. */
  tenant: Check[] | null;
}

export function makeReport(parts: Omit<DoctorReport, "version" | "healthy">): DoctorReport {
  const all = [...parts.settings, ...parts.servers.flatMap(({ checks }) => checks), ...(parts.tenant ?? [])];
  const { stack, takenAt, settings, servers, tenant } = parts;
  return { version: 1, stack, takenAt, healthy: isHealthy(all), settings, servers, tenant };
}

const WIDTH = 100;
const NARROWEST = 40;
const STATUS_WIDTH = 9;
const COLOURS: Record<CheckStatus | "remedy", string> = { ok: "32", problem: "31", skipped: "90", remedy: "36" };

/** Text in lines of at most `width`; a word that is longer, such as a host key, is cut into pieces of that width. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const pieces = word.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
    for (const piece of pieces) {
      if (line !== "" && line.length + 1 + piece.length > width) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  return [...lines, line];
}

/** What may be printed: no control characters, whatever a server or tenant put into a name. */
const printable = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, " ");

function checkLines({ check, status, text, remedy, hostKey }: Check, colour: boolean, width: number): string[] {
  const paint = (label: CheckStatus | "remedy") => {
    const padded = label.padEnd(STATUS_WIDTH);
    return colour ? `\u001b[${COLOURS[label]}m${padded}\u001b[0m` : padded;
  };
  const rows = (label: CheckStatus | "remedy", content: string) => {
    const [first, ...rest] = wrap(printable(content), width - 2 - STATUS_WIDTH);
    return [`  ${paint(label)}${first}`, ...rest.map((line) => `  ${" ".repeat(STATUS_WIDTH)}${line}`)];
  };
  const lines = rows(status, `${check}: ${text}`);
  if (remedy !== "") lines.push(...rows("remedy", remedy));
  // As it is to be copied: in one line, whatever its length.
  if (hostKey && status === "problem") lines.push(`    hostKey: ${hostKey}`);
  return lines;
}

/** Checks that were skipped one after the other for the same reason, as one line. */
function gathered(checks: readonly Check[]): Check[] {
  const lines: Check[] = [];
  for (const check of checks) {
    const last = lines.at(-1);
    if (last?.status === "skipped" && check.status === "skipped" && last.text === check.text) {
      lines[lines.length - 1] = { ...last, check: `${last.check}, ${check.check}` };
    } else lines.push(check);
  }
  return lines;
}

function section(title: string, checks: readonly Check[], colour: boolean, width: number): string[] {
  const lines = gathered(checks).flatMap((check) => checkLines(check, colour, width));
  return checks.length === 0 ? [] : [title, ...lines, ""];
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** The report as a person reads it. */
export function formatReport(report: DoctorReport, colour: boolean, columns = WIDTH): string {
  const width = Math.max(NARROWEST, Math.min(WIDTH, columns));
  const { settings, servers, tenant, stack } = report;
  const all = [...settings, ...servers.flatMap(({ checks }) => checks), ...(tenant ?? [])];
  const of = (status: CheckStatus) => all.filter((check) => check.status === status).length;
  const result = report.healthy ? "healthy" : count(of("problem"), "problem");
  return [
    ...section("settings", settings, colour, width),
    ...servers.flatMap(({ name, checks }) => section(printable(name), checks, colour, width)),
    ...section("tenant", tenant ?? [], colour, width),
    `${stack}: ${result}; ${of("ok")} ok, ${of("skipped")} skipped`,
    "",
  ].join("\n");
}
