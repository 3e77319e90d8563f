/** Distinguishes a process from a later one with the same id. */
import * as fs from "node:fs";
import * as os from "node:os";

export interface ProcessIdentity {
  pid: number;
  host: string;
  /** When the process started, as the system counts it; null if the system does not show it. */
  processStart: string | null;
}

/** Start time of a process in clock ticks since boot, on Linux. */
function processStart(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in brackets and may hold blanks; the 22nd field is the start time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, host: os.hostname(), processStart: processStart(pid) };
}

/** Whether this process may still live: false only if that is certain. */
export function mayLive(identity: ProcessIdentity): boolean {
  if (identity.host !== os.hostname()) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const start = processStart(identity.pid);
  return start === null || identity.processStart === null || start === identity.processStart;
}
