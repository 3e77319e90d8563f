/** Several stacks on one machine, each with a tenant and servers of its own, as the jobs of a pipeline have them. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Sandbox } from "../../sandbox/sandbox";
import { idlePreview, mainProgram, up } from "./program";
import { Stopwatch } from "./stopwatch";

/** Servers of each stack. */
const SERVERS = 2;

export interface StacksMeasurement {
  stacks: number;
  servers: number;
  /** Idle previews of all stacks, one after the other, in seconds of real time. */
  oneAfterTheOther: number;
  /** The same, all at once on this machine. */
  atOnce: number;
}

interface StacksOptions {
  stacks: number;
  deadline: () => number;
  log: (line: string) => void;
}

/** @throws BenchError if Pulumi fails or the time is over */
export async function measureStacks({ stacks, deadline, log }: StacksOptions): Promise<StacksMeasurement> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-bench-"));
  const remove = () => fs.rmSync(root, { recursive: true, force: true });
  // An interrupt between two runs ends the process at once.
  process.once("exit", remove);
  const open: Sandbox[] = [];
  // Each sandbox wants to know of the end of this process.
  process.setMaxListeners(process.getMaxListeners() + stacks);
  try {
    const previews: (() => Promise<unknown>)[] = [];
    for (let index = 1; index <= stacks; index += 1) {
      log(`${stacks} stack${stacks === 1 ? "" : "s"}: first up of the ${index}.`);
      const folder = path.join(root, String(index));
      const sandbox = await Sandbox.open({ folder, command: "npm run bench", serverCount: SERVERS, log });
      open.push(sandbox);
      await sandbox.start();
      const program = mainProgram(sandbox);
      const stopwatch = new Stopwatch(sandbox, deadline());
      await up(stopwatch, program);
      previews.push(() => idlePreview(stopwatch, program));
    }
    log(`${stacks} stack${stacks === 1 ? "" : "s"}: idle previews`);
    const oneAfterTheOther = await secondsOf(async () => {
      for (const preview of previews) await preview();
    });
    const atOnce = await secondsOf(() => Promise.all(previews.map((preview) => preview())));
    return { stacks, servers: SERVERS, oneAfterTheOther, atOnce };
  } finally {
    await Promise.all(open.map((sandbox) => sandbox.close()));
    remove();
    process.off("exit", remove);
    process.setMaxListeners(process.getMaxListeners() - stacks);
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
