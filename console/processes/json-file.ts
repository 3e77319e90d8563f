/** One JSON document in a file, replaced as a whole: a kill leaves either the old or the new one. */
import * as fs from "node:fs";
import * as path from "node:path";
import { sandboxLine } from "../own-command";

export class JsonFile<T> {
  constructor(readonly file: string) {}

  /** The document, or undefined if there is none yet. */
  read(): T | undefined {
    try {
      return JSON.parse(fs.readFileSync(this.file, "utf8")) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new Error(
        `${this.file} cannot be read: ${(error as Error).message}; "${sandboxLine("reset")}" recreates it`,
      );
    }
  }

  /** Replaces the document. Readable by its owner only, as some documents hold throw-away keys. */
  write(document: T): void {
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    const next = `${this.file}.${process.pid}.next`;
    fs.writeFileSync(next, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    fs.renameSync(next, this.file);
  }

  remove(): void {
    fs.rmSync(this.file, { force: true });
  }
}
