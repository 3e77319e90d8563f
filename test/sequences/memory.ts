/** What keeps a sandbox's parts in memory: documents without files, a clock and faults that nobody else sees. */
import type { Clock } from "../../sandbox/surroundings/clock";
import type { Fault, Faults } from "../../sandbox/surroundings/faults";

/**
 * Stands in for a JsonFile. What is written is the live object, which its owner changes only to write it again, so it
 * becomes text when somebody wants that: to hold two states against each other byte by byte, or a copy to read.
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

/** Puts a document in the place of an object's file; the classes of the sandbox keep theirs in a private `file`. */
export function keepInMemory<T>(object: object): MemoryDocument<T> {
  if (!("file" in object)) throw new Error(`${object.constructor.name} keeps its document elsewhere now`);
  const document = new MemoryDocument<T>();
  Object.assign(object, { file: document });
  return document;
}

/** Time stands still unless it is moved. */
export class StillClock implements Clock {
  private milliseconds = Date.UTC(2026, 0, 15, 8);

  now(): Date {
    return new Date(this.milliseconds);
  }

  advance(seconds: number): void {
    this.milliseconds += Math.round(seconds * 1000);
  }
}

export class MemoryFaults implements Faults {
  private entries: Fault[] = [];

  holds(target: string, name: string): boolean {
    return this.entries.some((fault) => fault.target === target && fault.name === name);
  }

  strikes(target: string, name: string): boolean {
    const fault = this.entries.find((entry) => entry.target === target && entry.name === name);
    if (!fault) return false;
    if (fault.remaining !== null) {
      fault.remaining -= 1;
      this.entries = this.entries.filter((entry) => entry.remaining !== 0);
    }
    return true;
  }

  set(target: string, name: string, times: number | null): void {
    this.entries = [...this.entries.filter((fault) => fault.target !== target || fault.name !== name)];
    this.entries.push({ target, name, remaining: times });
  }

  clear(target?: string): void {
    this.entries = target === undefined ? [] : this.entries.filter((fault) => fault.target !== target);
  }

  list(): readonly Fault[] {
    return this.entries;
  }
}

/** No fault at all: for looks from outside, which must not be coloured. */
export const NO_FAULTS: Faults = { holds: () => false, strikes: () => false };
