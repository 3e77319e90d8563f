/** Keeps a sandbox's parts in memory: documents without files, and a clock and faults of their own. */
import type { Clock } from "../../sandbox/surroundings/clock";
import { SandboxFaults, type Faults } from "../../sandbox/surroundings/faults";

/**
 * Replaces a JsonFile. The stored value is the live object, which its owner changes only to write it again, so it
 * becomes text only on request: to compare two states byte by byte, or to read a copy.
 */
export class MemoryDocument<T> {
  private live: T | undefined;
  private written: string | undefined;

  get text(): string {
    return (this.written ??= JSON.stringify(this.live) ?? "");
  }

  read(): T | undefined {
    return this.live === undefined ? undefined : (JSON.parse(this.text) as T);
  }

  write(document: T): void {
    this.live = document;
    this.written = undefined;
  }

  remove(): void {
    this.live = undefined;
    this.written = undefined;
  }
}

/** Replaces the document of an object's file; the classes of the sandbox keep theirs in a private `file`. */
export function keepInMemory<T>(object: object): MemoryDocument<T> {
  if (!("file" in object)) throw new Error(`${object.constructor.name} no longer keeps its document in "file"`);
  const document = new MemoryDocument<T>();
  Object.assign(object, { file: document });
  return document;
}

/** A clock that moves only on request. */
export class StillClock implements Clock {
  private milliseconds = Date.UTC(2026, 0, 15, 8);

  now(): Date {
    return new Date(this.milliseconds);
  }

  advance(seconds: number): void {
    this.milliseconds += Math.round(seconds * 1000);
  }
}

/** The sandbox's own faults, none of them set. */
export function memoryFaults(): SandboxFaults {
  const faults = new SandboxFaults("no-file-of-faults");
  keepInMemory(faults);
  return faults;
}

/** No faults: for checks from outside, which faults must not affect. */
export const NO_FAULTS: Faults = { holds: () => false, strikes: () => false };
