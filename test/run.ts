/**
 * Everything that "npm test" runs, side by side on two cores, and in the order in which a failure is cheapest to learn of.
 * Each stage ends within its limit; the last line counts tests and checks: `N passed, N failed, N skipped`.
 */
import * as os from "node:os";
import * as path from "node:path";
import { ONE_FAILED, ONE_PASSED, sum } from "./stages/counts";
import { mocha } from "./stages/mocha";
import { pester } from "./stages/pester";
import { ROOT, succeeds } from "./stages/program";
import { Screen } from "./stages/screen";
import { runSideBySide, type Stage } from "./stages/side-by-side";

/** As many as the machines have that the limits are for; more would share ports, caches and memory with each other untested. */
const CORES = 2;

const bin = (name: string) => path.join(ROOT, "node_modules", ".bin", name);

function check(...args: string[]): Stage["run"] {
  return async (limitMilliseconds, output) => {
    const options = { limitMilliseconds, output: output.descriptor };
    return (await succeeds(process.execPath, args, options)) ? ONE_PASSED : ONE_FAILED;
  };
}

/** The contract suite holds the host program to its stand-in; elsewhere the quicker one answers, unless one is asked for. */
const STAND_IN = { SANDBOX_HOST: process.env.SANDBOX_HOST ?? "model" };

/** Stages of one core first: they run side by side. */
const STAGES: Stage[] = [
  { name: "types", limitMinutes: 5, cores: 1, run: check(bin("tsc"), "--noEmit") },
  { name: "lint", limitMinutes: 5, cores: 1, run: check(bin("eslint"), ".") },
  { name: "dead code", limitMinutes: 3, cores: 1, run: check(bin("knip"), "--no-progress") },
  { name: "format", limitMinutes: 3, cores: 1, run: check(bin("prettier"), "--check", ".") },
  { name: "toolchain", limitMinutes: 40, cores: 1, run: check("-r", "ts-node/register", "test/toolchain.ts") },
  { name: "unit", limitMinutes: 20, cores: 1, run: mocha({ patterns: ["test/unit/**/*.test.ts"] }) },
  { name: "contract", limitMinutes: 30, cores: 1, run: mocha({ patterns: ["test/contract/**/*.test.ts"] }) },
  {
    name: "sequences",
    limitMinutes: 30,
    cores: 1,
    run: mocha({ patterns: ["test/sequences/sequences.test.ts"], timeoutMinutes: 15 }),
  },
  {
    name: "pester",
    limitMinutes: 15,
    cores: 1,
    run: (limitMilliseconds, output) => pester({ folder: path.join(ROOT, "host-program"), limitMilliseconds, output }),
  },
  { name: "component", limitMinutes: 8, cores: 1, run: mocha({ patterns: ["test/component/**/*.test.ts"] }) },
  {
    name: "end-to-end",
    limitMinutes: 65,
    cores: 2,
    after: "toolchain",
    run: mocha({
      patterns: ["test/end-to-end/**/*.test.ts", "test/sequences/pulumi.test.ts"],
      timeoutMinutes: 15,
      jobs: CORES,
      env: STAND_IN,
    }),
  },
];

/** Seconds that all processors worked, and that they were there. */
function processorSeconds(): { busy: number; all: number } {
  const times = os.cpus().map(({ times }) => times);
  const total = (of: (one: (typeof times)[number]) => number) => times.reduce((sum, one) => sum + of(one), 0) / 1000;
  const all = total(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq);
  return { all, busy: all - total(({ idle }) => idle) };
}

async function main(): Promise<number> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`unknown stage ${unknown.join(", ")}; there are ${STAGES.map((stage) => stage.name).join(", ")}`);
    return 2;
  }
  const stages = STAGES.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const before = processorSeconds();
  const began = performance.now();
  const screen = new Screen((text) => process.stdout.write(text));
  const results = await runSideBySide(stages, CORES, screen).finally(() => screen.close());
  const after = processorSeconds();
  const busy = Math.round((100 * (after.busy - before.busy)) / (after.all - before.all));
  const each = results.map(({ name, seconds }) => `${name} ${Math.round(seconds)}`);
  console.log(`\n${each.join(", ")}`);
  console.log(`${Math.round((performance.now() - began) / 1000)} s in all; processors were busy for ${busy} % of it`);
  const total = sum(results.map(({ counts }) => counts));
  console.log(`${total.passes} passed, ${total.failures} failed, ${total.pending} skipped`);
  return total.failures === 0 && total.passes > 0 ? 0 : 1;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
