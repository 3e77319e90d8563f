/**
 * Proof that synchronisation works with the connector's new identity: no refused sign-in in the event log
 * since the switch and, if requested, a delta cycle that succeeded at the Entra connector.
 */
import type { Step } from "../../../model/protocol/host-progress";
import type { RegisterRequest, RunResult, Verification } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import type { Context } from "./context";
import { Refusal } from "./refusal";

/** The first wait between two checks of a cycle, the growth of each further one, and the maximum; in seconds. */
const FIRST_POLL = 0.1;
const GROWTH = 1.5;
const LONGEST_POLL = 5;

const HOUR = 3_600_000;
/** Results of a failed run, in the product's own words. */
const FAILED_RUN = /^(stopped|no-start)-/;
const REMEDY =
  'Look at the Application log and at Synchronization Service Manager on the server, then run "pulumi up".';

const failed = (message: string, expected: string, actual: string): Refusal =>
  new Refusal("VERIFICATION_FAILED", { message, expected, actual, remedy: REMEDY });

/**
 * Verifies the connector's current identity.
 *
 * @param since the start of the relevant events: the switch, or now if an earlier switch is verified again
 * @throws Refusal VERIFICATION_FAILED
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
    ({ id, time, message }) => id === 906 && /AADSTS\d/.test(message) && new Date(time).getTime() >= from,
  );
  if (!refused) return;
  throw failed("Entra refused a sign-in of the sync service.", "no event 906 since the switch", refused.message);
}

/** Events with a future time were logged before a fast clock was corrected, and do not concern this run. */
function pastOf<T>(windows: Windows, all: readonly T[], timeOf: (entry: T) => string): T[] {
  const now = new Date(windows.getTime()).getTime();
  return all.filter((entry) => new Date(timeOf(entry)).getTime() <= now);
}

/** Runs a delta cycle, after one that may already be running; both within the limit. */
async function runCycle(context: Context<RegisterRequest>): Promise<NonNullable<Verification["cycle"]>> {
  const { windows } = context;
  const began = performance.now();
  const startedAt = await startCycle(context, began);
  const bound = context.request.bounds.verifySeconds;
  context.progress.report("verifying", { elapsed: (performance.now() - began) / 1000, bound });
  await waitForCycle(context, began, "verifying");
  const results = pastOf(windows, windows.getRunResults(startedAt), (run) => run.startedAt);
  requireGoodRuns(results, windows.getConnector().name);
  return { startedAt, results };
}

/** The scheduler may start its own cycle at any moment: then the end of that cycle is awaited first. */
async function startCycle(context: Context<RegisterRequest>, began: number): Promise<string> {
  const { windows } = context;
  for (;;) {
    await waitForCycle(context, began, "awaitingCycle");
    const startedAt = windows.getTime();
    const { started, problem } = windows.startSyncCycle();
    if (started) return startedAt;
    if (!windows.getScheduler().SyncCycleInProgress) {
      throw failed("A delta cycle could not be started.", "Start-ADSyncSyncCycle to start one", problem ?? "no reason");
    }
  }
}

async function waitForCycle(context: Context<RegisterRequest>, began: number, step: Step): Promise<void> {
  const { windows, request, progress } = context;
  const seconds = request.bounds.verifySeconds;
  let poll = FIRST_POLL;
  while (windows.getScheduler().SyncCycleInProgress) {
    const elapsed = (performance.now() - began) / 1000;
    if (elapsed + poll > seconds) {
      const message = "The delta cycle that was to verify the switch did not end in time.";
      throw failed(message, `its end within ${seconds} s`, "SyncCycleInProgress True");
    }
    progress.report(step, { elapsed, bound: seconds });
    await windows.wait(poll);
    poll = Math.min(poll * GROWTH, LONGEST_POLL);
  }
}

function requireGoodRuns(results: RunResult[], connector: string): void {
  const runs = results.filter((run) => run.connector === connector);
  const bad = runs.filter(({ result }) => FAILED_RUN.test(result));
  if (runs.length > 0 && bad.length === 0) return;
  const actual = bad.map(({ runProfile, result }) => `${runProfile}: ${result}`).join(", ") || "no run in the history";
  throw failed(`The delta cycle failed at the connector "${connector}".`, "runs that end with success", actual);
}
