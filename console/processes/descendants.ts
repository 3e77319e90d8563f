/** Questions about other processes of this machine. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

interface ProcessEntry {
  pid: number;
  parent: number;
}

/** Whether a process with this id runs; one of another user counts as well. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The name of a running process's program without its folder; undefined if it does not run or cannot be seen. */
export function programName(pid: number): string | undefined {
  try {
    if (process.platform === "linux") return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    const command = execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return command.split("/").pop();
  } catch {
    return undefined;
  }
}

/**
 * Every process below this one. Pulumi puts each of its plugins into a process group of its own, so that ending the
 * CLI's group leaves them running: they have to be found through their parents, while those still live.
 */
export function descendants(pid: number): number[] {
  const entries = process.platform === "linux" ? fromProc() : fromPs();
  const found: number[] = [];
  const next = [pid];
  for (let parent = next.pop(); parent !== undefined; parent = next.pop()) {
    const children = entries.filter((entry) => entry.parent === parent).map((entry) => entry.pid);
    found.push(...children);
    next.push(...children);
  }
  return found;
}

function fromProc(): ProcessEntry[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // "pid (name) state parent ...": the name may hold blanks and parentheses, so read from its end on.
        const text = fs.readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = text.slice(text.lastIndexOf(")") + 2).split(" ")[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // It ended while we looked.
      }
    });
}

function fromPs(): ProcessEntry[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return { pid, parent };
  });
}
