/** One command at a time for each sandbox folder. The lock of a dead process is taken over at once. */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lockSync } from "proper-lockfile";
import { EXIT } from "../../console/errors";
import { identityOf, mayLive, type ProcessIdentity } from "../../console/processes/process-identity";

/** The holder of a lock. */
export interface LockHolder extends ProcessIdentity {
  /** The command of the process, such as `npm start`. */
  command: string;
  /** UTC, ISO 8601. */
  since: string;
}

/** How long a second command waits, in seconds. */
const LOCK_WAIT_SECONDS = 10;
const POLL_MILLISECONDS = 100;

/** Another command holds the sandbox. */
export class LockedError extends Error {
  readonly exitCode = EXIT.locked;

  constructor(
    readonly holder: LockHolder | null,
    waitedSeconds: number,
  ) {
    super(
      holder === null
        ? `another command holds the sandbox; waited ${waitedSeconds} s`
        : `the sandbox is held by "${holder.command}" (process ${holder.pid}, since ${holder.since}); waited ` +
            `${waitedSeconds} s. Wait until it ends, or end it`,
    );
    this.name = "LockedError";
  }
}

/** Who holds a lock, or held it when the process died; null if there is no lock. */
export function readHolder(file: string): LockHolder | null {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as LockHolder;
  } catch {
    return null;
  }
}

/** A lock that this process holds until it is released or the process ends for any reason. */
export class SandboxLock {
  private readonly onExit = () => this.release();
  private held = true;

  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {
    process.on("exit", this.onExit);
  }

  /**
   * Takes the lock, or waits for it.
   *
   * @param file the lock file; its folder must exist
   * @param command the command that the lock names as its holder
   * @throws LockedError if another process still holds it after `waitSeconds`
   */
  static async take(file: string, command: string, waitSeconds = LOCK_WAIT_SECONDS): Promise<SandboxLock> {
    const holder: LockHolder = { ...identityOf(process.pid), command, since: new Date().toISOString() };
    const content = `${JSON.stringify(holder)}\n`;
    const deadline = Date.now() + waitSeconds * 1000;
    for (;;) {
      if (link(file, content)) return new SandboxLock(file, content);
      removeStale(file);
      if (link(file, content)) return new SandboxLock(file, content);
      if (Date.now() >= deadline) throw new LockedError(readHolder(file), waitSeconds);
      await delay(POLL_MILLISECONDS);
    }
  }

  /** Releases the lock. Does nothing the second time, or if the folder was removed meanwhile. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    process.removeListener("exit", this.onExit);
    try {
      if (fs.readFileSync(this.file, "utf8") === this.content) fs.unlinkSync(this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

/** Creates the lock file with its content in one step; false if it exists. */
function link(file: string, content: string): boolean {
  const own = `${file}.${process.pid}.${process.hrtime.bigint()}`;
  fs.writeFileSync(own, content, { mode: 0o600 });
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.unlinkSync(own);
  }
}

/**
 * Removes the lock of a dead process. Only one process at a time may do so: otherwise the second of two waiting
 * processes could remove the lock that the first has just taken over.
 */
function removeStale(file: string): void {
  const found = readHolder(file);
  if (found === null || mayLive(found)) return;
  let free: () => void;
  try {
    free = lockSync(path.dirname(file), { lockfilePath: `${file}.takeover`, stale: 5000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED") return;
    throw error;
  }
  try {
    const still = readHolder(file);
    if (still !== null && !mayLive(still)) fs.unlinkSync(file);
  } finally {
    free();
  }
}
