/** Runs the host program itself under PowerShell 7, on the model of a server. */
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ProgramCall } from "../../../model/protocol/host-bootstrap";
import type { Windows } from "../windows";
import { startBridge, type Bridge } from "./bridge";
import { prepareRun, readWindowsScripts, type PreparedRun } from "./substitution";

/** Hard limit of a run in seconds, longer than the program's own limits. */
const LIMIT_SECONDS = 1800;
/** Exit code of a killed run, as a shell reports it. */
const KILLED = 137;

export interface PwshRun {
  call: ProgramCall;
  /** The server's execution policy, which PowerShell has on Windows only. */
  policy: string;
  stdin: string;
  windows: Windows;
  /** The emulated server's drives: `C:/x` is `<filesRoot>/C/x`. */
  filesRoot: string;
  /** CA of the emulated tenant. */
  caFile: string;
  /** Receives complete lines of stderr as they appear; these are then not in the result. @default they are */
  stderr?: (text: string) => void;
  /** Kills the run immediately. */
  signal?: AbortSignal;
  limitSeconds?: number;
  /** The PowerShell to run, for tests. */
  command?: string;
}

export interface PwshResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/**
 * @returns what the run printed and its exit code; 137 if it was killed
 * @throws Error if PowerShell cannot be started
 */
export async function runUnderPwsh(run: PwshRun): Promise<PwshResult> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-pwsh-"));
  const bridge = await startBridge(run.windows);
  try {
    const prepared = prepareRun(run, run.filesRoot, folder, readWindowsScripts());
    const result = await runProcess(run, prepared, environment(prepared, bridge, folder, run.caFile));
    return {
      stdout: prepared.restoreHashes(result.stdout),
      stderr: prepared.restoreHashes(result.stderr),
      exitCode: result.exitCode,
    };
  } finally {
    await bridge.close();
    // A dead process has released its mutex.
    if (bridge.holdsLock) run.windows.exitLock();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What PowerShell may need to start if it was installed with .NET or without the ICU libraries. */
const RUNTIME_VARIABLES = ["DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "LD_LIBRARY_PATH"];

/**
 * From the user's own environment only the path and what the runtime needs; HOME is the run's own, so that
 * no profile or cache is used.
 */
function environment(prepared: PreparedRun, bridge: Bridge, home: string, caFile: string): NodeJS.ProcessEnv {
  const runtime = RUNTIME_VARIABLES.filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(runtime.map((name) => [name, process.env[name]])),
    PATH: process.env.PATH,
    HOME: home,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    TERM: "dumb",
    POWERSHELL_TELEMETRY_OPTOUT: "1",
    POWERSHELL_UPDATECHECK: "Off",
    ProgramFiles: prepared.programFiles,
    ProgramData: prepared.programData,
    CSI_BRIDGE_URL: bridge.url,
    CSI_BRIDGE_TOKEN: bridge.token,
    SSL_CERT_FILE: caFile,
  };
}

function runProcess(run: PwshRun, prepared: PreparedRun, env: NodeJS.ProcessEnv): Promise<PwshResult> {
  const args = ["-NoLogo", "-NoProfile", "-NonInteractive", ...startArguments(prepared.call)];
  return new Promise((resolve, reject) => {
    if (run.signal?.aborted) return resolve({ stdout: "", stderr: "", exitCode: KILLED });
    // In its own process group, so that all its child processes end with it.
    const child = spawn(run.command ?? "pwsh", args, { env, detached: true, stdio: "pipe" });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output.stderr += text;
      if (!run.stderr) return;
      const end = output.stderr.lastIndexOf("\n") + 1;
      if (end > 0) run.stderr(prepared.restoreHashes(output.stderr.slice(0, end)));
      output.stderr = output.stderr.slice(end);
    });
    // A program that refuses early does not read its stdin; its answer counts.
    child.stdin.on("error", () => undefined);
    child.stdin.end(prepared.stdin);
    const kill = () => killGroup(child);
    const limit = setTimeout(kill, (run.limitSeconds ?? LIMIT_SECONDS) * 1000);
    run.signal?.addEventListener("abort", kill, { once: true });
    const done = () => {
      clearTimeout(limit);
      run.signal?.removeEventListener("abort", kill);
    };
    child.on("error", (error) => {
      done();
      reject(new Error(`PowerShell cannot be started: ${error.message}`));
    });
    child.on("close", (code) => {
      done();
      resolve({ ...output, exitCode: code ?? KILLED });
    });
  });
}

function startArguments(call: ProgramCall): string[] {
  if ("file" in call) return ["-File", call.file, ...call.args];
  return ["-EncodedCommand", Buffer.from(call.script, "utf16le").toString("base64")];
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
