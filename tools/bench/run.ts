/**
 * `npm run bench -- [--servers 2,10] [--latency 0,50] [--runs 3] [--json]`: the cost of this project beyond Pulumi itself,
 * and beyond a program that is written by hand, compared with its targets. This is a benchmark and not a test: it fails if a run of Pulumi fails, not if a target is missed.
 */
import * as os from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { announce, runCommand } from "../../console/run-command";
import { EXIT, UsageError } from "../../console/errors";
import { BenchError } from "./failure";
import { measure } from "./measure";
import type { Measurement } from "./measurement";
import { measurementTable, verdictTable } from "./report";
import { measureStart } from "./start";
import { judgeAll, judgeStart } from "./wanted";

/** For everything except the first build of a toolchain. */
const BUDGET_SECONDS = 3600;
const DEFAULT_SERVERS = [1, 2, 10];
const DEFAULT_RUNS = 3;
/** Higher numbers are untested: this one process emulates every server. */
const MOST_SERVERS = 200;
const MOST_LATENCY = 1000;
/** Seconds that PowerShell takes to start on a busy server. */
const SLOW_POWERSHELL = 3;
const MOST_RUNS = 20;

interface Options {
  servers: number[];
  /** Round trips in milliseconds; 0 is this machine. */
  latency: number[];
  runs: number;
  json: boolean;
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}

const wholeNumbers = (least: number, most: number) => (text: string) =>
  text.split(",").map((number) => wholeNumber(number, least, most));

function readOptions(args: readonly string[]): Options {
  const command = new Command("npm run bench --")
    .description(
      "Compares first up and idle preview with their baseline; measures sessions, requests, state and pauses.",
    )
    .option(
      "--servers <counts>",
      "numbers of servers, separated by commas",
      wholeNumbers(1, MOST_SERVERS),
      DEFAULT_SERVERS,
    )
    .option(
      "--latency <milliseconds>",
      `round trips, separated by commas; beyond 0 PowerShell takes ${SLOW_POWERSHELL} s to start on a server`,
      wholeNumbers(0, MOST_LATENCY),
      [0],
    )
    .option(
      "--runs <n>",
      "number of idle previews; the result is their median",
      (text) => wholeNumber(text, 1, MOST_RUNS),
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

function print(measurements: readonly Measurement[], start: Record<string, number>, json: boolean): void {
  const verdicts = [...judgeAll(measurements), ...judgeStart(start)];
  if (json) {
    const machine = { cpus: os.cpus().length, node: process.version, platform: process.platform, load: os.loadavg() };
    process.stdout.write(`${JSON.stringify({ machine, measurements, start, wanted: verdicts }, null, 2)}\n`);
  } else if (measurements.length > 0) {
    process.stdout.write(`${measurementTable(measurements)}\n${verdictTable(verdicts)}\n`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { servers, latency, runs, json } = readOptions(args);
  const start = measureStart();
  const measurements: Measurement[] = [];
  const said = new Set<string>();
  // Every sandbox prints the same notice about stand-ins.
  const log = (line: string) => {
    if (!said.has(line)) announce(line);
    said.add(line);
  };
  let code: number = EXIT.ok;
  let deadline = Infinity;
  try {
    for (const roundTrip of latency) {
      const distance =
        roundTrip === 0 ? undefined : { roundTripMilliseconds: roundTrip, powershellSeconds: SLOW_POWERSHELL };
      for (const count of servers) {
        const options = { servers: count, distance, runs, deadline: () => (deadline = budget(deadline)), log };
        measurements.push(await measure(options));
      }
    }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    announce(`error: ${error.message}`);
    code = EXIT.failed;
  }
  print(measurements, start, json);
  return code;
}

/** The budget begins with the first run of Pulumi, not with the build of a toolchain, which takes minutes. */
function budget(deadline: number): number {
  return Number.isFinite(deadline) ? deadline : performance.now() + BUDGET_SECONDS * 1000;
}

void runCommand(() => main(process.argv.slice(2)));
