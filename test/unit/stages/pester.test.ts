/** The stage "pester", with a stand-in for `pwsh`. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pester } from "../../stages/pester";

describe("The stage pester", function () {
  this.timeout(20_000);
  let folder: string;
  let said: string[];
  let descriptor: number;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pester-stage-"));
    descriptor = fs.openSync(path.join(folder, "output"), "w");
  });
  beforeEach(() => (said = []));
  after(() => {
    fs.closeSync(descriptor);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function stage(shell: string | null, env: NodeJS.ProcessEnv = {}, limitMilliseconds = 10_000) {
    const pwsh = path.join(folder, "pwsh");
    fs.rmSync(pwsh, { force: true });
    // The last argument is the file for the counts.
    if (shell !== null) fs.writeFileSync(pwsh, `#!/bin/sh\nfor last; do :; done\n${shell}\n`, { mode: 0o755 });
    const output = { descriptor, print: (line: string) => said.push(line) };
    return pester({ folder, limitMilliseconds, pwsh, env: { PATH: process.env.PATH, ...env }, output });
  }

  it("without pwsh or Pester the stage must be skipped with the reason, but fail on a hosted runner", async () => {
    for (const [shell, reason] of [
      [null, "no pwsh on PATH"],
      ["exit 3", "Install-Module Pester -RequiredVersion 5.7.1"],
    ] as const) {
      assert.deepEqual(await stage(shell), { passes: 0, failures: 0, pending: 1 });
      assert.deepEqual(await stage(shell, { CI: "true" }), { passes: 0, failures: 1, pending: 0 });
      const model = { CI: "true", SANDBOX_HOST: "model" };
      assert.deepEqual(await stage(shell, model), { passes: 0, failures: 0, pending: 1 });
      assert.ok(said.length === 3 && said.every((line) => line.includes(reason)), said.join("\n"));
      said = [];
    }
  });

  it("a run without counts, or one that fails without a failed test, must count as one failure", async () => {
    assert.deepEqual(await stage("exit 0"), { passes: 0, failures: 1, pending: 0 });
    assert.deepEqual(await stage("exec sleep 60", {}, 200), { passes: 0, failures: 1, pending: 0 });
    const write = (status: number) => `echo '{"passes":2,"failures":0,"pending":1}' > "$last"; exit ${status}`;
    assert.deepEqual(await stage(write(1)), { passes: 2, failures: 1, pending: 1 });
    assert.deepEqual(await stage(write(0)), { passes: 2, failures: 0, pending: 1 });
  });
});
