/** Whether tests that need PowerShell 7 run on this machine. A hosted runner has it, so one without it is a failure there. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { Suite } from "mocha";

const PROBE_LIMIT = 30_000;

/** Why no program runs under PowerShell here, null where it does. */
function whyNoPowerShell(): string | null {
  const probe = spawnSync("pwsh", ["-NoLogo", "-NoProfile", "-Command", "exit 0"], { timeout: PROBE_LIMIT });
  return probe.status === 0 ? null : "no pwsh on PATH";
}

/** Whether a machine without PowerShell fails its tests; SANDBOX_HOST=model does without it. */
export function mustHavePowerShell(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.CI === "true" && env.SANDBOX_HOST !== "model";
}

/** Tests that need PowerShell; without it, they are one that is skipped, or fails where there must be one. */
export function describeWithPowerShell(title: string, tests: (this: Suite) => void): void {
  const reason = whyNoPowerShell();
  if (reason === null) {
    describe(title, tests);
    return;
  }
  describe(title, () => {
    if (mustHavePowerShell()) it(`these tests must run: ${reason}`, () => assert.fail(reason));
    else it(`these tests must run (skipped: ${reason})`);
  });
}
