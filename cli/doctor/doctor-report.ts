/** The doctor's report: lines for people, at most 100 columns, and one object for programs. Pure. */
import { documentOf, type DiagnosticDocument } from "../../model/diagnostics/diagnostic-document";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { Reader } from "../../model/diagnostics/remedy";
import { isHealthy, printed, type Check, type CheckStatus, type PrintedCheck } from "./doctor-check";
import { encodeText, LONGEST_LINE } from "../../model/text/encoders/text";

/** What `--json` prints; docs/doctor.md describes it. */
export interface DoctorReport {
  /** Raised if a property goes or changes its meaning. */
  version: 1;
  stack: string;
  /** ISO 8601, UTC. */
  takenAt: string;
  healthy: boolean;
  /** Of the settings: empty if there is nothing to say. */
  settings: PrintedCheck[];
  servers: { name: string; checks: PrintedCheck[] }[];
  /** Null if the tenant was not requested. */
  tenant: PrintedCheck[] | null;
  /** What the assessment says of what was asked for: the list that preview and report show. */
  diagnostics: DiagnosticDocument[];
}

/** The results before they are put into words. */
export interface Examination {
  stack: string;
  takenAt: string;
  settings: Check[];
  servers: { name: string; checks: Check[] }[];
  tenant: Check[] | null;
  diagnostics: Diagnostic[];
}

/** @param reader who reads it: remedies are put into their words */
export function makeReport({ stack, takenAt, ...examined }: Examination, reader: Reader): DoctorReport {
  const { settings, servers, tenant } = examined;
  const all = [...settings, ...servers.flatMap(({ checks }) => checks), ...(tenant ?? [])];
  const inWords = (checks: readonly Check[]) => checks.map((check) => printed(check, reader));
  return {
    ...{ version: 1, stack, takenAt, healthy: isHealthy(all) },
    settings: inWords(settings),
    servers: servers.map(({ name, checks }) => ({ name, checks: inWords(checks) })),
    tenant: tenant && inWords(tenant),
    diagnostics: examined.diagnostics.map((diagnostic) => documentOf(diagnostic, reader)),
  };
}

const WIDTH = 100;
const NARROWEST = 40;
const STATUS_WIDTH = 9;
const COLOURS: Record<CheckStatus | "remedy", string> = {
  ok: "32",
  problem: "31",
  notice: "33",
  skipped: "90",
  remedy: "36",
};

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

/** What may be printed, whatever a server or tenant put into a name. */
const printable = (text: string) => encodeText(text.replace(/\s+/g, " "), LONGEST_LINE);

function checkLines({ check, status, text, remedy, hostKey }: PrintedCheck, colour: boolean, width: number): string[] {
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
function gathered(checks: readonly PrintedCheck[]): PrintedCheck[] {
  const lines: PrintedCheck[] = [];
  for (const check of checks) {
    const last = lines.at(-1);
    if (last?.status === "skipped" && check.status === "skipped" && last.text === check.text) {
      lines[lines.length - 1] = { ...last, check: `${last.check}, ${check.check}` };
    } else lines.push(check);
  }
  return lines;
}

function section(title: string, checks: readonly PrintedCheck[], colour: boolean, width: number): string[] {
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
    `${stack}: ${result}; ${of("ok")} ok, ${of("skipped")} skipped${of("notice") > 0 ? `, ${count(of("notice"), "notice")}` : ""}`,
    "",
  ].join("\n");
}
