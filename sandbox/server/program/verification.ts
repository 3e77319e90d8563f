/**
 * Whether synchronisation works with the connector's new identity: a delta cycle that succeeded at the Entra connector
 * proves it, and only Entra's refusal of the credential disproves it. Anything else proves nothing.
 */
import { REFUSAL_CODES } from "../../../model/protocol/host-constants";
import type { Step } from "../../../model/protocol/host-progress";
import type { RegisterRequest, RunResult, Verification } from "../../../model/protocol/host-protocol";
import { WindowsError, type Windows } from "../windows";
import { byHash } from "./certificates";
import type { Context } from "./context";
import { sameText } from "./same-text";
import { isBlank } from "./switch-identity";

/** The first wait between two checks of a cycle, the growth of each further one, and the maximum; in seconds. */
const FIRST_POLL = 0.25;
const GROWTH = 1.5;
const LONGEST_POLL = 5;

const HOUR = 3_600_000;
/** Results of a failed run, in the product's own words. */
const FAILED_RUN = /^(stopped|no-start)-/i;
const REFUSAL = new RegExp(`\\b(${REFUSAL_CODES.join("|")})\\b`, "i");
/** Entra may name the key that it refused, by its thumbprint. */
const NAMED_KEY = /Thumbprint of key used by client: '([0-9A-F]+)'/i;

/** What a verification found: only `refused` undoes a switch, and `unverified` leaves it to the next run. */
export interface Verdict {
  state: "verified" | "refused" | "unverified";
  sentence: string;
  expected: string;
  actual: string;
}

const VERIFIED: Verdict = { state: "verified", sentence: "", expected: "", actual: "" };
const unverified = (sentence: string, expected: string, actual: string): Verdict => {
  return { state: "unverified", sentence, expected, actual };
};
const refusedBy = (actual: string): Verdict => ({
  state: "refused",
  sentence: "Entra refused a sign-in of the synchronisation service.",
  expected: "no event 906 since the switch that refuses the credential",
  actual,
});

/** A sign-in of the sync service that failed. */
interface FailedSignIn {
  time: string;
  text: string;
  /** Entra does not take the credential. */
  refuses: boolean;
}

/**
 * Verifies the connector's current identity.
 *
 * @param since when this run switched; null if an earlier one did
 */
export async function verifySynchronisation(
  context: Context<RegisterRequest>,
  since: string | null,
): Promise<{ verdict: Verdict; cycle: Verification["cycle"]; skipped: string | null }> {
  const found: { cycle: Verification["cycle"]; skipped: string | null } = { cycle: null, skipped: null };
  try {
    const verdict = await judge(context, since, found);
    return { verdict, ...found };
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error;
    const expected = "scheduler, run history and event log";
    return { verdict: unverified("What verifies the switch cannot be read.", expected, error.message), ...found };
  }
}

async function judge(
  context: Context<RegisterRequest>,
  switchedAt: string | null,
  found: { cycle: Verification["cycle"]; skipped: string | null },
): Promise<Verdict> {
  const { windows, request } = context;
  // An earlier refusal is what this run is to find cured.
  const since = switchedAt ?? windows.getTime();
  if (switchedAt !== null && isBlank(windows.getConnector())) {
    const expected = "ApplicationManagedBy, CertificateManagedBy and CertificateId";
    return unverified("The connectivity parameters are blank after the switch.", expected, "blank");
  }
  found.skipped = whyNoCycle(windows, request);
  if (found.skipped === null) return judgeCycle(context, since, found);
  const refusal = failedSignIns(windows, request, since).find(({ refuses }) => refuses);
  return refusal ? refusedBy(refusal.text) : VERIFIED;
}

function whyNoCycle(windows: Windows, { verify }: RegisterRequest): string | null {
  if (verify === "switch") return 'only the switch was to be verified (verify: "switch")';
  return windows.getScheduler().SyncCycleEnabled ? null : "the scheduler is off (SyncCycleEnabled False)";
}

/** Events with a future time were logged before a fast clock was corrected, and do not concern this run. */
function failedSignIns(windows: Windows, { certificateSha256 }: RegisterRequest, since: string): FailedSignIn[] {
  const from = new Date(since).getTime();
  const hours = Math.ceil(Math.max(0, new Date(windows.getTime()).getTime() - from) / HOUR) + 1;
  const events = windows.getEvents(hours);
  const now = new Date(windows.getTime()).getTime();
  return events
    .filter(({ id, time, message }) => {
      const at = new Date(time).getTime();
      return id === 906 && /AADSTS\d/i.test(message) && at >= from && at <= now;
    })
    .map(({ time, message }) => {
      return { time, text: message.replace(/\s+/g, " "), refuses: provesRefusal(windows, message, certificateSha256) };
    });
}

