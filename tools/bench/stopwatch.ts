/** Runs Pulumi and measures the time, within a hard limit for each run and one budget for all. */
import type { Sandbox } from "../../sandbox/sandbox";
import { BenchError } from "./failure";

export interface TimedRun {
  /** Seconds of real time. */
  seconds: number;
  stdout: string;
}

export class Stopwatch {
  /** @param deadline of all runs together, in milliseconds of `performance.now()` */
  constructor(
    private readonly sandbox: Sandbox,
    private readonly deadline: number,
  ) {}

  /**
   * Runs Pulumi.
   *
   * @param what for messages
   * @throws BenchError if it fails, or exceeds its limit or the rest of the budget
   */
  async run(
    what: string,
    args: readonly string[],
    options: { limitSeconds: number; environment?: Record<string, string> },
  ): Promise<TimedRun> {
    const left = (this.deadline - performance.now()) / 1000;
    if (left <= 0) throw new BenchError(`the time of the benchmark was over before ${what}`);
    const limitSeconds = Math.min(options.limitSeconds, left);
    const common = ["--non-interactive", "--color=never"];
    const started = performance.now();
    const result = await this.sandbox.pulumi([...args, ...common], { limitSeconds, extraEnv: options.environment });
    const seconds = (performance.now() - started) / 1000;
    if (result.code !== 0) throw BenchError.of(what, limitSeconds, result);
    return { seconds, stdout: result.stdout };
  }
}
