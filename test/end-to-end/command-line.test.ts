/**
 * The commands as a person gives them, through npm: stages, exit codes, stdout byte for byte, Ctrl-C, two at once.
 * What Pulumi does to tenant and servers is the other files' business.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxLock } from "../../sandbox/folder/lock";
import { Sandbox } from "../../sandbox/sandbox";
import type { SandboxStatus } from "../../sandbox/world/status";

const REPOSITORY = path.resolve(__dirname, "..", "..");
const LIMIT_MILLISECONDS = 240_000;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** What a terminal's Ctrl-C does: SIGINT to every process of the group. */
function pressCtrlC(child: ChildProcess): void {
  process.kill(-child.pid!, "SIGINT");
}

/** Runs npm or npx in a process group of its own; `watch` sees all that was printed so far, both streams. */
function run(
  program: string,
  folder: string,
  args: string[],
  watch?: (output: string, child: ChildProcess) => void,
): Promise<Ended> {
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: REPOSITORY,
    env: { ...process.env, SANDBOX_FOLDER: folder },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const limit = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), LIMIT_MILLISECONDS);
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      watch?.(printed.stdout + printed.stderr, child);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, ...printed, seconds: (performance.now() - began) / 1000 });
    });
  });
}

const npm = (folder: string, args: string[], watch?: Parameters<typeof run>[3]) => run("npm", folder, args, watch);
const npx = (folder: string, args: string[], watch?: Parameters<typeof run>[3]) =>
  run("npx", folder, ["connect-sync-identity", ...args], watch);

