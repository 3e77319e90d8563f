/** Runs a program and measures its time and processes, within a hard limit for each run and one budget for all. */
import { runLimited } from "../../console/processes/run-limited";
import { REPOSITORY } from "../../sandbox/folder/folder";
import type { Sandbox } from "../../sandbox/sandbox";
import { BenchError } from "./failure";
import { ProcessWatch, type ProcessUse } from "./processes";

export interface TimedRun {
  /** Seconds of real time. */
  seconds: number;
  stdout: string;
  processes: ProcessUse[] | null;
  /** Processor time of this process meanwhile: of the emulated tenant and servers, which is no cost of the run. */
  sandboxCpuSeconds: number;
}

interface RunOptions {
  limitSeconds: number;
  environment?: Record<string, string>;
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
  run(what: string, args: readonly string[], { environment, ...options }: RunOptions): Promise<TimedRun> {
    const common = ["--non-interactive", "--color=never"];
    return this.time(what, options.limitSeconds, (limitSeconds) =>
      this.sandbox.pulumi([...args, ...common], { limitSeconds, extraEnv: environment }),
    );
  }

  /** Runs this project's own command; findings are no failure of it. */
  runCommand(what: string, args: readonly string[], { environment, limitSeconds }: RunOptions): Promise<TimedRun> {
    return this.time(what, limitSeconds, async (limit) => {
      const env = { ...this.sandbox.environment(), ...environment };
      const command = ["bin/connect-sync-identity.js", ...args];
      const result = await runLimited(process.execPath, command, { cwd: REPOSITORY, env, limitSeconds: limit });
      return { ...result, code: result.exitCode === 1 ? 0 : result.exitCode };
    });
  }

  private async time(
    what: string,
    limit: number,
    work: (limitSeconds: number) => ReturnType<Sandbox["pulumi"]>,
  ): Promise<TimedRun> {
    const left = (this.deadline - performance.now()) / 1000;
    if (left <= 0) throw new BenchError(`the time of the benchmark was over before ${what}`);
    const limitSeconds = Math.min(limit, left);
    const watch = new ProcessWatch();
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    const result = await work(limitSeconds);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const processes = watch.stop();
    if (result.code !== 0) throw BenchError.of(what, limitSeconds, result);
    return { seconds, stdout: result.stdout, processes, sandboxCpuSeconds: (user + system) / 1e6 };
  }
}
