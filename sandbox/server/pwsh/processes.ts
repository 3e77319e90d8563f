/** What a start of PowerShell is given and what comes back, whether the process is its own or one that is warm. */
import type { ChildProcess } from "node:child_process";
import type { ProgramCall } from "../../../model/protocol/host-bootstrap";
import * as fs from "node:fs";

/** Exit code of a killed run, as a shell reports it. */
export const KILLED = 137;

/** One script or file to run. */
export interface PowerShellCall {
  call: ProgramCall;
  stdin: string;
  /** In addition to the environment that every PowerShell here has. */
  environment: Record<string, string>;
  /** Receives complete lines of stderr as they appear; these are then not in the result. @default they are */
  stderr?: (text: string) => void;
  /** Kills the run immediately. */
  signal?: AbortSignal;
  limitSeconds: number;
}

export interface PowerShellResult {
  stdout: string;
  stderr: string;
  /** {@link KILLED} if it was killed. */
  exitCode: number;
}

/** Runs scripts under PowerShell 7. */
export interface PowerShell {
  /** @throws Error if PowerShell cannot be started */
  run(call: PowerShellCall): Promise<PowerShellResult>;
}

export const ARGUMENTS = ["-NoLogo", "-NoProfile", "-NonInteractive", "-OutputFormat", "Text"];

/** What PowerShell may need to start if it was installed with .NET or without the ICU libraries. */
const RUNTIME_VARIABLES = ["DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "LD_LIBRARY_PATH"];

/**
 * From the user's own environment only the path and what the runtime needs; HOME is a folder of ours, so that no profile
 * or cache of the user's is used.
 */
export function baseEnvironment(home: string): Record<string, string> {
  fs.mkdirSync(home, { recursive: true });
  const runtime = ["PATH", ...RUNTIME_VARIABLES].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(runtime),
    HOME: home,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    TERM: "dumb",
    POWERSHELL_TELEMETRY_OPTOUT: "1",
    POWERSHELL_UPDATECHECK: "Off",
  };
}

/** Passes on each complete line of stderr. */
export class Lines {
  /** What has not been passed on. */
  rest = "";

  constructor(private readonly pass?: (text: string) => void) {}

  add(text: string): void {
    this.rest += text;
    if (!this.pass) return;
    const end = this.rest.lastIndexOf("\n") + 1;
    if (end > 0) this.pass(this.rest.slice(0, end));
    this.rest = this.rest.slice(end);
  }
}

/** Kills a process that leads a group, with its child processes. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Calls `kill` when the call is aborted or has lasted too long; what it returns ends that. */
export function killWhenDue(call: PowerShellCall, kill: () => void): () => void {
  const limit = setTimeout(kill, call.limitSeconds * 1000);
  call.signal?.addEventListener("abort", kill, { once: true });
  return () => {
    clearTimeout(limit);
    call.signal?.removeEventListener("abort", kill);
  };
}
