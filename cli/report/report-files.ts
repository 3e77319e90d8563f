/** The files of a report: what is written, and the earlier report that a new one is compared with. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, UsageError } from "../../console/errors";
import { ReportDocument } from "./report-document";
import type { StacksDocument } from "./stacks-document";
import { encodeForJson } from "../../model/text/encoders/json";

export interface WrittenReport {
  html: string;
  json: string;
  markdown: string;
}

const LATEST = "latest.json";
const OWN_NAME = /^\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?\.json$/;

/** A stack's name as that of a folder. */
export const folderName = (stack: string) => stack.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "-");

/** The folder where reports of a stack go unless another one is named. */
export const defaultFolder = (stack: string) => path.join("reports", folderName(stack));

/** The folder where reports on several stacks go unless another one is named. */
export const STACKS_FOLDER = path.join("reports", "stacks");

/**
 * A file's path as one word: absolute, or, if a folder above the current one has a name with spaces, from here.
 * @throws UsageError if neither is one word
 */
export function wordPath(file: string): string {
  const absolute = path.resolve(file);
  const found = [absolute, path.relative(process.cwd(), absolute)].find((name) => !/\s/.test(name));
  if (found !== undefined) return found;
  throw new UsageError(
    `"${file}" contains white space, and a report's path is printed as one word; give another folder`,
  );
}

/** A report file. @throws UsageError if it is none, or of another version */
export function readReport(file: string): ReportDocument {
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a report: ${(error as Error).message.split("\n")[0]}`);
  }
  const parsed = ReportDocument.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${file} is not a report of this version: ${issue.path.join(".") || "it"}: ${issue.message}`);
}

/** Names sort by time, and of those of one second the higher number is the later one. */
const inTime = (name: string) => {
  const [stamp, number = "1"] = name
    .slice(0, -".json".length)
    .split(/Z-?/)
    .filter((part) => part !== "");
  return `${stamp} ${number.padStart(6, "0")}`;
};

/**
 * The newest report of a stack and its tenant in a folder; what cannot be read as one is passed over.
 * @returns null if there is none
 */
export function newestReport(folder: string, stack: string, tenantId: string): ReportDocument | null {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => OWN_NAME.test(name)) : [];
  for (const name of names.sort((left, right) => (inTime(left) < inTime(right) ? 1 : -1))) {
    try {
      const report = readReport(path.join(folder, name));
      if (report.stack === stack && report.tenantId === tenantId) return report;
    } catch {
      // Another file, or a report of another version: try the one before it.
    }
  }
  return null;
}

/** Creates the folder of a report, so that a failure is reported before anything is observed. */
export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new CommandError(`${folder} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, content: string): void {
  const half = `${file}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(half, content);
    fs.renameSync(half, file);
  } catch (error) {
    if (fs.existsSync(half)) fs.rmSync(half);
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** A name that no report in the folder has: `2026-11-26T214007Z`, with a number if that second has one already. */
function freeName(folder: string, takenAt: string): string {
  const stamp = takenAt.replace(/:/g, "").replace(/\.\d+/, "");
  const taken = (name: string) => fs.existsSync(path.join(folder, `${name}.json`));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stamp : `${stamp}-${number}`;
    if (!taken(name)) return name;
  }
}

export const jsonOf = (report: ReportDocument | StacksDocument): string => `${encodeForJson(report, 2)}\n`;

/** Writes the three forms of a report, and the JSON again as the latest one. @returns path of the page */
export function writeReport(
  folder: string,
  report: ReportDocument | StacksDocument,
  forms: Omit<WrittenReport, "json">,
): string {
  const name = freeName(folder, report.takenAt);
  const at = (file: string) => path.join(folder, file);
  const page = at(`${name}.html`);
  writeWhole(page, forms.html);
  writeWhole(at(`${name}.md`), forms.markdown);
  writeWhole(at(`${name}.json`), jsonOf(report));
  writeWhole(at(LATEST), jsonOf(report));
  return page;
}
