/**
 * PowerShell processes that are kept for the next script (`warm.ps1`): nearly all the time of a short run is PowerShell's
 * start. A script has a process to itself while it runs, and a runspace and environment of its own.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import type { ProgramCall } from "../../../model/protocol/host-bootstrap";
import * as path from "node:path";
import { ColdPowerShell } from "./cold";
import {
  ARGUMENTS,
  baseEnvironment,
  KILLED,
  killGroup,
  killWhenDue,
  Lines,
  type PowerShell,
  type PowerShellCall,
  type PowerShellResult,
} from "./processes";

const SERVER = path.join(__dirname, "warm.ps1");

export class WarmPowerShell implements PowerShell {
  private readonly idle: WarmProcess[] = [];
  private isClosed = false;

  /**
   * @param home the folder of PowerShell's profile and caches, which is made
   * @param command the PowerShell to run, for tests
   */
  constructor(
    private readonly home: string,
    private readonly command = "pwsh",
  ) {}

  async run(call: PowerShellCall): Promise<PowerShellResult> {
    if (call.signal?.aborted) return { stdout: "", stderr: "", exitCode: KILLED };
    // PowerShell itself refuses a file that is not there, before any script runs.
    if ("file" in call.call && !fs.existsSync(call.call.file))
      return new ColdPowerShell(this.home, this.command).run(call);
    const warm = this.idle.pop() ?? new WarmProcess(this.command, this.home);
    const result = await warm.run(call);
    if (this.isClosed) await warm.close();
    else if (warm.isAlive) this.idle.push(warm);
    return result;
  }

  /** Ends each process, one that a script uses after it. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.idle.splice(0).map((warm) => warm.close()));
  }
}

/** A file in the scope of the start, as -File runs it; where it does not even start, the end is not a success. */
function scriptOf(call: ProgramCall): string {
  if (!("file" in call)) return call.script;
  const words = [call.file, ...call.args].map((word) => (/^-[A-Z]\w*$/.test(word) ? word : `'${word}'`));
  return `$LASTEXITCODE = 1; $input | . ${words.join(" ")}; exit $LASTEXITCODE`;
}

class WarmProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<number>;
  isAlive = true;

  constructor(command: string, home: string) {
    const args = [...ARGUMENTS, "-File", SERVER];
    // In its own process group, so that all its child processes end with it.
    this.child = spawn(command, args, { env: baseEnvironment(home), detached: true, stdio: "pipe" });
    this.child.stdout.setEncoding("utf8");
    this.child.stderr.setEncoding("utf8");
    this.child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", (error) => reject(new Error(`PowerShell cannot be started: ${error.message}`)));
      this.child.on("close", (code) => resolve(code ?? KILLED));
    }).finally(() => (this.isAlive = false)) as Promise<number>;
  }

  /** A script that ends the process ends the run with the process's exit code. */
  async run(call: PowerShellCall): Promise<PowerShellResult> {
    const { stdin, environment } = call;
    const script = scriptOf(call.call);
    const id = randomUUID();
    let stdout = "";
    const stderr = new Lines(call.stderr);
    const both = Promise.all([
      this.readUntil(this.child.stdout, id, (text) => (stdout += text)),
      this.readUntil(this.child.stderr, id, (text) => stderr.add(text)),
    ]).then(([exitCode]) => exitCode);
    const done = killWhenDue(call, () => killGroup(this.child));
    this.child.stdin.write(`${JSON.stringify({ id, script, stdin, environment })}\n`);
    try {
      const exitCode = await Promise.race([both, this.ended]);
      return { stdout, stderr: stderr.rest, exitCode };
    } finally {
      done();
      this.child.stdout.removeAllListeners("data");
      this.child.stderr.removeAllListeners("data");
    }
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }

  /** Passes on what is printed before the line that ends the request; answers the exit code in it. */
  private readUntil(stream: NodeJS.ReadableStream, id: string, pass: (text: string) => void): Promise<number> {
    const mark = `\0${id} `;
    return new Promise((resolve) => {
      let held = "";
      stream.on("data", (text: string) => {
        held += text;
        const at = held.indexOf("\0");
        if (at < 0 || !mark.startsWith(held.slice(at, at + mark.length))) {
          pass(held);
          held = "";
          return;
        }
        pass(held.slice(0, at));
        held = held.slice(at);
        if (held.endsWith("\n")) resolve(Number(held.slice(mark.length)));
      });
    });
  }
}
