/**
 * `npm run bench -- [--servers 2,10] [--runs 3] [--json]`: what this project costs beyond Pulumi itself, and whether that
 * is what is wanted of it. A benchmark and no test: a missed value does not fail it, a run of Pulumi that fails does.
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

/** For everything, the first build of a toolchain aside. */
const BUDGET_SECONDS = 300;
const DEFAULT_SERVERS = [1, 2, 10];
const DEFAULT_RUNS = 3;
/** More has not been tried: every server is emulated by this one process. */
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
    .description("Measures first up and idle preview against their floor, sessions, requests, state and pauses.")
    .option(
      "--servers <counts>",
      "numbers of servers, with commas between them",
      (text) => text.split(",").map((count) => wholeNumber(count, MOST_SERVERS)),
      DEFAULT_SERVERS,
    )
    .option(
      "--runs <n>",
      "idle previews, of which the median counts",
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
  // Every sandbox announces the same stand-ins.
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

/** The budget begins with the first run of Pulumi, not with the minutes in which a toolchain is built. */
function budget(deadline: number): number {
  return Number.isFinite(deadline) ? deadline : performance.now() + BUDGET_SECONDS * 1000;
}

void runCommand(() => main(process.argv.slice(2)));
