/** Runs stages side by side: the tests are bound by the processor, and most stages use one core of two. */
import type { Counts } from "./counts";
import type { Screen, StageOutput } from "./screen";

export interface Stage {
  name: string;
  limitMinutes: number;
  /** How many cores it keeps busy. */
  cores: 1 | 2;
  /** A stage that must have ended before, if it runs at all. */
  after?: string;
  run: (limitMilliseconds: number, output: StageOutput) => Promise<Counts>;
}

export interface StageResult {
  name: string;
  counts: Counts;
  seconds: number;
}

/**
 * Starts the stages in their order, each as soon as its cores are free and what it waits for has ended; a later one that fits
 * does not wait for an earlier one that does not. A stage that throws is one failure.
 */
export async function runSideBySide(stages: readonly Stage[], cores: number, screen: Screen): Promise<StageResult[]> {
  const waiting = [...stages];
  const running = new Map<Stage, Promise<void>>();
  const results: StageResult[] = [];
  const used = () => [...running.keys()].reduce((sum, stage) => sum + stage.cores, 0);
  const isOpen = (name: string) => [...waiting, ...running.keys()].some((stage) => stage.name === name);
  const mayStart = (stage: Stage) =>
    (running.size === 0 || used() + stage.cores <= cores) && !(stage.after && isOpen(stage.after));

  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.find(mayStart);
    if (next) {
      waiting.splice(waiting.indexOf(next), 1);
      const ended = runStage(next, screen.open()).then((result) => {
        results.push(result);
        running.delete(next);
      });
      running.set(next, ended);
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else {
      throw new Error(`no stage can start: ${waiting.map(({ name }) => name).join(", ")}`);
    }
  }
  return stages.map(({ name }) => results.find((result) => result.name === name)!);
}

async function runStage({ name, limitMinutes, run }: Stage, output: StageOutput): Promise<StageResult> {
  const began = performance.now();
  output.print(`\n== ${name}`);
  const counts = await run(limitMinutes * 60_000, output).catch((error: Error) => {
    output.print(error.stack ?? error.message);
    return { passes: 0, failures: 1, pending: 0 };
  });
  const seconds = (performance.now() - began) / 1000;
  const outcome = counts.failures === 0 ? "ok" : `${counts.failures} failed`;
  output.print(`== ${name}: ${outcome}, ${Math.round(seconds)} s`);
  output.end();
  return { name, counts, seconds };
}
