/** Ends a process and all below it, as plugins that Pulumi starts lead process groups of their own. */
import { descendants } from "./descendants";

/** Ends them at once; nothing of it may stay to hold a lock or a port. */
export function killTree(root: number): void {
  for (const pid of [root, ...descendants(root)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