describe("the command line", function () {
  this.timeout(2 * LIMIT_MILLISECONDS);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-commands-"));
  const stackFile = path.join(REPOSITORY, "Pulumi.dev.yaml");
  const sandbox = (...args: string[]) => npx(folder, ["sandbox", ...args]);
  const pulumi = (...args: string[]) => npx(folder, ["sandbox", "pulumi", "--", ...args]);
  const status = async () => JSON.parse((await sandbox("status", "--json")).stdout) as SandboxStatus;

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("npm start must onboard, continue after Ctrl-C, and find no work the next time", async () => {
    const tracked = fs.readFileSync(stackFile, "utf8");
    let pressed = false;
    const interrupted = await npm(folder, ["start"], (output, child) => {
      if (pressed || !output.includes("sync01-program creating")) return;
      pressed = true;
      pressCtrlC(child);
    });
    assert.ok(pressed, interrupted.stdout + interrupted.stderr);
    assert.notEqual(interrupted.code, 0);
    assert.match(interrupted.stderr, /is stopping after the steps in progress/);
    assert.match(interrupted.stderr, /Run "npm start" again to continue/);
    assert.doesNotMatch(interrupted.stderr, /was killed/, "one Ctrl-C was taken for two");
    assert.equal(fs.existsSync(path.join(folder, "lock")), false);

    const second = await npm(folder, ["start"]);
    assert.equal(second.code, 0, second.stdout + second.stderr);
    const stages = [...second.stderr.matchAll(/^\[(\d)\/5\] (.+)$/gm)].map(([, number]) => number);
    assert.deepEqual(stages, ["1", "2", "3", "4", "5"]);
    for (const column of ["server", "role", "application", "certificate", "connector identity", "scheduler"]) {
      assert.ok(second.stdout.includes(column), column);
    }
    assert.doesNotMatch(second.stdout + second.stderr, /[\u001b\u2500-\u257f]/, "colours or lines without a terminal");
    assert.match(second.stdout, /What to try next/);
    assert.match(second.stdout, /key in the TPM/);

    const third = await npm(folder, ["start"]);
    assert.equal(third.code, 0, third.stdout + third.stderr);
    assert.match(third.stdout, /^Resources:\n\s+\d+ unchanged$/m);
    const idle = await pulumi("preview", "--expect-no-changes");
    assert.equal(idle.code, 0, idle.stdout + idle.stderr);
    assert.equal(fs.readFileSync(stackFile, "utf8"), tracked, "Pulumi.dev.yaml was written");

    const { servers } = await status();
    for (const { connector } of servers) assert.equal(connector.identityType, "Application");
  });

  it("the Pulumi command must return Pulumi's own stdout byte for byte, and its exit code", async () => {
    const version = await pulumi("version");
    assert.match(version.stdout, /^v\d+\.\d+\.\d+\n$/);
    const exported = await pulumi("stack", "export");
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal(typeof (JSON.parse(exported.stdout) as { version: number }).version, "number");
    const { stdout } = await pulumi("stack", "--show-name");
    assert.equal(stdout, "dev\n");
    const wrong = await pulumi("no-such-command");
    assert.notEqual(wrong.code, 0);
    assert.equal(wrong.stdout, "");
    const outside = await pulumi("stack", "select", "no-such-stack");
    assert.notEqual(outside.code, 0);
  });

  it("stand-ins and the model must be announced on stderr, not on stdout", async () => {
    const { stdout, stderr } = await pulumi("whoami");
    assert.equal(stdout.trim().split("\n").length, 1, stdout);
    assert.match(stderr, /the emulated servers run/);
  });

  it("wrong use must be answered with one clear line and exit code 2", async () => {
    const wrong: [string[], RegExp][] = [
      [["stauts"], /unknown command 'stauts'; did you mean status\?/],
      [["break", "sync09", "certificate"], /no target "sync09"; there is sync0/],
      [["break", "sync01", "certifcate"], /no break "certifcate"; there is certificate/],
      [["break", "sync01"], /missing required argument 'what'/],
      [["fault", "tenant", "busy"], /no fault of tenant "busy"/],
      [["fault", "sync01", "busy", "--times", "none"], /whole number/],
      [["clock", "200d"], /\+200d/],
      [["status", "extra"], /too many arguments/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await sandbox(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, message);
      assert.match(stderr, /^error: .*\n"connect-sync-identity sandbox( [a-z-]+)? --help" shows the usage\.\n$/);
      assert.equal(stdout, "");
    }
    const start = await npm(folder, ["start", "--", "--fast"]);
    assert.equal(start.code, 2);
    const bare = await sandbox();
    assert.equal(bare.code, 2);
    assert.match(bare.stderr, /missing command after "connect-sync-identity sandbox"; there is start, status/);
    const help = await sandbox("break", "--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /acl-wide/);
  });

  it("faults and the clock must persist until they are cleared, and be listed", async () => {
    assert.equal((await sandbox("fault", "sync01", "busy", "--times", "2")).code, 0);
    assert.equal((await sandbox("fault", "tenant", "throttled")).code, 0);
    const listed = (await sandbox("faults")).stdout;
    assert.match(listed, /sync01 busy: active for 2 more times/);
    assert.match(listed, /tenant throttled: active until/);
    await sandbox("fault", "sync01", "clear");
    await sandbox("fault", "tenant", "clear");
    assert.equal((await sandbox("faults")).stdout, "no active faults\n");
    await sandbox("clock", "+200d");
    await sandbox("clock", "+12h");
    const ahead = new Date((await status()).now).getTime() - Date.now();
    assert.ok(Math.abs(ahead - 200.5 * 86_400_000) < 120_000, `${ahead} ms ahead`);
    assert.match((await sandbox("clock", "reset")).stdout, /real time/);
  });

  it("a command must wait ten seconds for another one, then name the holder of the sandbox and exit with 3", async () => {
    const held = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-held-"));
    const lock = await SandboxLock.take(path.join(held, "lock"), "npm start", 0);
    try {
      const { code, stderr, seconds } = await npx(held, ["sandbox", "status"]);
      assert.equal(code, 3);
      assert.match(stderr, new RegExp(`"npm start" \\(process ${process.pid}, since `));
      assert.ok(seconds >= 10, `${seconds} s`);
    } finally {
      lock.release();
      fs.rmSync(held, { recursive: true });
    }
  });

  it("the stack's file must be restored and the stack created again after Pulumi removes both", async () => {
    const project = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-project-"));
    const content = fs.readFileSync(stackFile, "utf8");
    fs.writeFileSync(path.join(project, "Pulumi.yaml"), "name: connect-sync-identity\nruntime: nodejs\n");
    fs.writeFileSync(path.join(project, "Pulumi.dev.yaml"), content);
    const own = path.join(project, "sandbox");
    const said: string[] = [];
    const options = {
      folder: own,
      command: "test",
      projectFolder: project,
      log: (line: string) => void said.push(line),
    };
    const instance = await Sandbox.open(options);
    try {
      await instance.start();
      const limited = { limitSeconds: 60 };
      const removed = await instance.pulumi(["stack", "rm", "--yes", "--stack", "dev"], limited);
      assert.equal(removed.code, 0, removed.stderr);
      assert.equal(fs.readFileSync(path.join(project, "Pulumi.dev.yaml"), "utf8"), content);
      assert.ok(said.some((line) => line.includes("restored it")));
      const listed = await instance.pulumi(["stack", "ls", "--json"], limited);
      assert.deepEqual(
        (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name),
        ["dev"],
      );
      assert.equal(fs.readFileSync(path.join(project, "Pulumi.dev.yaml"), "utf8"), content);
    } finally {
      await instance.close();
      fs.rmSync(project, { recursive: true });
    }
  });
});
