/** A PowerShell process for each script, as sshd starts one. */
import { spawn } from "node:child_process";
import type { ProgramCall } from "../../../model/protocol/host-bootstrap";
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

export class ColdPowerShell implements PowerShell {
  /**
   * @param home the folder of PowerShell's profile and caches, which is made: a start with an empty one takes longer
   * @param command the PowerShell to run, for tests
   */
  constructor(
    private readonly home: string,
    private readonly command = "pwsh",
  ) {}

  run(call: PowerShellCall): Promise<PowerShellResult> {
    const env = { ...baseEnvironment(this.home), ...call.environment };
    return new Promise((resolve, reject) => {
      if (call.signal?.aborted) return resolve({ stdout: "", stderr: "", exitCode: KILLED });
      // In its own process group, so that all its child processes end with it.
      const args = [...ARGUMENTS, ...startArguments(call.call)];
      const child = spawn(this.command, args, { env, detached: true, stdio: "pipe" });
      let stdout = "";
      const stderr = new Lines(call.stderr);
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.add(text));
      // A program that refuses early does not read its stdin; its answer counts.
      child.stdin.on("error", () => undefined);
      child.stdin.end(call.stdin);
      const done = killWhenDue(call, () => killGroup(child));
      child.on("error", (error) => {
        done();
        reject(new Error(`PowerShell cannot be started: ${error.message}`));
      });
      child.on("close", (code) => {
        done();
        resolve({ stdout, stderr: stderr.rest, exitCode: code ?? KILLED });
      });
    });
  }
}

function startArguments(call: ProgramCall): string[] {
  if ("file" in call) return ["-File", call.file, ...call.args];
  return ["-EncodedCommand", Buffer.from(call.script, "utf16le").toString("base64")];
}
