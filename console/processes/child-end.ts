/** The end of a child process, with what it printed. */
import type { ChildProcess } from "node:child_process";
import { exitCodeOf } from "../interrupts";

/** How long output may still come after the child's end: a process that it left behind can hold the pipes for ever. */
const DRAIN_MILLISECONDS = 1000;

/** Collects both streams from now on, if they are piped. */
export function collectOutput(
  child: ChildProcess,
  onOutput?: (text: string) => void,
): { stdout: string; stderr: string } {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      onOutput?.(text);
    });
  }
  return output;
}

/**
 * The child's exit code once all output is there; 128 and the signal's number if a signal ended it.
 *
 * @throws if the program cannot be started
 */
export function childEnd(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const exitCode = code ?? exitCodeOf(signal ?? "SIGKILL");
      const drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(exitCode);
      }, DRAIN_MILLISECONDS);
      child.once("close", () => {
        clearTimeout(drain);
        resolve(exitCode);
      });
    });
  });
}
