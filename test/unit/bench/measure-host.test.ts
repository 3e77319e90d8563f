/** The script that measures the start of the host program. How long it takes under Windows PowerShell, only the workflow shows. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { HostRow } from "../../../tools/bench/host";
import { loadParser, syntaxErrors } from "../host/powershell-parser";
import { describeWithPowerShell } from "../../helpers/powershell";

const ROOT = path.join(__dirname, "../../..");
const SCRIPT = path.join(ROOT, "tools/bench/Measure-Host.ps1");
const text = fs.readFileSync(SCRIPT, "utf8");

describe("the script that measures a start of the host program", () => {
  it("it must parse, in ASCII with lines of at most 140 columns", async function () {
    const parse = await loadParser();
    if (!parse) return this.skip();
    assert.deepEqual(syntaxErrors(parse(text)), []);
    assert.doesNotMatch(text, /[^\n -~]|^.{141,}$/m);
  });

  it("the workflow for Windows must run it under Windows PowerShell 5.1, and analyse it", () => {
    const workflow = fs.readFileSync(path.join(ROOT, ".github/workflows/windows.yml"), "utf8");
    assert.match(workflow, /shell: powershell\n +run: \.\/tools\/bench\/Measure-Host\.ps1\n/);
    assert.match(workflow, /'host', 'host-program', 'tools\/bench'/);
  });

  describeWithPowerShell("under PowerShell 7", function () {
    this.timeout(300_000);

    it("it must have a time for each part of a start, and none for a module that is not there", () => {
      const args = ["-NoProfile", "-NonInteractive", "-File", SCRIPT, "-Runs", "1", "-AsJson"];
      const { status, stdout, stderr } = spawnSync("pwsh", args, { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      const rows = JSON.parse(stdout) as HostRow[];
      const parts = rows.filter(({ what }) => !what.startsWith("module "));
      assert.equal(parts.length, 4);
      assert.ok(parts.every(({ seconds }) => seconds !== null && seconds > 0));
      assert.equal(rows.find(({ what }) => what === "module ADSync")?.seconds, null);
    });
  });
});
