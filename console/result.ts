/**
 * A command's result on stdout: lines for people, or with `--json` one object for programs. What was done on the sandbox
 * says so in the first and the last line, and in the object.
 */
import { print, printJson, printPainted } from "./output";
import { clearStep } from "./progress";

const FIRST = "SANDBOX: an emulated tenant and emulated servers; no real tenant or server is read or changed.";
const LAST = "SANDBOX: all of the above is from the sandbox. Use --stack for another stack.";

interface Printer {
  print(text: string): void;
  printPainted(text: string): void;
  printJson(value: unknown): void;
}

const STDOUT: Printer = { print, printPainted, printJson };

export interface ResultOptions {
  /** Whether the result is printed as one object. */
  json: boolean;
  sandbox: boolean;
  /** The stream on which it is printed. @default stdout */
  printer?: Printer;
}

export class Result {
  private begun = false;
  private readonly printer: Printer;

  constructor(private readonly options: ResultOptions) {
    this.printer = options.printer ?? STDOUT;
  }

  /** Lines for people; nothing with `--json`. */
  lines(...lines: readonly string[]): void {
    if (this.begin()) for (const line of lines) this.printer.print(line);
  }

  /** The same with colours of ours in it. */
  painted(text: string): void {
    if (this.begin()) this.printer.printPainted(text);
  }

  /** The result for programs; nothing without `--json`. Once for each command. */
  object(result: object): void {
    clearStep();
    if (this.options.json) this.printer.printJson({ ...result, sandbox: this.options.sandbox });
  }

  /** After the last line. */
  end(): void {
    if (this.options.sandbox && this.begun) this.printer.print(LAST);
    this.begun = false;
  }

  /** Whether lines are printed; before the first one, that it is the sandbox. */
  private begin(): boolean {
    clearStep();
    if (this.options.json) return false;
    if (this.options.sandbox && !this.begun) this.printer.print(FIRST);
    this.begun = true;
    return true;
  }
}
