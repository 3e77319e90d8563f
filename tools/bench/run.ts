/**
 * `npm run bench -- [--servers 2,10] [--latency 0,50] [--stacks 10] [--runs 3] [--host] [--compare] [--record] [--json]`: the cost of
 * this project beyond Pulumi itself, and beyond a program that is written by hand, compared with its targets. This is a benchmark
 * and not a test: it fails if a run of Pulumi fails, and with `--compare` if a value became worse, not if a target is missed.
 */
import * as os from "node:os";
import { announce, runCommand } from "../../console/run-command";
import { EXIT, UsageError } from "../../console/errors";
import { BenchError } from "./failure";
import { measureHost } from "./host";
import { measure } from "./measure";
import { readOptions, SLOW_POWERSHELL, type Options } from "./options";
import { differences } from "./record/compare";
import { writeRecord } from "./record/page";
import { merge, readRecord, verdictsOf, type SpeedRecord } from "./record/record";
import { differenceTable, hostTable, measurementTable, stacksTable, verdictTable } from "./report";
import { measureStacks } from "./stacks";
import { measureStart } from "./start";
import { findTerraform } from "./terraform";

/** For everything except the first build of a toolchain. */
const BUDGET_SECONDS = 3 * 3600;

const load = () => os.loadavg()[0];

/**
 * Fills the record.
 *
 * @param keep called after each case: an hour of measurements does not depend on the last of them
 */
async function measureAll(options: Options, record: SpeedRecord, keep: () => Promise<void>): Promise<void> {
  const said = new Set<string>();
  // Every sandbox prints the same notice about stand-ins.
  const log = (line: string) => {
    if (!said.has(line)) announce(line);
    said.add(line);
  };
  let end = Infinity;
  const deadline = () => (end = budget(end));
  const { servers, latency, stacks, runs, host } = options;
  for (const roundTripMilliseconds of servers.length > 0 ? latency : []) {
    const distance =
      roundTripMilliseconds === 0 ? undefined : { roundTripMilliseconds, powershellSeconds: SLOW_POWERSHELL };
    for (const count of servers) {
      record.measurements.push(await measure({ servers: count, distance, runs, deadline, log }));
      await keep();
    }
  }
  for (const count of stacks) {
    record.stacks.push(await measureStacks({ stacks: count, deadline, log }));
    await keep();
  }
  if (host) record.host = await measureHost({ deadline, log });
}

function print(record: SpeedRecord, json: boolean): void {
  const wanted = verdictsOf(record);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...record, wanted }, null, 2)}\n`);
    return;
  }
  const { measurements, stacks, host } = record;
  const tables = [
    measurements.length > 0 ? measurementTable(measurements) : "",
    verdictTable(wanted),
    stacks.length > 0 ? stacksTable(stacks) : "",
    host.length > 0 ? hostTable(host) : "",
  ];
  process.stdout.write(`${tables.filter((text) => text !== "").join("\n")}\n`);
}

/** Whether nothing became worse. */
function compareWith(recorded: SpeedRecord, record: SpeedRecord): boolean {
  const found = differences(verdictsOf(recorded), verdictsOf(record));
  process.stderr.write(`${differenceTable(found)}\n`);
  return found.every(({ worse }) => !worse);
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  // Fifty PowerShells on one machine would measure the machine; --host measures the program itself.
  process.env.SANDBOX_HOST ??= "model";
  const recorded = readRecord();
  if (options.compare && recorded === null) {
    throw new UsageError("docs/speed.json is missing; make it with npm run bench -- --record");
  }
  // A wrong name of its provider is refused before anything is measured.
  findTerraform();
  const before = load();
  const record: SpeedRecord = {
    machine: {
      cpus: os.cpus().length,
      node: process.version,
      platform: process.platform,
      load: { before, after: before },
    },
    ...{ measurements: [], start: measureStart(), stacks: [], host: [] },
  };
  const keep = async () => {
    record.machine.load.after = load();
    if (options.record) await writeRecord(merge(recorded, record));
  };
  let code: number = EXIT.ok;
  try {
    await measureAll(options, record, keep);
    await keep();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    announce(`error: ${error.message}`);
    code = EXIT.failed;
  }
  print(record, options.json);
  if (options.compare && !compareWith(recorded!, record)) code = EXIT.failed;
  return code;
}

/** The budget begins with the first run of Pulumi, not with the build of a toolchain, which takes minutes. */
function budget(deadline: number): number {
  return Number.isFinite(deadline) ? deadline : performance.now() + BUDGET_SECONDS * 1000;
}

void runCommand(() => main(process.argv.slice(2)));
