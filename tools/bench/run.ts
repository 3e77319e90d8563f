/**
 * `npm run bench -- [--servers 2,10] [--runs 3] [--json]`: the cost of this project beyond Pulumi itself, compared with
 * its targets. This is a benchmark and not a test: it fails if a run of Pulumi fails, not if a target is missed.
 */
import * as os from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { announce, runCommand } from "../../console/run-command";
import { EXIT, UsageError } from "../../console/errors";
import { BenchError } from "./failure";
import { measure } from "./measure";
import type { Measurement } from "./measurement";
import { measurementTable, verdictTable } from "./report";
import { judge } from "./wanted";

/** For everything except the first build of a toolchain. */
const BUDGET_SECONDS = 300;
const DEFAULT_SERVERS = [1, 2, 10];
const DEFAULT_RUNS = 3;
/** Higher numbers are untested: this one process emulates every server. */
const MOST_SERVERS = 50;
const MOST_RUNS = 20;

interface Options {
  servers: number[];
  runs: number;
  json: boolean;
}

function wholeNumber(text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
}

function readOptions(args: readonly string[]): Options {
  const command = new Command("npm run bench --")
    .description(
      "Compares first up and idle preview with their baseline; measures sessions, requests, state and pauses.",
    )
    .option(
      "--servers <counts>",
      "numbers of servers, separated by commas",
      (text) => text.split(",").map((count) => wholeNumber(count, MOST_SERVERS)),
      DEFAULT_SERVERS,
    )
    .option(
      "--runs <n>",
      "number of idle previews; the result is their median",
      (text) => wholeNumber(text, MOST_RUNS),
      DEFAULT_RUNS,
    )
    .option("--json", "machine-readable, on stdout (with npm run --silent)", false)
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride((error) => {
      if (error.exitCode === 0) process.exit(EXIT.ok);
      throw new UsageError(error.message.replace(/^error: /, ""));
    });
  command.parse([...args], { from: "user" });
  return command.opts<Options>();
}

function print(measurements: readonly Measurement[], json: boolean): void {
  const verdicts = measurements.flatMap(judge);
  if (json) {
    const machine = { cpus: os.cpus().length, node: process.version, platform: process.platform, load: os.loadavg() };
    process.stdout.write(`${JSON.stringify({ machine, measurements, wanted: verdicts }, null, 2)}\n`);
  } else if (measurements.length > 0) {
    process.stdout.write(`${measurementTable(measurements)}\n${verdictTable(verdicts)}\n`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { servers, runs, json } = readOptions(args);
  const measurements: Measurement[] = [];
  const said = new Set<string>();
  // Every sandbox prints the same notice about stand-ins.
  const log = (line: string) => {
    if (!said.has(line)) announce(line);
    said.add(line);
  };
  let code: number = EXIT.ok;
  let deadline = Infinity;
  for (const count of servers) {
    try {
      measurements.push(await measure({ servers: count, runs, deadline: () => (deadline = budget(deadline)), log }));
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      announce(`error: ${error.message}`);
      code = EXIT.failed;
      break;
    }
  }
  print(measurements, json);
  return code;
}

/** The budget begins with the first run of Pulumi, not with the build of a toolchain, which takes minutes. */
function budget(deadline: number): number {
  return Number.isFinite(deadline) ? deadline : performance.now() + BUDGET_SECONDS * 1000;
}

void runCommand(() => main(process.argv.slice(2)));
