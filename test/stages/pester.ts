/**
 * The stage "pester": the tests of the PowerShell files, in PowerShell. It needs `pwsh` on PATH with Pester; without them
 * it is skipped with the reason, but fails where there must be a PowerShell.
 */
import * as path from "node:path";
import { mustHavePowerShell } from "../helpers/powershell";
import { countsOf, type Counts } from "./counts";
import { ROOT, runProgram } from "./program";

interface PesterRun {
  folder: string;
  limitMilliseconds: number;
  output: { descriptor: number; print: (line: string) => unknown };
  pwsh?: string;
  env?: NodeJS.ProcessEnv;
}

/** How `pester.ps1` ends without Pester. */
const NO_PESTER = 3;

/** Runs the Pester tests below a folder. */
export async function pester(run: PesterRun): Promise<Counts> {
  const { folder, limitMilliseconds, output, pwsh = "pwsh", env = process.env } = run;
  let missing: string | undefined;
  const counts = await countsOf(async (file) => {
    const script = path.join(ROOT, "test", "pester.ps1");
    const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", script, "-Folder", folder, "-CountsFile", file];
    const end = await runProgram(pwsh, args, { limitMilliseconds, output: output.descriptor, env });
    if (end.missing) missing = "no pwsh on PATH";
    else if (end.status === NO_PESTER) missing = "Install-Module Pester -RequiredVersion 5.7.1";
    return !end.missing && end.status === 0;
  });
  if (missing === undefined) return counts;
  const required = mustHavePowerShell(env);
  output.print(required ? `${missing}; this machine must have it` : `skipped: ${missing}`);
  return { passes: 0, failures: required ? 1 : 0, pending: required ? 0 : 1 };
}
