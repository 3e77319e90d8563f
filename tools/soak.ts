/**
 * `npm run soak -- --minutes N [--seed S]`: random sequences with new seeds for N minutes; with `--path P` the
 * one sequence that a failure named; with `--engine` sequences through the real engine, in one sandbox. Prints a line
 * every minute and a summary at the end; the exit code is 1 if anything failed.
 */
import { randomInt } from "node:crypto";
import * as fs from "node:fs";
import { Command } from "commander";
import { runBatch } from "../test/sequences/batch";
import { makeFolder } from "../test/sequences/play";
import { pulumiSequence, PulumiSequence } from "../test/sequences/pulumi-sequence";
import { TestSandbox } from "../test/end-to-end/support";

const BATCH = 100;
const ENGINE_STEPS = 8;
const MINUTE = 60_000;
/** More failures than this add no information. */
const ENOUGH_FAILURES = 10;

interface Options {
  minutes: number;
  seed: number;
  /** Of one sequence, to repeat it. */
  path: string | undefined;
  engine: boolean;
}

function readOptions(): Options {
  const values = new Command("npm run soak --")
    .description("Random sequences of what happens to a stack, each checked against the rules of SECURITY.md")
    .option("--minutes <n>", "duration in minutes; 1 by default")
    .option("--seed <n>", "the first seed; a new one by default")
    .option("--path <path>", "the one sequence that a failure named")
    .option("--engine", "through the real engine, in one sandbox")
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<{ minutes?: string; seed?: string; path?: string; engine?: true }>();
  const number = (name: "minutes" | "seed", otherwise: number) => {
    const text = values[name];
    if (text === undefined) return otherwise;
    if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} needs a number, not "${text}"`);
    return Number(text);
  };
  return {
    minutes: number("minutes", 1),
    seed: number("seed", randomInt(1_000_000_000)),
    path: values.path,
    engine: values.engine ?? false,
  };
}

/** The totals of all batches so far. */
class Totals {
  sequences = 0;
  steps = 0;
  failures = 0;
  private readonly began = Date.now();
  private lastPrinted = 0;

  get minutes(): number {
    return (Date.now() - this.began) / MINUTE;
  }

  add(steps: number): void {
    this.sequences += 1;
    this.steps += steps;
    if (Math.floor(this.minutes) <= this.lastPrinted) return;
    this.lastPrinted = Math.floor(this.minutes);
    console.log(`${this.lastPrinted} min: ${this.toString()}`);
  }

  toString(): string {
    return `${this.sequences} sequences, ${this.steps} steps, ${this.failures} failures`;
  }
}

async function soak({ minutes, seed, path }: Options, interrupted: () => boolean): Promise<Totals> {
  const folder = makeFolder();
  const totals = new Totals();
  const enough = () => totals.failures >= ENOUGH_FAILURES;
  const over = () => interrupted() || enough() || (path === undefined && totals.minutes >= minutes);
  try {
    for (let next = seed; !over(); next += 1) {
      const sequences = path === undefined ? BATCH : 1;
      const batch = await runBatch({
        ...{ seed: next, sequences, folder, path, stop: over },
        onSequence: (steps) => totals.add(steps),
      });
      if (batch.failure !== null) {
        totals.failures += 1;
        console.log(`FAILED: ${batch.failure}`);
      }
      if (path !== undefined) break;
    }
    return totals;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The same through the real engine. After a failure the sandbox is in an unknown state, so the next one is new. */
async function soakEngine({ minutes, seed }: Options, interrupted: () => boolean): Promise<Totals> {
  const totals = new Totals();
  let test: TestSandbox | undefined;
  try {
    for (let next = seed; !interrupted() && totals.minutes < minutes && totals.failures < ENOUGH_FAILURES; next += 1) {
      test ??= await TestSandbox.open();
      try {
        totals.add(await new PulumiSequence(test).play(pulumiSequence(next, ENGINE_STEPS)));
      } catch (error) {
        totals.failures += 1;
        console.log(`FAILED: seed ${next}: ${(error as Error).message}`);
        console.log(`Repeat it: npm run soak -- --engine --seed ${next}`);
        await test.close();
        test = undefined;
      }
    }
    return totals;
  } finally {
    await test?.close();
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  let interrupted = false;
  process.once("SIGINT", () => (interrupted = true));
  console.log(`seed ${options.seed}`);
  const totals = await (options.engine ? soakEngine : soak)(options, () => interrupted);
  const ended = interrupted ? "interrupted" : "done";
  console.log(`soak ${ended} after ${totals.minutes.toFixed(1)} min from seed ${options.seed}: ${totals.toString()}`);
  return totals.failures > 0 ? 1 : 0;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
