/** Runs the host program itself under PowerShell 7, on the model of a server. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ProgramCall } from "../../../model/protocol/host-bootstrap";
import type { Windows } from "../windows";
import { startBridge } from "./bridge";
import { ColdPowerShell } from "./cold";
import type { PowerShell, PowerShellResult } from "./processes";
import { prepareRun, readWindowsScripts } from "./substitution";

/** Hard limit of a run in seconds, longer than the program's own limits. */
const LIMIT_SECONDS = 1800;

export interface PwshRun {
  call: ProgramCall;
  /** The server's execution policy, which PowerShell has on Windows only. */
  policy: string;
  stdin: string;
  windows: Windows;
  /** The emulated server's drives: `C:/x` is `<filesRoot>/C/x`. */
  filesRoot: string;
  /** Receives complete lines of stderr as they appear; these are then not in the result. @default they are */
  stderr?: (text: string) => void;
  /** Kills the run immediately. */
  signal?: AbortSignal;
  limitSeconds?: number;
  /** @default a process of the run's own */
  powershell?: PowerShell;
}

/**
 * @returns what the run printed and its exit code; 137 if it was killed
 * @throws Error if PowerShell cannot be started
 */
export async function runUnderPwsh(run: PwshRun): Promise<PowerShellResult> {
  const { windows, filesRoot, stderr, signal, limitSeconds = LIMIT_SECONDS } = run;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-pwsh-"));
  const bridge = await startBridge(windows);
  try {
    const { call, stdin, programFiles, programData, restoreHashes } = prepareRun(
      run,
      filesRoot,
      folder,
      readWindowsScripts(),
    );
    const powershell = run.powershell ?? new ColdPowerShell(path.join(filesRoot, "../powershell"));
    const result = await powershell.run({
      call,
      stdin,
      environment: {
        ProgramFiles: programFiles,
        ProgramData: programData,
        CSI_BRIDGE_URL: bridge.url,
        CSI_BRIDGE_TOKEN: bridge.token,
      },
      stderr: stderr && ((text) => stderr(restoreHashes(text))),
      signal,
      limitSeconds,
    });
    return { ...result, stdout: restoreHashes(result.stdout), stderr: restoreHashes(result.stderr) };
  } finally {
    await bridge.close();
    // A dead process has released its mutex.
    if (bridge.holdsLock) windows.exitLock();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
