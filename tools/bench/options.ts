/** The options of `npm run bench`. */
import { Command, InvalidArgumentError } from "commander";
import { EXIT, UsageError } from "../../console/errors";

const DEFAULT_SERVERS = [1, 2, 10];
const DEFAULT_RUNS = 3;
/** Higher numbers are untested: this one process emulates every server. */
const MOST_SERVERS = 200;
const MOST_STACKS = 20;
const MOST_LATENCY = 1000;
/** Seconds that PowerShell takes to start on a busy server. */
export const SLOW_POWERSHELL = 3;
const MOST_RUNS = 20;

export interface Options {
  servers: number[];
  /** Round trips in milliseconds; 0 is this machine. */
  latency: number[];
  /** Numbers of stacks that are measured together. */
  stacks: number[];
  runs: number;
  host: boolean;
  json: boolean;
  compare: boolean;
  record: boolean;
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}

/** "none" is no number. */
const wholeNumbers = (least: number, most: number) => (text: string) =>
  text === "none" ? [] : text.split(",").map((number) => wholeNumber(number, least, most));

export function readOptions(args: readonly string[]): Options {
  const command = new Command("npm run bench --")
    .description(
      "Compares first up and idle preview with their baseline; measures sessions, requests, state and pauses.",
    )
    .option(
      "--servers <counts>",
      'numbers of servers, separated by commas, or "none"',
      wholeNumbers(1, MOST_SERVERS),
      DEFAULT_SERVERS,
    )
    .option(
      "--latency <milliseconds>",
      `round trips, separated by commas; beyond 0 PowerShell takes ${SLOW_POWERSHELL} s to start on a server`,
      wholeNumbers(0, MOST_LATENCY),
      [0],
    )
    .option("--stacks <counts>", "also numbers of stacks of two servers each", wholeNumbers(1, MOST_STACKS), [])
    .option(
      "--runs <n>",
      "number of idle previews; the result is their median",
      (text) => wholeNumber(text, 1, MOST_RUNS),
      DEFAULT_RUNS,
    )
    .option("--host", "also the host program under the PowerShell of this machine", false)
    .option("--compare", "fail if a value is worse than the one in docs/speed.json, beyond its tolerance", false)
    .option("--record", "write the values to docs/speed.json, docs/speed.md and its chart", false)
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
