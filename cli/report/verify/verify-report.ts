/** Holds a report's file against the hash in it, and against one that was kept elsewhere. Reads the file only. */
import * as fs from "node:fs";
import { CommandError, EXIT, UsageError } from "../../../console/errors";
import { print, printJson } from "../../../console/output";
import { verify } from "../origin/report-hash";

export interface VerifyOptions {
  sha256?: string;
  json?: boolean;
}

const HASH = /^[0-9a-f]{64}$/i;

/** The data of a file. @throws UsageError if it is none of a report */
export function dataOf(file: string): object {
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a report: ${(error as Error).message.split("\n")[0]}`);
  }
  const isReport = content !== null && typeof content === "object" && "takenAt" in content && "version" in content;
  if (!isReport) throw new UsageError(`${file} is no report`);
  return content as object;
}

/** @throws UsageError if there is no report, CommandError if it is not as it was written */
export function verifyReport(file: string, { sha256: kept, json }: VerifyOptions): number {
  if (kept !== undefined && !HASH.test(kept)) throw new UsageError("--sha256 is no SHA-256: 64 hexadecimal digits");
  const { state, recorded, computed } = verify(dataOf(file));
  if (state === "without-hash") throw new CommandError(`${file} has no hash: an older version wrote it`);
  if (state === "changed") {
    throw new CommandError(
      `${file} was changed after it was written: it names ${recorded}, and its data has ${computed}`,
    );
  }
  if (kept !== undefined && kept.toLowerCase() !== computed) {
    throw new CommandError(`${file} is another report: its data has ${computed}, and not ${kept.toLowerCase()}`);
  }
  if (json) printJson({ file, sha256: computed, kept: kept !== undefined });
  else print(`as it was written: SHA-256 ${computed}${kept === undefined ? "" : ", which is the one given"}`);
  return EXIT.ok;
}
