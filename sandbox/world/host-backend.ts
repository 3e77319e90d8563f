/** The program that answers on the emulated servers: the host program in PowerShell 7, or its TypeScript model. */
import { spawnSync } from "node:child_process";
import { CommandError, UsageError } from "../../console/errors";
import { findOnPath } from "../../console/processes/find-on-path";

export type HostBackend = "pwsh" | "model";

const PROBE_LIMIT_MILLISECONDS = 30_000;

/**
 * Chooses by SANDBOX_HOST, else by whether `pwsh` is on PATH.
 *
 * @throws UsageError if SANDBOX_HOST has another value, or requires a `pwsh` that is not on PATH
 */
export function chooseHostBackend(env: NodeJS.ProcessEnv = process.env): HostBackend {
  const asked = env.SANDBOX_HOST || undefined;
  if (asked === "model") return "model";
  const found = findOnPath("pwsh", env.PATH) !== undefined;
  if (asked === undefined) return found ? "pwsh" : "model";
  if (asked !== "pwsh") throw new UsageError(`SANDBOX_HOST is "${asked}"; it must be pwsh or model`);
  if (!found) throw new UsageError("SANDBOX_HOST requires pwsh, but pwsh (PowerShell 7) is not on PATH");
  return "pwsh";
}

/**
 * For people: "PowerShell 7.4.6", "the TypeScript model".
 *
 * @throws CommandError if `pwsh` does not run
 */
export function describeHostBackend(backend: HostBackend, env: NodeJS.ProcessEnv = process.env): string {
  if (backend === "model") return "the TypeScript model of the host program";
  const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()"];
  const probe = spawnSync("pwsh", args, { encoding: "utf8", env, timeout: PROBE_LIMIT_MILLISECONDS });
  const version = probe.status === 0 ? probe.stdout.trim() : "";
  if (/^\d+\.\d+/.test(version)) return `the host program under PowerShell ${version}`;
  throw new CommandError("the pwsh on PATH does not run; repair it, or set SANDBOX_HOST=model");
}
