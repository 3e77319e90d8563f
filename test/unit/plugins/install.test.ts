/** Installation of the stand-ins, and what is installed: a process that speaks the plugin protocol. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { installStandIns, removeStandIns, STAND_INS, standInsInstalled } from "../../../sandbox/plugins/install";

describe("stand-in installation", () => {
  let home: string;
  const launcher = (name: string, version: string) =>
    path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);

  beforeEach(() => void (home = fs.mkdtempSync(path.join(os.tmpdir(), "stand-in home's "))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  it("the installation must put each plugin once where the engine looks for it", () => {
    assert.equal(standInsInstalled(home), false);
    installStandIns(home);
    assert.equal(standInsInstalled(home), true);
    const files = STAND_INS.map(({ name, version }) => launcher(name, version));
    const times = files.map((file) => fs.statSync(file).mtimeMs);
    for (const file of files) assert.ok(fs.statSync(file).mode & 0o100, `${file} is executable`);
    installStandIns(home);
    assert.deepEqual(
      files.map((file) => fs.statSync(file).mtimeMs),
      times,
    );
  });

  it("the installation must be repeated if it is old or was interrupted", () => {
    installStandIns(home);
    fs.rmSync(launcher("command", "1.2.1"));
    assert.equal(standInsInstalled(home), false);
    installStandIns(home);
    fs.writeFileSync(path.join(home, "stand-ins", "digest"), "of other sources");
    assert.equal(standInsInstalled(home), false);
  });

  it("the installation must leave no file that the engine takes for an unfinished download", () => {
    const folder = path.dirname(launcher("azuread", "6.9.1"));
    fs.mkdirSync(folder, { recursive: true });
    for (const leftover of [`${folder}.lock`, `${folder}.partial`]) fs.writeFileSync(leftover, "");
    installStandIns(home);
    assert.deepEqual(fs.readdirSync(path.join(home, "plugins")).sort(), [
      "resource-azuread-v6.9.1",
      "resource-command-v1.2.1",
    ]);
  });

  it("the installation must not remove a real plugin", () => {
    installStandIns(home);
    fs.writeFileSync(launcher("azuread", "6.9.1"), "a real plugin");
    removeStandIns(home);
    assert.ok(fs.existsSync(launcher("azuread", "6.9.1")));
    assert.ok(!fs.existsSync(launcher("command", "1.2.1")));
    assert.ok(!fs.existsSync(path.join(home, "stand-ins")));
  });

  it("each plugin must start as the engine starts it: only a port on stdout, and an end with its parent", async () => {
    installStandIns(home);
    for (const { name, version } of STAND_INS) {
      const child = spawn(launcher(name, version), ["--logtostderr", "127.0.0.1:1"], {
        stdio: ["pipe", "pipe", "pipe"],
      });
      const output: string[] = [];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      assert.match(output.join(""), /^\d+\n$/);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
  }).timeout(20_000);

  it("each plugin must end with the process that started it", async () => {
    installStandIns(home);
    const start = `const child = require("node:child_process").spawn(process.argv[1], [], { stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => { console.log(child.pid); process.kill(process.pid, "SIGKILL"); });`;
    const parent = spawn(process.execPath, ["-e", start, launcher("command", "1.2.1")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(
      await new Promise((resolve) => parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()))),
    );
    const deadline = Date.now() + 10_000;
    while (isRunning(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    const left = isRunning(pid);
    if (left) process.kill(pid, "SIGKILL");
    assert.equal(left, false);
  }).timeout(20_000);
});

/** A process that has ended but was not waited for does not count. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !fs.existsSync(stat) || !/\) Z /.test(fs.readFileSync(stat, "utf8"));
}
