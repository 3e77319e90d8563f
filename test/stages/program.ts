/** One program of a stage. */
import { spawn } from "node:child_process";
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");

export interface ProgramOptions {
  limitMilliseconds: number;
  /** The file descriptor that gets what it prints. A pipe would stay open with a process that the program left behind. */
  output: number;
  /** @default that of this process */
  env?: NodeJS.ProcessEnv;
}

export type ProgramEnd = { missing: true } | { missing: false; status: number | null };

/** Runs a program; one that exceeds its limit is killed and has no status. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const { limitMilliseconds, output, env = process.env } = options;
  const stdio = ["ignore", output, output] as const;
  const child = spawn(program, args, { cwd: ROOT, stdio: [...stdio], env });
  const limit = setTimeout(() => child.kill("SIGKILL"), limitMilliseconds);
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      if (error.code === "ENOENT") resolve({ missing: true });
      else reject(error);
    });
    child.once("exit", (status) => {
      clearTimeout(limit);
      resolve({ missing: false, status });
    });
  });
}

/** Whether a program ended well within its limit. */
export async function succeeds(program: string, args: readonly string[], options: ProgramOptions): Promise<boolean> {
  const end = await runProgram(program, args, options);
  return !end.missing && end.status === 0;
}
