/**
 * A command's result on stdout: lines for people, or with `--json` one object for programs. What was done on the sandbox
 * says so in the first and the last line, and in the object.
 */
import { clearStep } from "./progress";

const FIRST = "SANDBOX: an emulated tenant and emulated servers; nothing of a real one is read or changed.";
const LAST = "SANDBOX: all of the above was the sandbox. --stack names another stack.";

export interface ResultOptions {
  /** Whether the result is printed as one object. */
  json: boolean;
  sandbox: boolean;
  /** @default stdout */
  stream?: { write(text: string): unknown };
}

export class Result {
  private begun = false;

  constructor(private readonly options: ResultOptions) {}

  /** Lines for people; nothing with `--json`. */
  lines(...lines: readonly string[]): void {
    if (this.options.json) return;
    if (this.options.sandbox && !this.begun) this.write(FIRST);
    this.begun = true;
    for (const line of lines) this.write(line);
  }

  /** The result for programs; nothing without `--json`. Once for each command. */
  object(result: object): void {
    if (this.options.json) this.write(JSON.stringify({ ...result, sandbox: this.options.sandbox }, null, 2));
  }

  /** After the last line. */
  end(): void {
    if (this.options.sandbox && this.begun) this.write(LAST);
    this.begun = false;
  }

  private write(line: string): void {
    clearStep();
    (this.options.stream ?? process.stdout).write(`${line}\n`);
  }
}
