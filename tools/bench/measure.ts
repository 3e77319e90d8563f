/** Measures one number of servers in its own sandbox. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { standInsInstalled } from "../../sandbox/plugins/install";
import { Sandbox } from "../../sandbox/sandbox";
import { median, type Measurement } from "./measurement";
import { mostAtOnce } from "./overlap";
import { floorProgram, idlePreview, mainProgram, stateBytes, up } from "./program";
import { Stopwatch } from "./stopwatch";

export interface MeasureOptions {
  servers: number;
  /** Idle previews of each program. */
  runs: number;
  /** Called once the sandbox runs: the deadline for everything, in milliseconds of `performance.now()`. */
  deadline: () => number;
  log: (line: string) => void;
}

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
    const { servers, log } = options;
    const sandbox = await Sandbox.open({ folder, command: "npm run bench", serverCount: servers, log });
    try {
      await sandbox.start();
      return await measureSandbox(sandbox, options);
    } finally {
      await sandbox.close();
    }
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function measureSandbox(sandbox: Sandbox, options: MeasureOptions): Promise<Measurement> {
  const { servers, runs, deadline, log } = options;
  const stopwatch = new Stopwatch(sandbox, deadline());
  const label = `${servers} server${servers === 1 ? "" : "s"}`;
  log(`${label}: first up`);
  let program = mainProgram(sandbox);
  const { seconds: upSeconds } = await up(stopwatch, program);
  const pausing = pausingSoFar(sandbox);
  log(`${label}: first up of the floor`);
  const floor = await floorProgram(sandbox, stopwatch);
  const { seconds: floorUp } = await up(stopwatch, floor);
  program = mainProgram(sandbox);

  // The programs alternate, so that other load on the machine affects both.
  const previews: number[] = [];
  const floorPreviews: number[] = [];
  const traffic: Measurement["perPreview"][] = [];
  for (let run = 1; run <= runs; run += 1) {
    log(`${label}: idle preview ${run} of ${runs}`);
    const trafficOf = watchTraffic(sandbox);
    previews.push((await idlePreview(stopwatch, program)).seconds);
    traffic.push(trafficOf());
    floorPreviews.push((await idlePreview(stopwatch, floor)).seconds);
  }
  return {
    servers,
    plugins: standInsInstalled(sandbox.folder.home) ? "stand-in" : "real",
    host: sandbox.backend,
    up: upSeconds,
    preview: median(previews),
    previews,
    floor: { up: floorUp, preview: median(floorPreviews), previews: floorPreviews },
    perPreview: worst(traffic),
    stateBytes: Math.round((await stateBytes(stopwatch)) / servers),
    pausing: { ...pausing, inPreviews: pausedSeconds(sandbox) - pausing.pausedSeconds * pausing.switches },
  };
}

const serversOf = (sandbox: Sandbox) => Object.values(sandbox.servers);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const pausedSeconds = (sandbox: Sandbox) => sum(serversOf(sandbox).map((server) => server.pausedSeconds));

/** Of the run that moved every server to its application. */
function pausingSoFar(sandbox: Sandbox): Omit<Measurement["pausing"], "inPreviews"> {
  const runs = serversOf(sandbox).map((server) => server.switches);
  const switches = sum(runs.map(({ count }) => count));
  const each = (seconds: number) => (switches === 0 ? 0 : seconds / switches);
  const paused = pausedSeconds(sandbox);
  return {
    switches,
    pausedSeconds: each(paused),
    idleSeconds: each(paused - sum(runs.map(({ seconds }) => seconds))),
  };
}

/**
 * The requests that the program itself sends: it searches for an application by its marker, a tag, and reads many
 * objects as one batch. The plugin has the same caller, and does neither.
 */
const OWN_REQUESTS = /\/applications\?.*tags(%2f|\/)any|\/\$batch$/i;

/** Starts counting; the returned function returns the count. */
function watchTraffic(sandbox: Sandbox): () => Measurement["perPreview"] {
  const { tenant, settings } = sandbox;
  const requestsBefore = tenant.requests.length;
  const before = serversOf(sandbox).map((server) => server.sshSessions);
  return () => {
    const requests = tenant.requests
      .slice(requestsBefore)
      .filter(({ caller, batched }) => caller === settings.pipeline.appId && !batched);
    const own = requests.filter((request) => OWN_REQUESTS.test(request.path));
    const spans = serversOf(sandbox).map((server, index) => server.sshSpans.slice(before[index]));
    return {
      sshSessions: spans.flat().length,
      sshSessionsOfOneServer: Math.max(...spans.map(({ length }) => length)),
      sshSessionsAtOnce: mostAtOnce(spans.flat()),
      graphRequests: own.length,
      pluginGraphRequests: requests.length - own.length,
    };
  };
}

function worst(traffic: readonly Measurement["perPreview"][]): Measurement["perPreview"] {
  const highest = (value: (one: Measurement["perPreview"]) => number) => Math.max(...traffic.map(value));
  return {
    sshSessions: highest((one) => one.sshSessions),
    sshSessionsOfOneServer: highest((one) => one.sshSessionsOfOneServer),
    sshSessionsAtOnce: Math.min(...traffic.map((one) => one.sshSessionsAtOnce)),
    graphRequests: highest((one) => one.graphRequests),
    pluginGraphRequests: highest((one) => one.pluginGraphRequests),
  };
}
