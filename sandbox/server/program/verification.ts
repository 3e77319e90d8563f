/**
 * Proof that synchronisation works with the connector's new identity: no refused sign-in in the event log
 * since the switch and, if requested, a delta cycle that succeeded at the Entra connector.
 */
import type { Step } from "../../../model/protocol/host-progress";
import type { RegisterRequest, RunResult, Verification } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import type { Context } from "./context";
import { sameText } from "./same-text";

/** The first wait between two checks of a cycle, the growth of each further one, and the maximum; in seconds. */
const FIRST_POLL = 0.25;
const GROWTH = 1.5;
const LONGEST_POLL = 5;

const HOUR = 3_600_000;
/** Results of a failed run, in the product's own words. */
const FAILED_RUN = /^(stopped|no-start)-/i;

/** Why a switch is not verified; whether the connector can go back is decided later. */
export class Unverified extends Error {
  constructor(
    readonly sentence: string,
    readonly expected: string,
    readonly actual: string,
  ) {
    super(sentence);
  }
}

/**
 * Verifies the connector's current identity.
 *
 * @param since the start of the relevant events: the switch, or now if an earlier switch is verified again
 * @throws Unverified
 */
export async function verifySynchronisation(context: Context<RegisterRequest>, since: string): Promise<Verification> {
  const { windows, request } = context;
  requireNoRefusedSignIn(windows, since);
  const skipped = whyNoCycle(windows, request);
  if (skipped !== null) return { cycle: null, skipped };
  const cycle = await runCycle(context);
  requireNoRefusedSignIn(windows, since);
  return { cycle, skipped: null };
}

function whyNoCycle(windows: Windows, { verify }: RegisterRequest): string | null {
  if (verify === "switch") return 'only the switch was to be verified (verify: "switch")';
  return windows.getScheduler().SyncCycleEnabled ? null : "the scheduler is off (SyncCycleEnabled False)";
}

function requireNoRefusedSignIn(windows: Windows, since: string): void {
  const from = new Date(since).getTime();
  const hours = Math.ceil(Math.max(0, new Date(windows.getTime()).getTime() - from) / HOUR) + 1;
  const events = pastOf(windows, windows.getEvents(hours), ({ time }) => time);
  const refused = events.find(
    ({ id, time, message }) => id === 906 && /AADSTS\d/i.test(message) && new Date(time).getTime() >= from,
  );
  if (!refused) return;
  // Lines and columns of the event's text are of no use in a sentence.
  const actual = refused.message.replace(/\s+/g, " ");
  const expected = "no event 906 with an error of Entra since the switch";
  throw new Unverified("Entra refused a sign-in of the synchronisation service.", expected, actual);
}

/** Events with a future time were logged before a fast clock was corrected, and do not concern this run. */
function pastOf<T>(windows: Windows, all: readonly T[], timeOf: (entry: T) => string): T[] {
  const now = new Date(windows.getTime()).getTime();
  return all.filter((entry) => new Date(timeOf(entry)).getTime() <= now);
}

/** The cycle of a verification, with what its waits need. */
interface Verifying {
  context: Context<RegisterRequest>;
  /** Seconds since the verification began. */
  elapsed: () => number;
  /** How long it may last. */
  bound: number;
  /** Name of the Entra connector. */
  name: string;
}

const pastRuns = (windows: Windows, since: string): RunResult[] =>
  pastOf(windows, windows.getRunResults(since), (run) => run.startedAt);

/** Runs a delta cycle, after one that may already be running; both within the limit. */
async function runCycle(context: Context<RegisterRequest>): Promise<NonNullable<Verification["cycle"]>> {
  const { windows, request, progress } = context;
  const began = performance.now();
  const bound = request.bounds.verifySeconds;
  const { name } = windows.getConnector();
  const verifying: Verifying = { context, elapsed: () => (performance.now() - began) / 1000, bound, name };
  const startedAt = await startCycle(verifying);
  progress.report("verifying", { elapsed: verifying.elapsed(), bound });
  if (!(await cycleEnds(verifying, "verifying", startedAt))) {
    throw notInTime("The delta cycle that was to verify the switch did not end in time.", bound);
  }
  const results = pastRuns(windows, startedAt);
  requireGoodRuns(results, name);
  return { startedAt, results };
}

const notInTime = (message: string, bound: number) =>
  new Unverified(message, `its end within ${bound} s`, "SyncCycleInProgress True");

/** The scheduler may start its own cycle at any moment: then the end of that cycle is awaited first. */
async function startCycle(verifying: Verifying): Promise<string> {
  const { windows } = verifying.context;
  while (await cycleEnds(verifying, "awaitingCycle", null)) {
    const startedAt = windows.getTime();
    const { started, problem } = windows.startSyncCycle();
    if (started) return startedAt;
    if (!windows.getScheduler().SyncCycleInProgress) {
      const message = "A delta cycle could not be started after the switch.";
      throw new Unverified(message, "Start-ADSyncSyncCycle to start one", problem ?? "");
    }
  }
  throw notInTime(
    "A cycle that ran before the one that was to verify the switch did not end in time.",
    verifying.bound,
  );
}

/**
 * Waits until no cycle runs and, if one was started, until its runs at the Entra connector are in the history: a cycle
 * that was started does not run at once.
 *
 * @param startedAt when a cycle was started; null if none was
 * @returns whether no cycle runs at the end; one that never ran is reported by its missing runs
 */
async function cycleEnds(verifying: Verifying, step: Step, startedAt: string | null): Promise<boolean> {
  const { context, elapsed, bound, name } = verifying;
  const { windows, progress } = context;
  let poll = FIRST_POLL;
  let seen = startedAt === null;
  for (;;) {
    const running = windows.getScheduler().SyncCycleInProgress;
    seen ||= running || pastRuns(windows, startedAt!).some(({ connector }) => sameText(connector, name));
    if (!running && seen) return true;
    if (elapsed() + poll > bound) return !running;
    progress.report(step, { elapsed: elapsed(), bound });
    await windows.wait(poll);
    poll = Math.min(poll * GROWTH, LONGEST_POLL);
  }
}

function requireGoodRuns(results: RunResult[], name: string): void {
  const runs = results.filter(({ connector }) => sameText(connector, name));
  const bad = runs.filter(({ result }) => FAILED_RUN.test(result));
  if (runs.length > 0 && bad.length === 0) return;
  const actual = bad.map(({ runProfile, result }) => `${runProfile}: ${result}`).join(", ") || "no run in the history";
  const message = `The delta cycle after the switch failed at the connector "${name}".`;
  throw new Unverified(message, "runs that end with success", actual);
}
