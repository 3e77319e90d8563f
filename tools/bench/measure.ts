/** Measures one number of servers at one distance, in its own sandbox. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { STACK } from "../../console/sandbox-stack";
import { standInsInstalled } from "../../sandbox/plugins/install";
import { Sandbox } from "../../sandbox/sandbox";
import type { Distance } from "../../sandbox/world/listeners";
import { median, type Measurement, type Previews, type StackSize } from "./measurement";
import { secondsWithAny } from "./overlap";
import { benchFile, grownBy, idlePreview, mainProgram, otherProgram, stackSize, up, type Program } from "./program";
import { Stopwatch, type TimedRun } from "./stopwatch";
import { measureTerraform } from "./terraform";
import { pausingSoFar, pausedSeconds, spansSince, watchTraffic, worst } from "./traffic";

export interface MeasureOptions {
  servers: number;
  distance: Distance | undefined;
  /** Idle previews of each program. */
  runs: number;
  /** Called once the sandbox runs: the deadline for everything, in milliseconds of `performance.now()`. */
  deadline: () => number;
  log: (line: string) => void;
}

/** As many role assignments as Graph puts on a page. */
const ASSIGNMENTS_ON_PAGE = 999;

/** Doctor and report read what a preview reads. */
const COMMAND_LIMIT_SECONDS = 180;

/**
 * Creates a sandbox, measures, and removes it.
 *
 * @throws BenchError if Pulumi fails or the time is over
 */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-bench-"));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  // An interrupt between two runs ends the process at once.
  process.once("exit", remove);
  try {
    const { servers, distance, log } = options;
    const sandbox = await Sandbox.open({
      ...{ folder, command: "npm run bench", serverCount: servers, distance, log },
      assignmentsOnPage: ASSIGNMENTS_ON_PAGE,
    });
    try {
      await sandbox.start();
      return await new SandboxMeasurement(sandbox, options).run();
    } finally {
      await sandbox.close();
    }
  } finally {
    remove();
    process.off("exit", remove);
  }
}

class SandboxMeasurement {
  private readonly stopwatch: Stopwatch;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly options: MeasureOptions,
  ) {
    this.stopwatch = new Stopwatch(sandbox, options.deadline());
  }

  async run(): Promise<Measurement> {
    const { sandbox, stopwatch } = this;
    const { servers, distance } = this.options;
    const ups = await this.firstUps();
    const size = await stackSize(stopwatch, mainProgram(sandbox));
    const floor = await this.asLarge(ups.floor, size);
    const pausing = pausingSoFar(sandbox);
    const previews = await this.previews(floor.program, ups.handWritten);
    const inPreviews = pausedSeconds(sandbox) - pausing.pausedSeconds * pausing.switches;
    const commands = { doctor: await this.command("doctor"), report: await this.command("report") };
    return {
      servers,
      distance: distance ?? null,
      plugins: standInsInstalled(sandbox.folder.home) ? "stand-in" : "real",
      host: sandbox.backend,
      up: ups.up,
      ...previews,
      floor: { up: ups.floorSeconds, preview: previews.floor, size: floor.size },
      handWritten: { preview: previews.handWritten },
      ...commands,
      rotation: await this.rotation(),
      // Last, as its role holders would count in all that came before.
      terraform: await measureTerraform(sandbox, ups.handWritten),
      size,
      pausing: { ...pausing, inPreviews },
    };
  }

  private log(what: string): void {
    const { servers, distance, log } = this.options;
    const far = distance ? ` at ${distance.roundTripMilliseconds} ms` : "";
    log(`${servers} server${servers === 1 ? "" : "s"}${far}: ${what}`);
  }

  private async firstUps() {
    const { sandbox, stopwatch } = this;
    this.log("first up");
    const spans = spansSince(sandbox);
    const { seconds } = await up(stopwatch, mainProgram(sandbox));
    const onServers = secondsWithAny(spans().flat());
    this.log("first up of the others");
    const floor = await otherProgram(sandbox, stopwatch, "floor");
    const { seconds: floorSeconds } = await up(stopwatch, floor);
    const handWritten = await otherProgram(sandbox, stopwatch, "hand-written");
    await up(stopwatch, handWritten);
    return { up: { seconds, onServers }, floor, floorSeconds, handWritten };
  }

  /** The bare engine with a state of the same size, for the previews: its first up was of a smaller one. */
  private async asLarge(program: Program, { bytes }: StackSize) {
    const { stopwatch } = this;
    const small = await stackSize(stopwatch, program);
    const grown = grownBy(bytes - small.bytes, program);
    await up(stopwatch, grown, "an update");
    return { program: grown, size: await stackSize(stopwatch, grown) };
  }

  /** The programs alternate, so that other load on the machine affects all. */
  private async previews(floor: Program, handWritten: Program) {
    const program = mainProgram(this.sandbox);
    const runs: TimedRun[][] = [];
    const traffic: Measurement["perPreview"][] = [];
    for (let run = 1; run <= this.options.runs; run += 1) {
      this.log(`idle preview ${run} of ${this.options.runs}`);
      const trafficOf = watchTraffic(this.sandbox);
      const own = await idlePreview(this.stopwatch, program);
      traffic.push(trafficOf());
      runs.push([own, await idlePreview(this.stopwatch, floor), await idlePreview(this.stopwatch, handWritten)]);
    }
    const [own, ofFloor, ofHand] = [0, 1, 2].map((index) => runs.map((run) => run[index]));
    return {
      preview: previewsOf(own),
      processes: middle(own).processes,
      floor: previewsOf(ofFloor),
      handWritten: previewsOf(ofHand),
      perPreview: worst(traffic),
    };
  }

  /** Seconds of a command of this project on the stack. */
  private async command(name: "doctor" | "report"): Promise<number> {
    this.log(name);
    const files = name === "report" ? ["--output", path.join(this.sandbox.folder.root, "reports")] : [];
    const args = [name, "--stack", STACK, "--config-file", benchFile(this.sandbox), ...files];
    return (await this.stopwatch.runCommand(name, args, { limitSeconds: COMMAND_LIMIT_SECONDS })).seconds;
  }

  /** One server among all gets a new certificate. */
  private async rotation(): Promise<number> {
    this.log("rotation of one server");
    const [{ name }] = this.sandbox.settings.servers;
    const program = mainProgram(this.sandbox, { [name]: { rotate: "the benchmark" } });
    const spans = spansSince(this.sandbox);
    const { seconds } = await up(this.stopwatch, program, "a rotation");
    return seconds - secondsWithAny(spans().flat());
  }
}

const byTime = (runs: readonly TimedRun[]) => [...runs].sort((left, right) => left.seconds - right.seconds);

/** The run in the middle; of an even number, the quicker one. */
const middle = (runs: readonly TimedRun[]) => byTime(runs)[(runs.length - 1) >> 1];

function previewsOf(runs: readonly TimedRun[]): Previews {
  const all = runs.map(({ seconds }) => seconds);
  const { processes, sandboxCpuSeconds } = middle(runs);
  const cpuSeconds = processes?.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) ?? null;
  return { seconds: median(all), all, cpuSeconds, sandboxCpuSeconds };
}
