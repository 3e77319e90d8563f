/** The operations that ran on an emulated server, newest last; not in its state, which reading must not change. */
import { JsonFile } from "../../console/processes/json-file";

const LIMIT = 500;

export class Journal {
  private readonly file: JsonFile<string[]>;
  private entries: string[];

  constructor(file: string) {
    this.file = new JsonFile(file);
    this.entries = this.file.read() ?? [];
  }

  list(): readonly string[] {
    return this.entries;
  }

  add(entry: string): void {
    this.entries = [...this.entries, entry].slice(-LIMIT);
    this.file.write(this.entries);
  }

  clear(): void {
    this.entries = [];
    this.file.remove();
  }
}
