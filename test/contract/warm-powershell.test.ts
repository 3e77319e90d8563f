/**
 * The PowerShell that the contract suite keeps for its next run: it must answer as a process of its own does, and a script
 * must leave nothing to the next one.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { installedCommand, observeCommand, pipedCommand } from "../../model/protocol/host-bootstrap";
import { requestText } from "../../model/protocol/request-text";
import { WarmPowerShell } from "../../sandbox/server/pwsh/warm";
import { describeWithPowerShell } from "../helpers/powershell";
import { certificateRequest, ContractHost, ContractWorld, observeRequest, releaseRequest } from "./contract-host";

describeWithPowerShell("PowerShell that is kept for the next run", function () {
  this.timeout(120_000);

  describe("answers", () => {
    let world: ContractWorld;
    let host: ContractHost;
    before(async () => (world = await ContractWorld.make()));
    beforeEach(async () => (host = await new ContractHost(world, "pwsh", "powershell").start()));
    afterEach(() => host.stop());
    after(() => world.close());

    /** Times and the folder of a run differ between any two runs. */
    const comparable = (text: string) =>
      text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>").replace(/connect-sync-pwsh-\w+/g, "<run>");

    async function both(command: string, stdin: string): Promise<string> {
      const outcomes: string[] = [];
      for (const powershell of [world.cold, world.warm]) {
        host.powershell = powershell;
        outcomes.push(comparable(JSON.stringify(await host.exec(command, stdin), null, 1)));
      }
      const [cold, warm] = outcomes;
      assert.equal(warm, cold);
      return cold;
    }

    it("a run must answer the same, byte for byte, as in a process of its own", async () => {
      const sha256 = await host.registered();
      const manifest = host.install();
      const refusedRollback = {
        ...{ protocol: 1, server: "sync01", rollback: "to-service-account", appId: "no application" },
        ...{ bounds: { cycleSeconds: 1, cmdletSeconds: 10 }, credential: { userName: "a@b", password: "p" } },
      };
      const register = requestText(host.registerRequest(sha256));
      for (const [command, stdin, expected] of [
        [installedCommand("observe"), requestText(observeRequest()), /"exitCode": 0/],
        [observeCommand(manifest), requestText(observeRequest()), /"exitCode": 0/],
        [observeCommand("0".repeat(64)), requestText(observeRequest()), /PROGRAM_MISMATCH/],
        [installedCommand("ensure-certificate"), requestText(certificateRequest()), /"exitCode": 0/],
        [installedCommand("register"), register, /"exitCode": 0/],
        [installedCommand("release"), requestText(releaseRequest(sha256)), /CERTIFICATE_IN_USE/],
        [installedCommand("rollback"), requestText(refusedRollback), /INVALID_REQUEST/],
        [installedCommand("observe"), "no JSON", /INVALID_REQUEST/],
        [pipedCommand("observe"), "no program", /INVALID_REQUEST/],
        [pipedCommand("observe"), "", /INVALID_REQUEST/],
      ] as [string, string, RegExp][]) {
        assert.match(await both(command, stdin), expected);
      }
    });

    it("a program that does not run must end the same as in a process of its own", async () => {
      host.install();
      const program = path.join(host.filesRoot, "C/Program Files/ConnectSyncIdentity/ConnectSyncHost.ps1");
      for (const text of [
        "throw 'broken'",
        "function {",
        "exit 9",
        "'text'; [Console]::Error.WriteLine('e'); exit 4",
      ]) {
        fs.writeFileSync(program, text);
        await both(installedCommand("observe"), requestText(observeRequest()));
      }
      fs.rmSync(program);
      assert.match(await both(installedCommand("observe"), "{}"), /"exitCode": 64/);
      assert.match(await both(installedCommand("release"), "{}"), /"exitCode": 7/);
    });
  });

  describe("state", () => {
    let home: string;
    let warm: WarmPowerShell;
    before(() => {
      home = fs.mkdtempSync(path.join(os.tmpdir(), "csi-warm-"));
      warm = new WarmPowerShell(home);
    });
    after(async () => {
      await warm.close();
      fs.rmSync(home, { recursive: true, force: true });
    });

    const run = (script: string, more: { stdin?: string; signal?: AbortSignal; limitSeconds?: number } = {}) =>
      warm.run({ call: { script }, stdin: "", environment: { RUN: "own" }, limitSeconds: 60, ...more });

    it("a script must leave no variable, function, alias, preference, folder or environment to the next one", async () => {
      const leave = `
        $global:left = 1; function global:Get-Left { 1 }; Set-Alias -Name left -Value Get-Date -Scope Global
        Set-StrictMode -Version Latest; $global:ErrorActionPreference = 'Stop'; $global:LASTEXITCODE = 5
        $env:LEFT = '1'; $env:RUN = 'other'; $env:PATH = ''; Set-Location -Path '/'; $Error.Clear(); Get-Left
        $PID`;
      const look = `
        @((Test-Path -Path variable:left), (Test-Path -Path function:Get-Left), (Test-Path -Path alias:left),
        $undefined, $ErrorActionPreference, $global:LASTEXITCODE, $env:LEFT, $env:RUN, ($env:PATH -eq ''), ("$PWD" -eq '/')) -join ','
        $PID`;
      const [, left] = (await run(leave)).stdout.trim().split("\n");
      const [found, looked] = (await run(look)).stdout.trim().split("\n");
      assert.equal(looked, left, "not the same process");
      assert.equal(found, "False,False,False,,Continue,,,own,False,False");
    });

    it("a file must have its parameters and lines, and end with its exit code, or with 1 if it does not start", async () => {
      const file = path.join(home, "a file.ps1");
      const parameters =
        "[CmdletBinding()] param([string] $Name, [switch] $Full, [Parameter(ValueFromPipeline)] $InputObject)";
      fs.writeFileSync(
        file,
        `${parameters}\nend { $lines = @($input) -join '|'; & { "$Name $Full $lines"; exit 4 } }\n`,
      );
      const call = { file, args: ["-Name", "a-b", "-Full"] };
      const of = (other: object) => warm.run({ call, stdin: "1\n2", environment: {}, limitSeconds: 60, ...other });
      assert.deepEqual(await of({}), { stdout: "a-b True 1|2\n", stderr: "", exitCode: 4 });
      assert.equal((await of({ call: { file, args: ["-Other", "x"] } })).exitCode, 1);
    });

    it("a script must have its own lines on stdin, and none of the script before", async () => {
      const echo = "(@($input) -join '|'); exit 3";
      assert.deepEqual(await run(echo, { stdin: "a\r\n\nb" }), { stdout: "a||b\n", stderr: "", exitCode: 3 });
      assert.deepEqual(await run(echo), { stdout: "\n", stderr: "", exitCode: 3 });
    });

    it("a script must end with 0, 1 for an error, or its exit code", async () => {
      assert.equal((await run("'well'")).exitCode, 0);
      const { stderr, exitCode } = await run("throw 'not well'");
      assert.deepEqual([exitCode, /not well/.test(stderr)], [1, true]);
      assert.equal((await run("& { & { exit 6 } }; exit 7")).exitCode, 6);
    });

    it("a script that ends its process must end with its exit code, and the next one must have another", async () => {
      const ended = await run("$PID; [Environment]::Exit(9)");
      assert.equal(ended.exitCode, 9);
      const next = await run("$PID");
      assert.equal(next.exitCode, 0);
      assert.notEqual(next.stdout, ended.stdout);
    });

    it("scripts side by side must each have a process and an environment of their own", async () => {
      const script = 'Start-Sleep -Milliseconds 300; "$env:RUN $PID"';
      const calls = ["one", "two"].map((name) =>
        warm.run({ call: { script }, stdin: "", environment: { RUN: name }, limitSeconds: 60 }),
      );
      const [one, two] = (await Promise.all(calls)).map(({ stdout }) => stdout.trim().split(" "));
      assert.deepEqual([one[0], two[0]], ["one", "two"]);
      assert.notEqual(one[1], two[1]);
    });

    it("a process that a script uses must end after it, once no more are wanted", async () => {
      const other = new WarmPowerShell(home);
      const script = "Start-Sleep -Milliseconds 300; $PID";
      const running = other.run({ call: { script }, stdin: "", environment: {}, limitSeconds: 60 });
      await other.close();
      const pid = Number((await running).stdout);
      assert.ok(pid > 0);
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    });

    it("a script that is aborted or lasts too long must be killed with its child processes", async () => {
      const lasting =
        "$child = Start-Process -FilePath sleep -ArgumentList 60 -PassThru; [Console]::Error.WriteLine($child.Id); $child.WaitForExit()";
      const isAlive = (pid: number) =>
        fs.existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
      const controller = new AbortController();
      let child = 0;
      const aborted = await warm.run({
        ...{ call: { script: lasting }, stdin: "", environment: {}, limitSeconds: 60, signal: controller.signal },
        stderr: (text) => {
          child = Number(text);
          controller.abort();
        },
      });
      assert.equal(aborted.exitCode, 137);
      assert.ok(child > 0 && !isAlive(child), `${child} lives on`);
      assert.equal((await run("Start-Sleep -Seconds 60", { limitSeconds: 1 })).exitCode, 137);
    });
  });
});
