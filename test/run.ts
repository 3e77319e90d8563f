/**
 * Everything that "npm test" runs, in the order in which a failure is cheapest to learn of. Each stage ends within its
 * limit; the last line counts tests and checks: `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pester, type Counts } from "./pester";

const ROOT = path.resolve(__dirname, "..");
const bin = (name: string) => path.join(ROOT, "node_modules", ".bin", name);

interface Stage {
  name: string;
  limitMinutes: number;
  run: (limitMilliseconds: number) => Counts;
}

/** Runs a program with its output shown; true where it ended well within its limit. */
function succeeds(program: string, args: string[], limit: number, environment: NodeJS.ProcessEnv = {}): boolean {
  const env = { ...process.env, ...environment };
  const child = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env,
    timeout: limit,
    killSignal: "SIGKILL",
  });
  return child.status === 0;
}

function check(program: string, args: string[]): Stage["run"] {
  return (limit) =>
    succeeds(program, args, limit) ? { passes: 1, failures: 0, pending: 0 } : { passes: 0, failures: 1, pending: 0 };
}

/** Runs mocha over files; a run that ends without its counts (a kill, a crash) is one failure. */
function mocha(patterns: string[], extra: string[] = [], environment: NodeJS.ProcessEnv = {}): Stage["run"] {
  return (limit) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-counts-"));
    const file = path.join(folder, "counts.json");
    try {
      const ok = succeeds(process.execPath, [bin("mocha"), ...extra, ...patterns], limit, {
        ...environment,
        TEST_COUNTS: file,
      });
      if (!fs.existsSync(file)) return { passes: 0, failures: 1, pending: 0 };
      const counts = JSON.parse(fs.readFileSync(file, "utf8")) as Counts;
      return !ok && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Files side by side, each with a sandbox of its own: half of a run is waiting for processes to start and to end. */
const TWO_AT_A_TIME = ["--parallel", "--jobs", "2"];

/** The contract suite holds the host program to its stand-in; elsewhere the quicker one answers, unless one is asked for. */
const STAND_IN = { SANDBOX_HOST: process.env.SANDBOX_HOST ?? "model" };

const STAGES: Stage[] = [
  { name: "types", limitMinutes: 3, run: check(process.execPath, [bin("tsc"), "--noEmit"]) },
  { name: "lint", limitMinutes: 3, run: check(process.execPath, [bin("eslint"), "."]) },
  { name: "dead code", limitMinutes: 2, run: check(process.execPath, [bin("knip"), "--no-progress"]) },
  { name: "format", limitMinutes: 2, run: check(process.execPath, [bin("prettier"), "--check", "."]) },
  { name: "unit", limitMinutes: 15, run: mocha(["test/unit/**/*.test.ts"]) },
  { name: "component", limitMinutes: 5, run: mocha(["test/component/**/*.test.ts"]) },
  { name: "contract", limitMinutes: 25, run: mocha(["test/contract/**/*.test.ts"], TWO_AT_A_TIME) },
  { name: "pester", limitMinutes: 10, run: (limit) => pester({ folder: path.join(ROOT, "host-program"), limit }) },
  { name: "sequences", limitMinutes: 30, run: mocha(["test/sequences/sequences.test.ts"], ["--timeout", "900000"]) },
  {
    name: "toolchain",
    limitMinutes: 25,
    run: check(process.execPath, ["-r", "ts-node/register", "test/toolchain.ts"]),
  },
  {
    name: "end-to-end",
    limitMinutes: 55,
    run: mocha(
      ["test/end-to-end/**/*.test.ts", "test/sequences/pulumi.test.ts"],
      ["--timeout", "900000", ...TWO_AT_A_TIME],
      STAND_IN,
    ),
  },
];

function main(): number {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`unknown stage ${unknown.join(", ")}; there are ${STAGES.map((stage) => stage.name).join(", ")}`);
    return 2;
  }
  const total: Counts = { passes: 0, failures: 0, pending: 0 };
  for (const stage of STAGES.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    const began = Date.now();
    console.log(`\n== ${stage.name}`);
    const counts = stage.run(stage.limitMinutes * 60_000);
    total.passes += counts.passes;
    total.failures += counts.failures;
    total.pending += counts.pending;
    const outcome = counts.failures === 0 ? "ok" : `${counts.failures} failed`;
    console.log(`== ${stage.name}: ${outcome}, ${Math.round((Date.now() - began) / 1000)} s`);
  }
  console.log(`${total.passes} passed, ${total.failures} failed, ${total.pending} skipped`);
  return total.failures === 0 && total.passes > 0 ? 0 : 1;
}

process.exitCode = main();
