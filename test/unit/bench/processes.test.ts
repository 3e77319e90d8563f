import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { ProcessWatch } from "../../../tools/bench/processes";

describe("the processes of a run", () => {
  /** Uses a processor for 0.2 s and 50 MB, says so, and ends when its stdin does. */
  const BUSY =
    "const full = Buffer.alloc(5e7, 1); while (process.cpuUsage().user < 2e5); console.log(full.length); process.stdin.resume()";
  /** Starts the same below itself, as Pulumi does with its plugins. */
  const STARTER =
    "require('child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' }); process.stdin.resume()";

  it("a process that was started by another one must be counted by what it is, with its time and memory", async function () {
    if (!fs.existsSync("/proc/self/stat")) return this.skip();
    const watch = new ProcessWatch();
    const args = ["-e", STARTER, "--", "-e", BUSY, "@pulumi/pulumi/cmd/run"];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const uses = watch.stop()!;
    child.stdin.end();
    await once(child, "exit");
    const program = uses.filter(({ kind }) => kind === "the program");
    assert.equal(program.length, 1);
    assert.ok(program[0].cpuSeconds >= 0.2, `${program[0].cpuSeconds} s`);
    assert.ok(program[0].peakBytes >= 5e7, `${program[0].peakBytes} bytes`);
  });

  it("a system without /proc must have no figures, rather than zeros", () => {
    assert.equal(new ProcessWatch("/there-is-no-such-folder").stop(), null);
  });
});
