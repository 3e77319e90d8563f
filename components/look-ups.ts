/**
 * Look-ups in the tenant on which resources hang. A rejected one would appear once for each property of each resource that
 * it is part of; so a look-up never rejects: it ends the run with one problem for each cause, in which nothing is changed.
 */
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import { lookUpProblem } from "../remote/observe";
import { endRun } from "./run-failure";

/** What several look-ups fail of alike, such as a token that is not issued, is one problem. */
const causeOf = ({ code, property }: Diagnostic) =>
  ["SERVICE_MISSING", "ROLE_UNKNOWN"].includes(code) ? property : code;

export class LookUps {
  private open = 0;
  private readonly problems = new Map<string, Diagnostic>();

  /**
   * @param property what is looked up, in the words of a problem
   * @returns a promise that never rejects: it stays open if the look-up fails
   */
  follow<T>(property: string, work: Promise<T>): Promise<T> {
    this.open += 1;
    return new Promise((resolve) => {
      const done = () => {
        this.open -= 1;
        if (this.open === 0 && this.problems.size > 0) endRun([...this.problems.values()]);
      };
      const failed = (error: unknown) => {
        const problem = lookUpProblem(error, property);
        if (!this.problems.has(causeOf(problem))) this.problems.set(causeOf(problem), problem);
      };
      work.then(resolve, failed).finally(done);
    });
  }
}
