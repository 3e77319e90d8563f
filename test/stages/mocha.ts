/** A stage of mocha's. */
import * as fs from "node:fs";
import * as path from "node:path";
import { countsOf, type Counts } from "./counts";
import { ROOT, succeeds } from "./program";
import type { Stage } from "./side-by-side";

/** What `test/helpers/counting-reporter.js` writes: also the milliseconds of each file, with its hooks. */
interface MochaCounts extends Counts {
  files: Record<string, number>;
}

interface MochaOptions {
  patterns: string[];
  /** Of one test, unless it has its own. @default that of .mocharc.json */
  timeoutMinutes?: number;
  /** Files side by side, each in a process of its own. @default 1 */
  jobs?: number;
  env?: NodeJS.ProcessEnv;
}

/** So many of the files that took longest are named. */
const SLOWEST = 5;

export function mocha({ patterns, timeoutMinutes, jobs = 1, env = {} }: MochaOptions): Stage["run"] {
  return async (limitMilliseconds, output) => {
    const args = [
      path.join(ROOT, "node_modules", "mocha", "bin", "mocha.js"),
      ...(timeoutMinutes === undefined ? [] : ["--timeout", String(timeoutMinutes * 60_000)]),
      ...(jobs === 1 ? [] : ["--parallel", "--jobs", String(jobs)]),
      ...(jobs === 1 ? patterns : longestFirst(fs.globSync(patterns, { cwd: ROOT }))),
    ];
    const counts = await countsOf<MochaCounts>((file) => {
      const all = { ...process.env, ...env, TEST_COUNTS: file };
      return succeeds(process.execPath, args, { limitMilliseconds, output: output.descriptor, env: all });
    });
    if ("files" in counts) output.print(slowest(counts.files));
    return counts;
  };
}

/** By size, which is a fair guess of the time: the short ones come last, so that all jobs end at about the same time. */
export function longestFirst(files: readonly string[], folder = ROOT): string[] {
  const size = new Map(files.map((file) => [file, fs.statSync(path.resolve(folder, file)).size]));
  return [...files].sort((left, right) => size.get(right)! - size.get(left)!);
}

/** One line with the files that took longest. */
export function slowest(files: Record<string, number>): string {
  const slow = Object.entries(files)
    .sort(([, left], [, right]) => right - left)
    .slice(0, SLOWEST);
  return `   slowest: ${slow.map(([file, milliseconds]) => `${file} ${Math.round(milliseconds / 1000)} s`).join(", ")}`;
}
