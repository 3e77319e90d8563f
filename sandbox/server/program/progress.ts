/** The progress that a run of the stand-in prints on stderr. */
import {
  formatStep,
  MOST_STEP_LINES,
  TELL_AT_SECONDS,
  type Step,
  type Waiting,
} from "../../../model/protocol/host-progress";

export class Progress {
  private lines = 0;
  private step: Step | undefined;
  private due = 0;

  constructor(
    private readonly server: string,
    private readonly print: (text: string) => void,
  ) {}

  /** Reports a step when it begins, and a wait again at a few moments of it. */
  report(step: Step, waiting?: Waiting): void {
    const due = TELL_AT_SECONDS.filter((seconds) => seconds <= (waiting?.elapsed ?? 0)).length;
    if ((step === this.step && due <= this.due) || this.lines >= MOST_STEP_LINES) return;
    this.lines += 1;
    this.step = step;
    this.due = due;
    this.print(`${formatStep(this.server, step, waiting)}\n`);
  }
}
