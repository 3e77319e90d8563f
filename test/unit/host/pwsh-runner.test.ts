/**
 * How a run under PowerShell is prepared and held, with a stand-in for `pwsh` itself. It does not prove that the host
 * program runs: the contract suite does, where there is a PowerShell.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  installedCommand,
  observeCommand,
  pipedCommand,
  type ProgramCall,
} from "../../../model/protocol/host-bootstrap";
import { pipedStdin, programManifest, removeProgramCommand } from "../../../model/protocol/host-bootstrap";
import { ColdPowerShell } from "../../../sandbox/server/pwsh/cold";
import { runUnderPwsh, type PwshRun } from "../../../sandbox/server/pwsh/runner";
import { prepareRun, readWindowsScripts } from "../../../sandbox/server/pwsh/substitution";
import { startedBy } from "../../../sandbox/server/shell";
import type { Windows } from "../../../sandbox/server/windows";
import { PROGRAM, readScript } from "./powershell-source";

const scripts = readWindowsScripts();
const program = readScript(PROGRAM);
const callOf = (command: string) => startedBy(command, "cmd");
const textOf = (call: ProgramCall) => ("file" in call ? [call.file, ...call.args].join(" ") : call.script);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Stands for pwsh: tells what it got, calls the bridge, or hangs. */
const FAKE = `#!${process.execPath}
const args = process.argv.slice(2);
const script = Buffer.from(args[args.indexOf("-EncodedCommand") + 1], "base64").toString("utf16le");
let stdin = "";
process.stdin.on("data", (chunk) => (stdin += chunk)).on("end", async () => {
  const call = (method) => fetch(process.env.CSI_BRIDGE_URL + "/" + method, {
    method: "POST", body: '["x"]', headers: { authorization: "Bearer " + process.env.CSI_BRIDGE_TOKEN } });
  if (script.includes("take-lock")) await call("enterLock");
  if (script.includes("hang")) return setInterval(() => undefined, 1000);
  process.stdout.write(JSON.stringify({ args: args.slice(0, -1), script, stdin, env: process.env }));
  process.stderr.write("noise");
  process.exitCode = 6;
});
`;

