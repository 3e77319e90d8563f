/** A run of Pulumi that a measurement needs and that failed. */
import type { PulumiResult } from "../../console/processes/pulumi-process";

/** Maximum lines of output in the message. */
const TAIL_LINES = 20;

export class BenchError extends Error {
  /** @param what the run, for example "pulumi preview of 2 servers" */
  static of(what: string, limitSeconds: number, result: PulumiResult): BenchError {
    if (result.interrupted) return new BenchError(`${what} was interrupted`);
    if (result.timedOut) return new BenchError(`${what} did not end within ${Math.round(limitSeconds)} s`);
    const lines = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-TAIL_LINES);
    return new BenchError(`${what} ended with exit code ${result.code}:\n${lines.join("\n")}`);
  }

  constructor(message: string) {
    super(message);
    this.name = "BenchError";
  }
}
