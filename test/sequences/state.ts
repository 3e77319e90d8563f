/** The state of the sequences' engine: the entries of a checkpoint, in their order. */

export type Properties = Record<string, unknown>;

export interface Entry {
  name: string;
  kind: string;
  server: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  /** Names of its dependencies. */
  dependsOn: string[];
  /** Replaced, and to be deleted once all its dependents have moved on. */
  pendingDeletion: boolean;
}

/** A checkpoint: saved after each step without sharing objects with the run; converted to text when it is read. */
export class Checkpoint {
  private saved: Entry[] = [];
  private text: string | undefined;

  /** Copies, because a run changes its own. */
  get entries(): Entry[] {
    return JSON.parse(this.toString()) as Entry[];
  }

  save(entries: readonly Entry[]): void {
    this.saved = entries.map((entry) => ({ ...entry }));
    this.text = undefined;
  }

  toString(): string {
    return (this.text ??= JSON.stringify(this.saved));
  }
}
