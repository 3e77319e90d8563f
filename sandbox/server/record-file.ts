/** A record of the host program in its data folder: JSON of an agreed form, or one that cannot be read. */
import * as fs from "node:fs";
import type { z } from "zod";
import { JsonFile } from "../../console/processes/json-file";
import { WindowsError } from "./windows";

export class RecordFile<T> extends JsonFile<T> {
  /** @param shown its path on the host */
  constructor(
    file: string,
    private readonly shown: string,
    private readonly schema: z.ZodType<T>,
  ) {
    super(file);
  }

  /**
   * The record; undefined if there is none.
   *
   * @throws WindowsError broken-record
   */
  override read(): T | undefined {
    if (!fs.existsSync(this.file)) return undefined;
    try {
      return this.schema.parse(JSON.parse(fs.readFileSync(this.file, "utf8")));
    } catch {
      throw new WindowsError("broken-record", `${this.shown} cannot be read: it is not the JSON of such a record`);
    }
  }

  /** Moves it aside; returns its new path on the host, null if there is none. */
  moveAside(now: Date): string | null {
    if (!fs.existsSync(this.file)) return null;
    const suffix = `.broken-${now.toISOString().replace(/[-:.]/g, "")}`;
    fs.renameSync(this.file, `${this.file}${suffix}`);
    return `${this.shown}${suffix}`;
  }
}
