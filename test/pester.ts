/**
 * The stage "pester": the tests of the PowerShell files, in PowerShell. It needs `pwsh` on PATH with Pester; without them
 * it is skipped with the reason, but fails where there must be a PowerShell.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { mustHavePowerShell } from "./helpers/powershell";

export interface Counts {
  passes: number;
  failures: number;
  pending: number;
}

interface PesterRun {
  folder: string;
  limit: number;
  pwsh?: string;
  env?: NodeJS.ProcessEnv;
  log?: (line: string) => void;
}

/** How `pester.ps1` ends without Pester. */
const NO_PESTER = 3;

/** Runs the Pester tests below a folder; a run that ends without its counts (a kill, a crash) is one failure. */
export function pester({ folder, limit, pwsh = "pwsh", env = process.env, log = console.log }: PesterRun): Counts {
  const missing = (reason: string): Counts => {
    const required = mustHavePowerShell(env);
    log(required ? `${reason}; this machine must have it` : `skipped: ${reason}`);
    return { passes: 0, failures: required ? 1 : 0, pending: required ? 0 : 1 };
  };
  const results = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-pester-"));
  try {
    const file = path.join(results, "counts.json");
    const script = path.join(__dirname, "pester.ps1");
    const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", script, "-Folder", folder, "-CountsFile", file];
    const child = spawnSync(pwsh, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env,
      timeout: limit,
      killSignal: "SIGKILL",
    });
    if ((child.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return missing("no pwsh on PATH");
    if (child.status === NO_PESTER) return missing("Install-Module Pester -RequiredVersion 5.7.1");
    if (!fs.existsSync(file)) return { passes: 0, failures: 1, pending: 0 };
    const counts = JSON.parse(fs.readFileSync(file, "utf8")) as Counts;
    return child.status !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
  } finally {
    fs.rmSync(results, { recursive: true, force: true });
  }
}
