/** What answers on the emulated servers: the host program itself under PowerShell 7, or its TypeScript model. */
import { spawnSync } from "node:child_process";
import { UsageError } from "./problems";

export interface HostBackend {
  kind: "pwsh" | "model";
  /** For people: "PowerShell 7.4.6", "the TypeScript model". */
  description: string;
}

const PROBE_LIMIT_MILLISECONDS = 30_000;

/** Version of the `pwsh` on PATH, null where there is none that runs. */
function pwshVersion(env: NodeJS.ProcessEnv): string | null {
  const probe = spawnSync("pwsh", ["-NoLogo", "-NoProfile", "-Command", "$PSVersionTable.PSVersion.ToString()"], {
    encoding: "utf8",
    env,
    timeout: PROBE_LIMIT_MILLISECONDS,
  });
  const version = probe.status === 0 ? probe.stdout.trim() : "";
  return /^\d+\.\d+/.test(version) ? version : null;
}

/**
 * Chooses by SANDBOX_HOST, else by whether `pwsh` is on PATH.
 *
 * @throws UsageError where SANDBOX_HOST asks for something else, or for a `pwsh` that is not there
 */
export function chooseHostBackend(env: NodeJS.ProcessEnv = process.env): HostBackend {
  const asked = env.SANDBOX_HOST || undefined;
  if (asked !== undefined && asked !== "pwsh" && asked !== "model") {
    throw new UsageError(`SANDBOX_HOST is "${asked}"; it may be pwsh or model`);
  }
  const version = asked === "model" ? null : pwshVersion(env);
  if (version !== null) return { kind: "pwsh", description: `PowerShell ${version}` };
  if (asked === "pwsh") throw new UsageError("SANDBOX_HOST asks for pwsh, but no PowerShell 7 runs as pwsh from PATH");
  return { kind: "model", description: "the TypeScript model of the host program" };
}
