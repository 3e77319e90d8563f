/** Creates a folder of the cache at most once, even if other processes of this user try at the same time. */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as lockfile from "proper-lockfile";
import { UNFINISHED } from "./cache";

export interface ExclusiveOptions {
  /** The folder to create. */
  folder: string;
  /** Whether the folder exists and is complete. */
  isComplete: (folder: string) => boolean;
  /** Fills an empty folder, which then becomes `folder` in one step. */
  fill: (folder: string) => Promise<void>;
  /** What is made, for the lines shown while another process makes it: "the Pulumi CLI 3.276.0". */
  what: string;
  log: (line: string) => void;
  /** Seconds without a sign of life after which the holder of the lock counts as dead. @default 15 */
  staleSeconds?: number;
  /** Seconds between two checks of a lock that another process holds. @default 1 */
  pollSeconds?: number;
}

const WAITING_LINE_SECONDS = 10;

/** Creates the folder, or waits until another process has created it. Removes the remains of dead processes. */
export async function makeExclusively(options: ExclusiveOptions): Promise<void> {
  if (options.isComplete(options.folder)) return;
  const root = path.dirname(options.folder);
  makeWritable(root);
  const release = await lock(options, path.join(root, `${path.basename(options.folder)}.lock`));
  const prefix = `${UNFINISHED}${path.basename(options.folder)}-`;
  const unfinished = path.join(root, `${prefix}${process.pid}`);
  try {
    if (options.isComplete(options.folder)) return;
    for (const name of fs.readdirSync(root).filter((one) => one.startsWith(prefix))) {
      fs.rmSync(path.join(root, name), { recursive: true, force: true });
    }
    fs.mkdirSync(unfinished);
    await options.fill(unfinished);
    putInPlace(unfinished, options);
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
    await release();
  }
}

/** @throws Error with the variable that moves the cache, if the folder cannot be made or written */
function makeWritable(root: string): void {
  try {
    fs.mkdirSync(root, { recursive: true });
    fs.accessSync(root, fs.constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The toolchain's folder ${root} cannot be written (${code}); set XDG_CACHE_HOME to the absolute path of one that can.`,
    );
  }
}

/** Makes the filled folder the real one; one that is there and not whole goes, one that is whole stays. */
function putInPlace(unfinished: string, options: ExclusiveOptions): void {
  if (options.isComplete(options.folder)) return;
  fs.rmSync(options.folder, { recursive: true, force: true });
  fs.renameSync(unfinished, options.folder);
}

/**
 * Takes the lock, or waits for it and logs a line now and then; returns its release. If the machine slept, another
 * process may have taken over the lock. That is no error: both then create the same folder, and each in one step.
 */
async function lock(options: ExclusiveOptions, lockPath: string): Promise<() => Promise<void>> {
  const start = Date.now();
  let nextLine = 0;
  for (;;) {
    try {
      let isLost = false;
      const release = await lockfile.lock(options.folder, {
        lockfilePath: lockPath,
        realpath: false,
        stale: (options.staleSeconds ?? 15) * 1000,
        onCompromised: () => (isLost = true),
      });
      return async () => (isLost ? undefined : release());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    const waited = Math.round((Date.now() - start) / 1000);
    if (waited >= nextLine) {
      options.log(`another process is creating ${options.what}: waited ${waited} s`);
      nextLine += WAITING_LINE_SECONDS;
    }
    await sleep((options.pollSeconds ?? 1) * 1000);
  }
}
