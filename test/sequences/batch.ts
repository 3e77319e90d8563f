/** Batches of random sequences: a failure is shrunk, and reported with the command that repeats it. */
import fc from "fast-check";
import { sequence } from "./actions";
import { play } from "./play";

export interface Batch {
  seed: number;
  sequences: number;
  /** Steps of all sequences, including those that bring them to rest. */
  steps: number;
  /** The failure, ready to be printed; null if there was none. */
  failure: string | null;
}

export interface BatchOptions {
  seed: number;
  sequences: number;
  folder: string;
  /** Of one sequence within the seed, as a failure names it. */
  path?: string;
  /** Called between two sequences; true ends the batch. */
  stop?: () => boolean;
  onSequence?: (steps: number) => void;
}

/** How long a failing sequence is shrunk, in milliseconds. */
const SHRINKING = 20_000;

export async function runBatch({ seed, sequences, folder, path, stop, onSequence }: BatchOptions): Promise<Batch> {
  const batch: Batch = { seed, sequences: 0, steps: 0, failure: null };
  let failedAt: number | undefined;
  const property = fc.asyncProperty(sequence, async (actions) => {
    if (failedAt === undefined && stop?.()) return;
    // If it cannot be shrunk further in time, it counts as short enough.
    if (failedAt !== undefined && Date.now() - failedAt > SHRINKING) return;
    try {
      const steps = await play(actions, folder);
      if (failedAt !== undefined) return;
      batch.sequences += 1;
      batch.steps += steps;
      onSequence?.(steps);
    } catch (error) {
      failedAt ??= Date.now();
      throw error;
    }
  });
  const result = await fc.check(property, { seed, path, numRuns: sequences });
  if (!result.failed) return batch;
  const [actions] = result.counterexample ?? [[]];
  const cause = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  batch.failure = [
    cause,
    `The sequence (seed ${seed}, path ${result.counterexamplePath}):`,
    ...actions.map((action) => `  ${JSON.stringify(action)}`),
    `Repeat it: npm run soak -- --seed ${seed} --path ${result.counterexamplePath}`,
  ].join("\n");
  return batch;
}
