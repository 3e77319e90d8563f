/** Whether this code runs in a program, or in the provider that constructs for a program in another language. */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** One call of `construct`: what a program's process would be for it. Several may run in the provider side by side. */
export class Construction {
  /** Identifies it among all runs, as {@link thisRun} has it. */
  readonly run = newRun();
  private readonly failures: string[] = [];
  private endWith!: (error: Error) => void;
  private readonly ended = new Promise<never>((_resolve, reject) => (this.endWith = reject));

  constructor() {
    // That it ends early is no rejection without a handler if the work has ended before.
    this.ended.catch(() => undefined);
  }

  /** Lets it fail once everything is registered; the message has been logged. */
  fail(message: string): void {
    this.failures.push(message);
  }

  /** Lets it fail now. */
  end(message: string): void {
    this.endWith(new Error(message));
  }

  /**
   * The result of the work, unless something ended it or let it fail.
   * @throws Error, which the engine shows beside the resource that is constructed
   */
  async of<T>(work: () => Promise<T>): Promise<T> {
    const result = await Promise.race([CURRENT.run(this, work), this.ended]);
    if (this.failures.length === 0) return result;
    const count = this.failures.length === 1 ? "an error" : `${this.failures.length} errors`;
    throw new Error(`the run has ${count}, shown with each resource`);
  }
}

const CURRENT = new AsyncLocalStorage<Construction>();

/** The construction that this code runs in; undefined in a program. */
export const construction = (): Construction | undefined => CURRENT.getStore();

/** A name for one run. */
export const newRun = () => randomUUID().slice(0, 8);