function provesRefusal(windows: Windows, message: string, certificateSha256: string): boolean {
  if (!REFUSAL.test(message)) return false;
  const named = NAMED_KEY.exec(message)?.[1].toLowerCase();
  if (named === undefined || named === certificateSha256) return true;
  return byHash(windows, certificateSha256).some(({ thumbprint }) => thumbprint.toLowerCase() === named);
}

/** Runs a delta cycle, after one that may already be running, both within the limit; and judges its runs. */
async function judgeCycle(
  context: Context<RegisterRequest>,
  since: string,
  found: { cycle: Verification["cycle"] },
): Promise<Verdict> {
  const { windows, request, progress } = context;
  const began = performance.now();
  const { name } = windows.getConnector();
  const started = await startCycle(context, began);
  if ("state" in started) return started;
  const bound = request.bounds.verifySeconds;
  progress.report("verifying", { elapsed: (performance.now() - began) / 1000, bound });
  if (!(await waitForCycle(context, began, "verifying", { known: started.known, name })))
    return lateCycle("The delta cycle that was to verify the switch", bound);
  const runs = newRuns(windows, started.known);
  found.cycle = { startedAt: started.at, results: runs.map(({ id: _id, ...run }) => run) };
  const own = runs.filter(({ connector }) => sameText(connector, name));
  return judgeRuns(own, failedSignIns(windows, request, since), started.at, name);
}

function judgeRuns(runs: RunResult[], failures: FailedSignIn[], startedAt: string, connector: string): Verdict {
  const bad = runs.filter(({ result }) => FAILED_RUN.test(result));
  const refusals = failures.filter(({ refuses }) => refuses);
  if (runs.length > 0 && bad.length === 0) {
    // What Entra answered before the cycle, the cycle has disproved.
    const later = refusals.find(({ time }) => new Date(time) >= new Date(startedAt));
    if (!later) return VERIFIED;
    const sentence = "The delta cycle after the switch went well, but Entra refused a sign-in since.";
    return unverified(sentence, "no event 906 since the cycle that refuses the credential", later.text);
  }
  const results = bad.map(({ runProfile, result }) => `${runProfile}: ${result}`).join(", ") || "no run in the history";
  if (bad.length > 0 && refusals.length > 0) return refusedBy(`${refusals[0].text} (${results})`);
  const actual = [results, ...failures.slice(0, 1).map(({ text }) => text)].join("; ");
  const sentence = `The delta cycle after the switch did not succeed at the connector "${connector}".`;
  return unverified(sentence, "runs that end with success", actual);
}

const lateCycle = (which: string, seconds: number): Verdict =>
  unverified(`${which} did not end in time.`, `its end within ${seconds} s`, "SyncCycleInProgress True");

/** The scheduler may start its own cycle at any moment: then the end of that cycle is awaited first. */
async function startCycle(
  context: Context<RegisterRequest>,
  began: number,
): Promise<{ at: string; known: ReadonlySet<string> } | Verdict> {
  const { windows, request } = context;
  while (await waitForCycle(context, began, "awaitingCycle")) {
    const known = new Set(windows.getRunResults().map(({ id }) => id));
    const at = windows.getTime();
    const { started, problem } = windows.startSyncCycle();
    if (started) return { at, known };
    if (windows.getScheduler().SyncCycleInProgress) continue;
    const sentence = "A delta cycle could not be started after the switch.";
    return unverified(sentence, "Start-ADSyncSyncCycle to start one", problem ?? "");
  }
  return lateCycle("A cycle that ran before the one that was to verify the switch", request.bounds.verifySeconds);
}

/** What is known before a cycle that was started: the runs of the history, and the connector whose runs count. */
interface Started {
  known: ReadonlySet<string>;
  name: string;
}

/**
 * Waits until no cycle runs and, if one was started, until its runs at the Entra connector are in the history: a cycle
 * that was started does not run at once.
 *
 * @returns whether no cycle runs at the end; one that never ran is reported by its missing runs
 */
async function waitForCycle(
  context: Context<RegisterRequest>,
  began: number,
  step: Step,
  started: Started | null = null,
): Promise<boolean> {
  const { windows, request, progress } = context;
  const seconds = request.bounds.verifySeconds;
  let poll = FIRST_POLL;
  let seen = started === null;
  for (;;) {
    const running = windows.getScheduler().SyncCycleInProgress;
    seen ||= running || newRuns(windows, started!.known).some((run) => sameText(run.connector, started!.name));
    if (!running && seen) return true;
    const elapsed = (performance.now() - began) / 1000;
    if (elapsed + poll > seconds) return !running;
    progress.report(step, { elapsed, bound: seconds });
    await windows.wait(poll);
    poll = Math.min(poll * GROWTH, LONGEST_POLL);
  }
}

const newRuns = (windows: Windows, known: ReadonlySet<string>) =>
  windows.getRunResults().filter(({ id, endedAt }) => endedAt !== null && !known.has(id));
