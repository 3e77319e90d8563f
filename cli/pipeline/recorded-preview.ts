/** Files that the commands of a pipeline read: a recorded preview with its exit code, and texts that may be missing. */
import * as fs from "node:fs";
import { UsageError } from "../../console/errors";
import { readPreview, type PreviewReport } from "./preview-report";

/** No preview of hundreds of servers is larger, in bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** The text of a file that an option names. @throws UsageError if it cannot be read */
export function readText(option: string, file: string): string {
  try {
    if (fs.statSync(file).size > LARGEST_FILE) throw new Error("it is too large");
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option} ${file}: ${(error as Error).message}`);
  }
}

/** Text that may be missing: another command writes it if it is there. */
export function readOptional(file: string | undefined): string | undefined {
  return file !== undefined && fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

/**
 * Reads a preview and the exit code beside it (`<file>.code`), as pipelines/run-pulumi.sh writes both.
 * @throws UsageError if one of both is missing: without its exit code a preview cannot be evaluated
 */
export function readRecordedPreview(file: string): PreviewReport {
  const code = readText("--preview", `${file}.code`).trim();
  if (!/^\d{1,3}$/.test(code))
    throw new UsageError(`--preview ${file}.code: "${code.slice(0, 20)}" is not an exit code`);
  return readPreview(readText("--preview", file), Number(code));
}
