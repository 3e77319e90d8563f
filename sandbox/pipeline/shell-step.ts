/** Runs one step's shell text as the runner would: its own file, and a bash that ends at the first failure. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { exitCodeOf, onInterrupt } from "../../console/interrupts";
import { LogStream, type LineReader, type LogCommand } from "./log-commands";
import { killTree } from "../../console/processes/process-tree";
import { EXIT } from "../../console/exit-codes";
import { childEnd } from "../../console/processes/child-end";

export interface ShellStep {
  text: string;
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Where the step's file is written. */
  temporary: string;
  limitSeconds: number;
  /** Receives the output of the step. */
  onOutput: (text: string) => void;
  /** Reads each line of it, as the log's owner does. */
  reader: LineReader;
  /** Receives each command that the reader finds. */
  onCommand: (command: LogCommand) => void;
  /** Receives the process that was started: the one that a runner would interrupt. */
  onStart?: (pid: number) => void;
}

/** @returns the step's exit code */
export async function runShellStep(step: ShellStep): Promise<number> {
  const file = path.join(step.temporary, "step.sh");
  fs.writeFileSync(file, step.text);
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", file], {
    cwd: step.folder,
    env: step.environment,
    stdio: ["ignore", "pipe", "pipe"],
    // The terminal's Ctrl-C is passed on below to this one process, as a runner does.
    detached: true,
  });
  if (child.pid !== undefined) step.onStart?.(child.pid);
  const logs = [child.stdout, child.stderr].map((stream) => {
    const log = new LogStream((line) => {
      const command = step.reader(line);
      if (command) step.onCommand(command);
    });
    stream.setEncoding("utf8").on("data", (text: string) => {
      step.onOutput(text);
      log.write(text);
    });
    return log;
  });
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) killTree(child.pid);
  }, step.limitSeconds * 1000);
  let interrupted: NodeJS.Signals | undefined;
  const stop = onInterrupt((signal) => {
    if (interrupted !== undefined && child.pid !== undefined) killTree(child.pid);
    interrupted = signal;
    child.kill("SIGINT");
  });
  try {
    const code = await childEnd(child);
    for (const log of logs) log.end();
    if (timedOut) return EXIT.timedOut;
    return interrupted !== undefined && code === 0 ? exitCodeOf(interrupted) : code;
  } finally {
    clearTimeout(limit);
    stop();
  }
}
