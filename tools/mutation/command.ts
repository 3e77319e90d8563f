/** How the tests of a mutant are started. */
import { spawn } from "node:child_process";
import type { Test } from "./mutant";

/** A test that takes longer does not end: a mutant can make a loop endless. */
const LIMIT = 300_000;

const running = new Set<number>();
process.once("exit", () => running.forEach(killGroup));

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

interface Command {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

const PESTER = [
  "$ErrorActionPreference = 'Stop'",
  "Import-Module -Name Pester -MinimumVersion 5.7.1 -MaximumVersion 5.99.99",
  "$configuration = New-PesterConfiguration",
  "$configuration.Run.Path = $env:MUTANT_FILE",
  "$configuration.Run.PassThru = $true",
  "if ($env:MUTANT_TITLE) { $configuration.Filter.FullName = '*' + $env:MUTANT_TITLE + '*' }",
  "$configuration.Output.Verbosity = 'Normal'",
  "$configuration.Run.SkipRemainingOnFailure = 'Run'",
  "$result = Invoke-Pester -Configuration $configuration",
  "$failures = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount",
  "exit [int] ($failures -gt 0 -or $result.PassedCount -eq 0)",
].join("; ");

/** The command that runs a test, started in the root of a copy of the repository. */
function commandOf(test: Test): Command {
  if ("pester" in test) {
    const env = { MUTANT_FILE: `host-program/Tests/${test.pester}`, MUTANT_TITLE: test.title ?? "" };
    return { program: "pwsh", args: ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", PESTER], env };
  }
  const mocha = (file: string, title: string | undefined, env: NodeJS.ProcessEnv = {}): Command => ({
    program: process.execPath,
    // Without a match mocha ends well: --fail-zero.
    args: ["node_modules/mocha/bin/mocha.js", "--fail-zero", "--bail", file, ...(title ? ["--grep", title] : [])],
    env,
  });
  return "contract" in test
    ? mocha("test/contract/host-protocol.test.ts", test.contract, { SANDBOX_HOST: test.host })
    : mocha(`test/unit/${test.unit}`, test.title);
}

/** Whether a test passes; `output` is the end of what it printed. */
export function runTest(test: Test, folder: string): Promise<{ passes: boolean; output: string }> {
  const { program, args, env } = commandOf(test);
  return new Promise((resolve, reject) => {
    // In a process group of its own, so that everything that it started ends with it.
    const options = { cwd: folder, env: { ...process.env, ...env }, detached: true, stdio: "pipe" as const };
    const child = spawn(program, args, options);
    if (child.pid !== undefined) running.add(child.pid);
    let output = "";
    const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.stdin.end();
    const timer = setTimeout(() => killGroup(child.pid!), LIMIT);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child.pid!);
      resolve({ passes: code === 0, output: code === null ? `${output}\n(ended after ${LIMIT / 1000} s)` : output });
    });
  });
}

/** A test on one line. */
export function nameOf(test: Test): string {
  if ("pester" in test) return [test.pester, test.title].filter(Boolean).join(": ");
  if ("contract" in test) return `contract (${test.host === "pwsh" ? "program" : "stand-in"}): ${test.contract}`;
  return [test.unit, test.title].filter(Boolean).join(": ");
}