describe("Run under PowerShell", () => {
  let folder: string;
  let root: string;
  let installed: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pwsh-runner-test-"));
    root = path.join(folder, "files");
    installed = path.join(root, "C/Program Files/ConnectSyncIdentity");
    fs.mkdirSync(installed, { recursive: true });
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function install(files: Record<string, string> = { "ConnectSyncHost.ps1": program, "Windows.ps1": scripts.real }) {
    const manifest = programManifest(files);
    for (const [name, text] of Object.entries({ ...files, "manifest.json": manifest.text })) {
      fs.writeFileSync(path.join(installed, name), text);
    }
    return manifest;
  }

  const prepare = (call: ProgramCall, stdin = "{}") =>
    prepareRun({ call, stdin, policy: "AllSigned" }, root, path.join(folder, "run"), scripts);
  const copied = (name: string) =>
    fs.readFileSync(path.join(folder, "run/Program Files/ConnectSyncIdentity", name), "utf8");

  it("a run must replace the repository's Windows.ps1 with the model's, and the manifest to match", () => {
    const manifest = install();
    const { call, programFiles } = prepare(callOf(observeCommand(manifest.sha256)));
    assert.equal(programFiles, path.join(folder, "run/Program Files"));
    assert.equal(copied("Windows.ps1"), scripts.replacement);
    assert.equal(copied("ConnectSyncHost.ps1"), program);
    const expected = programManifest({ "ConnectSyncHost.ps1": program, "Windows.ps1": scripts.replacement });
    assert.equal(copied("manifest.json"), expected.text);
    assert.ok(textOf(call).includes(expected.sha256) && !textOf(call).includes(manifest.sha256));
    assert.ok(textOf(call).startsWith(path.join(programFiles, "ConnectSyncIdentity/ConnectSyncHost.ps1")));
  });

  it("a run must not change the files on the emulated server", () => {
    install();
    prepare(callOf(installedCommand("register")));
    assert.equal(fs.readFileSync(path.join(installed, "Windows.ps1"), "utf8"), scripts.real);
  });

  it("a run must not make another program look like the expected one", () => {
    install();
    const other = "f".repeat(64);
    assert.ok(textOf(prepare(callOf(observeCommand(other))).call).includes(other));
    fs.appendFileSync(path.join(installed, "ConnectSyncHost.ps1"), "# changed\n");
    prepare(callOf(installedCommand("register")));
    const files = (JSON.parse(copied("manifest.json")) as { files: Record<string, string> }).files;
    assert.notEqual(files["ConnectSyncHost.ps1"], sha256(copied("ConnectSyncHost.ps1")));
  });

  it("a run must leave a foreign Windows.ps1 in place, so that the bootstrap judges it", () => {
    const manifest = install();
    fs.appendFileSync(path.join(installed, "Windows.ps1"), "# changed\n");
    const { call } = prepare(callOf(observeCommand(manifest.sha256)));
    assert.ok(textOf(call).includes(manifest.sha256));
    assert.equal(copied("Windows.ps1"), `${scripts.real}# changed\n`);
    assert.equal(copied("manifest.json"), manifest.text);
  });

  it("a run must work on an empty folder if nothing is installed", () => {
    const { programFiles } = prepare(callOf(installedCommand("observe")));
    assert.deepEqual(fs.readdirSync(path.join(programFiles, "ConnectSyncIdentity")), []);
  });

  it("a run must return the real hash in place of the substituted one", () => {
    const manifest = install();
    const { restoreHashes } = prepare(callOf(installedCommand("observe")));
    const substituted = sha256(copied("manifest.json"));
    assert.equal(restoreHashes(`found program ${substituted.toUpperCase()}`), `found program ${manifest.sha256}`);
  });

  it("a run must replace the first part of a piped program if it is the repository's own", () => {
    const script = callOf(pipedCommand("observe"));
    const own = prepare(script, pipedStdin(scripts.real, program, "{}"));
    assert.equal(own.stdin, pipedStdin(scripts.replacement, program, "{}"));
    const other = pipedStdin("function Get-Other {}", program, "{}");
    assert.equal(prepare(script, other).stdin, other);
    assert.equal(prepare(script, "no program").stdin, "no program");
  });

  it("a run must remove the program from the emulated server itself", () => {
    const { programFiles, programData } = prepare(callOf(removeProgramCommand()));
    assert.equal(programFiles, path.join(root, "C/Program Files"));
    assert.equal(programData, path.join(root, "C/ProgramData"));
  });

  describe("process", () => {
    let command: string;
    const calls: string[] = [];
    const windows = {
      enterLock: () => (calls.push("enter"), { acquired: true, abandoned: false, holder: null, foreign: false }),
      exitLock: () => calls.push("exit"),
    } as unknown as Windows;

    beforeEach(() => {
      calls.length = 0;
      command = path.join(folder, "pwsh");
      fs.writeFileSync(command, FAKE, { mode: 0o755 });
    });

    const options = (script: string): PwshRun => ({
      call: { script: `# ConnectSyncHost bootstrap 1 checked observe\n${script}` },
      policy: "RemoteSigned",
      stdin: "request",
      windows,
      filesRoot: root,
      powershell: new ColdPowerShell(path.join(folder, "home"), command),
    });
    const leftovers = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith("connect-sync-pwsh-"));

    it("a process must pass script, stdin and exit code, and have an environment of its own", async () => {
      const before = leftovers();
      process.env.ARM_CLIENT_SECRET_OF_A_TEST = "secret";
      const result = await runUnderPwsh(options("echo"));
      delete process.env.ARM_CLIENT_SECRET_OF_A_TEST;
      assert.equal(result.exitCode, 6);
      assert.equal(result.stderr, "noise");
      const seen = JSON.parse(result.stdout) as {
        args: string[];
        script: string;
        stdin: string;
        env: NodeJS.ProcessEnv;
      };
      assert.deepEqual(seen.args, [
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-OutputFormat",
        "Text",
        "-EncodedCommand",
      ]);
      assert.equal(seen.script, textOf(options("echo").call));
      assert.equal(seen.stdin, "request");
      assert.equal(seen.env.ARM_CLIENT_SECRET_OF_A_TEST, undefined);
      assert.equal(seen.env.HOME, path.join(folder, "home"));
      assert.deepEqual(leftovers(), before);
    });

    it("a process that is aborted must be killed, and its lock released", async function () {
      this.timeout(10_000);
      const controller = new AbortController();
      const entered = new Promise<void>((resolve) => {
        windows.enterLock = () => (resolve(), { acquired: true, abandoned: false, holder: null, foreign: false });
      });
      const run = runUnderPwsh({ ...options("take-lock hang"), signal: controller.signal });
      await entered;
      controller.abort();
      assert.equal((await run).exitCode, 137);
      assert.deepEqual(calls, ["exit"]);
    });

    it("a process that runs too long must be killed", async function () {
      this.timeout(10_000);
      assert.equal((await runUnderPwsh({ ...options("hang"), limitSeconds: 0.5 })).exitCode, 137);
    });

    it("a missing PowerShell must be reported", async () => {
      const run = runUnderPwsh({
        ...options("echo"),
        powershell: new ColdPowerShell(folder, path.join(folder, "absent")),
      });
      await assert.rejects(run, /PowerShell cannot be started/);
    });
  });
});
