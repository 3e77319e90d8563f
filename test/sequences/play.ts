/** Plays one sequence from a new world to its rest. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { act, type Action } from "./actions";
import { converge } from "./convergence";
import { check, look, Violation } from "./invariants";
import { Stack } from "./stack";
import { World } from "./world";

/** How long after one step the next one begins, in seconds. */
const STEP_SECONDS = 30;

/** The files of worlds are in memory if there is such a file system. */
const SHARED_MEMORY = "/dev/shm";

export function makeFolder(): string {
  const base = fs.existsSync(SHARED_MEMORY) ? SHARED_MEMORY : os.tmpdir();
  return fs.mkdtempSync(path.join(base, "connect-sync-sequences-"));
}

/** @returns the number of steps, including those to its rest. @throws Violation with the step that broke a rule */
export async function play(actions: readonly Action[], folder: string): Promise<number> {
  const world = await World.make(path.join(folder, "world"));
  const leave = world.enter();
  let steps = 0;
  const step: typeof act = async (action, stack) => {
    steps += 1;
    // Every step takes time.
    world.clock.advance(STEP_SECONDS);
    try {
      const before = await look(stack, world);
      const run = await act(action, stack, world);
      await check(action, before, run, stack, world);
      return run;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      throw new Violation(`step ${steps}, ${JSON.stringify(action)}: ${error.message}`);
    }
  };
  try {
    const stack = new Stack(world);
    for (const action of actions) await step(action, stack, world);
    await converge(stack, world, step);
    return steps;
  } finally {
    for (const { machine } of Object.values(world.hosts)) machine.cycle?.stop();
    leave();
    world.dispose();
  }
}
