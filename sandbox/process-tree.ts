/** All processes below one, as plugins that Pulumi starts lead process groups of their own. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

/** Parent of every process that can be seen. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  if (process.platform === "linux") {
    for (const entry of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const stat = fs.readFileSync(`/proc/${entry}/stat`, "utf8");
        found.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
      } catch {
        continue; // It ended while the list was read.
      }
    }
    return found;
  }
  const listed = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8", timeout: 5000 }).stdout ?? "";
  for (const line of listed.split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid > 0) found.set(pid, parent);
  }
  return found;
}

/** A process and all below it, the process itself first. */
export function processTree(root: number): number[] {
  const known = parents();
  const tree = [root];
  for (const pid of tree) {
    for (const [child, parent] of known) if (parent === pid) tree.push(child);
  }
  return tree;
}

/** Ends a process and all below it at once. */
export function killTree(root: number): void {
  for (const pid of processTree(root)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
