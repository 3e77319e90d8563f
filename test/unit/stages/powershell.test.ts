/** What becomes of tests that need PowerShell on a machine without it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../../..");
const MOCHA = path.join(ROOT, "node_modules/mocha/bin/mocha.js");

/** The outcome of a file of such tests, with nothing on PATH. */
function run(environment: Record<string, string>) {
  const args = [MOCHA, "--reporter", "json", "test/contract/warm-powershell.test.ts"];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: "/nowhere", ...environment },
    encoding: "utf8",
    timeout: 60_000,
  });
  const { stats } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { stats: Record<string, number> };
  return { passes: stats.passes, failures: stats.failures, pending: stats.pending };
}

describe("Tests that need PowerShell", function () {
  this.timeout(120_000);

  it("without pwsh they must be skipped, but fail with CI=true, unless SANDBOX_HOST=model goes without it", () => {
    const skipped = { passes: 0, failures: 0, pending: 1 };
    assert.deepEqual(run({}), skipped);
    assert.deepEqual(run({ CI: "true" }), { passes: 0, failures: 1, pending: 0 });
    assert.deepEqual(run({ CI: "true", SANDBOX_HOST: "model" }), skipped);
  });
});
