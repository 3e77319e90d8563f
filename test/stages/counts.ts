/** What a stage counts. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface Counts {
  passes: number;
  failures: number;
  pending: number;
}

export const ONE_PASSED: Counts = { passes: 1, failures: 0, pending: 0 };
export const ONE_FAILED: Counts = { passes: 0, failures: 1, pending: 0 };

/**
 * What a program wrote into its file for counts; a run that ends without them (a kill, a crash), or that fails without a
 * failed test, is one failure.
 *
 * @param run runs the program with the file's name; true if it succeeded
 */
export async function countsOf<T extends Counts>(run: (file: string) => Promise<boolean>): Promise<T | Counts> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-counts-"));
  try {
    const file = path.join(folder, "counts.json");
    const succeeded = await run(file);
    if (!fs.existsSync(file)) return ONE_FAILED;
    const counts = JSON.parse(fs.readFileSync(file, "utf8")) as T;
    return !succeeded && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export function sum(all: readonly Counts[]): Counts {
  const of = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return { passes: of("passes"), failures: of("failures"), pending: of("pending") };
}
