/** How long the command takes to answer what needs no stack. */
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { REPOSITORY } from "../../sandbox/folder/folder";
import { median } from "./measurement";

const RUNS = 5;
const LIMIT_MILLISECONDS = 30_000;

/** @returns the median of some runs in seconds, by option */
export function measureStart(): Record<string, number> {
  return Object.fromEntries(["--help", "--version"].map((option) => [option, secondsOf(option)]));
}

function secondsOf(option: string): number {
  const command = [path.join(REPOSITORY, "bin", "connect-sync-identity.js"), option];
  const all = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, command, { stdio: "ignore", timeout: LIMIT_MILLISECONDS });
    if (status !== 0) throw new Error(`connect-sync-identity ${option} ended with exit code ${status}`);
    return (performance.now() - began) / 1000;
  });
  return median(all);
}
