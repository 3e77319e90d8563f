/** Ends what holds the sandbox: the command that runs on it, and a Pulumi that outlived its own. */
import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "../../console/errors";
import { endOrphan } from "../../console/processes/orphan";
import { mayLive } from "../../console/processes/process-identity";
import type { SandboxFolder } from "./folder";
import { LockedError, readHolder, SandboxLock, type LockHolder } from "./lock";

/** Pulumi may finish the steps under way first. */
const LIMIT_SECONDS = 90;
const POLL_MILLISECONDS = 200;

/**
 * Interrupts the command that holds the sandbox, once, and waits for its end.
 *
 * @returns the command; null if none held it
 * @throws CommandError if it does not end in time
 */
export async function stopHolder(folder: SandboxFolder, log: (line: string) => void): Promise<LockHolder | null> {
  folder.make();
  const holder = readHolder(folder.lockFile);
  if (holder !== null && mayLive(holder)) {
    log(`interrupting "${holder.command}" (process ${holder.pid}), which finishes the steps under way`);
    process.kill(holder.pid, "SIGTERM");
    const deadline = Date.now() + LIMIT_SECONDS * 1000;
    while (mayLive(holder)) {
      if (Date.now() >= deadline) throw new CommandError(`process ${holder.pid} does not end; end it by hand`);
      await delay(POLL_MILLISECONDS);
    }
  }
  try {
    const lock = await SandboxLock.take(folder.lockFile, "stop");
    endOrphan(folder.runningFile, log);
    lock.release();
  } catch (error) {
    if (!(error instanceof LockedError)) throw error; // Another command came in between, and that one was not asked for.
  }
  return holder;
}
