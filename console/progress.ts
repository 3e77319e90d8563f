/**
 * Output of a command besides its result, on stderr: announcements and its current step. On a terminal the latter
 * is one line that is replaced; elsewhere it is a line each time.
 */
import { interruptNote } from "./interrupts";
import { encoded } from "./output";

interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = "\r\u001b[K";

export class Progress {
  private shown = false;

  constructor(private readonly screen: Screen = process.stderr) {}

  /** Replaces what is said to go on. */
  show(text: string): void {
    if (!this.screen.isTTY) return void this.screen.write(`${encoded(text, this.screen)}\n`);
    // A line that wraps could not be replaced.
    const cut = encoded(text, this.screen).slice(0, Math.max(1, (this.screen.columns ?? 80) - 1));
    this.screen.write(`${ERASE_LINE}${cut}`);
    this.shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown) this.screen.write(ERASE_LINE);
    this.shown = false;
  }

  /** A line that stays. */
  line(text: string): void {
    this.clear();
    this.screen.write(`${encoded(text, this.screen)}\n`);
  }
}

const progress = new Progress();

/** Prints something that is not the command's result. */
export function announce(line: string): void {
  progress.line(line);
}

/** Says what is being done, until the next thing is said. */
export function showStep(text: string): void {
  progress.show(text);
}

/** Takes the line of progress away, before something else writes to the terminal. */
export function clearStep(): void {
  progress.clear();
}

/**
 * Says what is being done while it is done.
 *
 * @param left what an interrupt in the meantime leaves behind, and how to go on; one sentence
 */
export async function during<T>(text: string, left: string | null, work: () => Promise<T>): Promise<T> {
  progress.show(text);
  const removeNote = left === null ? () => undefined : interruptNote(left);
  try {
    return await work();
  } finally {
    removeNote();
    progress.clear();
  }
}
