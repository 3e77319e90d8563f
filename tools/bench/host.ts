/**
 * The host program under the PowerShell of this machine: what each start costs before it does anything, and whole operations
 * over SSH, with the model of Windows behind them.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UsageError } from "../../console/errors";
import { findOnPath } from "../../console/processes/find-on-path";
import { Sandbox } from "../../sandbox/sandbox";
import { idlePreview, mainProgram, up } from "./program";
import { Stopwatch } from "./stopwatch";
import { spansSince } from "./traffic";

const SCRIPT = path.join(__dirname, "Measure-Host.ps1");
const LIMIT_MILLISECONDS = 300_000;

/** One part; null if it does not exist on this machine. */
export interface HostRow {
  what: string;
  seconds: number | null;
}

interface HostOptions {
  deadline: () => number;
  log: (line: string) => void;
}

/** @throws UsageError without PowerShell; BenchError if Pulumi fails */
export async function measureHost({ deadline, log }: HostOptions): Promise<HostRow[]> {
  const shell = process.platform === "win32" ? "powershell" : "pwsh";
  if (findOnPath(shell) === null) throw new UsageError(`--host needs ${shell} on PATH`);
  log(`the host program under ${shell}: its start`);
  const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", SCRIPT, "-AsJson"];
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", timeout: LIMIT_MILLISECONDS });
  if (status !== 0) throw new Error(`Measure-Host.ps1 ended with exit code ${status}: ${stderr}`);
  const rows = JSON.parse(stdout) as HostRow[];
  // The emulated servers run the program under PowerShell 7 only.
  return process.platform === "win32" ? rows : [...rows, ...(await operations({ deadline, log }))];
}

async function operations({ deadline, log }: HostOptions): Promise<HostRow[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-bench-"));
  const chosen = process.env.SANDBOX_HOST;
  process.env.SANDBOX_HOST = "pwsh";
  const sandbox = await Sandbox.open({ folder, command: "npm run bench", serverCount: 1, log });
  try {
    await sandbox.start();
    const stopwatch = new Stopwatch(sandbox, deadline());
    log("the host program under pwsh: its operations");
    const program = mainProgram(sandbox);
    const lengths = (spans: ReturnType<ReturnType<typeof spansSince>>) =>
      spans.flat().map(({ begin, end }) => (end - begin) / 1000);
    const inUp = spansSince(sandbox);
    await up(stopwatch, program);
    const ofUp = lengths(inUp());
    const inPreview = spansSince(sandbox);
    await idlePreview(stopwatch, program);
    const sum = ofUp.reduce((total, seconds) => total + seconds, 0);
    return [
      { what: "observe, over SSH, in a preview", seconds: Math.max(...lengths(inPreview())) },
      { what: `all ${ofUp.length} sessions of a first up`, seconds: sum },
      { what: "the longest of them, the registration", seconds: Math.max(...ofUp) },
    ];
  } finally {
    await sandbox.close();
    fs.rmSync(folder, { recursive: true, force: true });
    if (chosen === undefined) delete process.env.SANDBOX_HOST;
    else process.env.SANDBOX_HOST = chosen;
  }
}
