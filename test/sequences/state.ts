/** What the engine of the sequences remembers: the entries of a checkpoint, in their order. */

export type Properties = Record<string, unknown>;

export interface Entry {
  name: string;
  kind: string;
  server: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  /** Names of what it depends on. */
  dependsOn: string[];
  /** Replaced, and to be deleted once all that needed it has moved on. */
  pendingDeletion: boolean;
}

/** A checkpoint: saved after each step, so that nothing is shared with what goes on; turned into text where it is read. */
export class Checkpoint {
  private saved: Entry[] = [];
  private text: string | undefined;

  /** Copies: a run changes its own. */
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
