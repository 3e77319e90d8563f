/**
 * The scripts of the Windows workflow, as far as they go here: they parse, they refuse to run on a machine that is not thrown
 * away, and the one that needs nothing of Windows runs. That the others work, only the workflow shows.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { workflowCommands } from "../../../tools/host-program/build";
import { loadParser, syntaxErrors } from "./powershell-parser";

const FOLDER = path.join(__dirname, "../../../host-program/Tests/Windows");
const scripts = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".ps1"));
const read = (name: string) => fs.readFileSync(path.join(FOLDER, name), "utf8");
const workflow = fs.readFileSync(path.join(__dirname, "../../../.github/workflows/windows.yml"), "utf8");

function run(name: string) {
  const args = ["-NoProfile", "-NonInteractive", "-File", path.join(FOLDER, name)];
  if (/CommandsFile\b/.test(read(name))) args.push("-CommandsFile", path.join(FOLDER, "commands.json"));
  return spawnSync("pwsh", args, { encoding: "utf8", timeout: 60_000, env: { ...process.env, GITHUB_ACTIONS: "" } });
}

describe("scripts of the Windows workflow", function () {
  this.timeout(120_000);

  it("scripts of the workflow must parse, in ASCII with lines of at most 140 columns", async function () {
    const parse = await loadParser();
    if (!parse) return this.skip();
    assert.ok(scripts.length > 5);
    for (const name of scripts) {
      assert.deepEqual(syntaxErrors(parse(read(name))), [], name);
      assert.doesNotMatch(read(name), /[^\n -~]|^.{141,}$/m, name);
    }
  });

  it("the command lines of the workflow must be those of this project (npm run host-program)", () => {
    assert.equal(read("commands.json"), workflowCommands());
  });

  it("each script must be a step of the workflow", () => {
    for (const name of scripts.filter((each) => each !== "Common.ps1")) {
      assert.ok(workflow.includes(`./host-program/Tests/Windows/${name}`), name);
    }
  });

  it("a script that changes the machine must refuse to run anywhere but on a machine that is thrown away", function () {
    if (run("Cultures.ps1").error) return this.skip();
    for (const name of scripts.filter((each) => !["Common.ps1", "Cultures.ps1"].includes(each))) {
      const { status, stderr } = run(name);
      assert.notEqual(status, 0, name);
      assert.match(stderr, /runs only on a machine of GitHub/, name);
    }
  });

  it("times, hashes and error codes must be the same in cultures with another calendar or other letters", function () {
    const { status, stdout, stderr, error } = run("Cultures.ps1");
    if (error) return this.skip();
    // A PowerShell without the data of cultures proves nothing here.
    if (/not so: this machine knows the calendar/.test(stderr)) return this.skip();
    assert.equal(status, 0, stderr);
    assert.match(stdout, /ok: tr-TR writes an HRESULT/);
  });
});
