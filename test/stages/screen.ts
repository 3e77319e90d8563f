/** What stages that run side by side print, each as one piece: the first that runs as it prints, the others when it is their turn. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { StringDecoder } from "node:string_decoder";

const EVERY_MILLISECONDS = 200;

/** The output of one stage, in a file. */
export class StageOutput {
  readonly descriptor: number;
  private readonly decoder = new StringDecoder("utf8");
  private shown = 0;
  private ended = false;

  constructor(file: string) {
    this.descriptor = fs.openSync(file, "a+");
  }

  print(line: string): void {
    fs.writeSync(this.descriptor, `${line}\n`);
  }

  /** What was printed since the last call. */
  rest(): string {
    const rest = Buffer.alloc(fs.fstatSync(this.descriptor).size - this.shown);
    this.shown += fs.readSync(this.descriptor, rest, 0, rest.length, this.shown);
    // A letter that is half written is shown with its rest.
    return this.decoder.write(rest);
  }

  end(): void {
    this.ended = true;
  }

  get isOver(): boolean {
    return this.ended;
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}

export class Screen {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-stages-"));
  private readonly waiting: StageOutput[] = [];
  private readonly timer = setInterval(() => this.show(), EVERY_MILLISECONDS);
  private opened = 0;

  constructor(private readonly write: (text: string) => void) {}

  open(): StageOutput {
    const output = new StageOutput(path.join(this.folder, String((this.opened += 1))));
    this.waiting.push(output);
    return output;
  }

  /** Shows what is left, and ends; a second call does nothing. */
  close(): void {
    clearInterval(this.timer);
    this.show();
    for (const output of this.waiting.splice(0)) output.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private show(): void {
    while (this.waiting.length > 0) {
      const [first] = this.waiting;
      // A stage that ends between the two has its last lines shown by the next round.
      const { isOver } = first;
      this.write(first.rest());
      if (!isOver) return;
      first.close();
      this.waiting.shift();
    }
  }
}
