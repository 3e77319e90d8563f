/**
 * Pauses the scheduler so that it is always restored: before the pause, the baseline is on disk and a restore task is
 * registered and proven; whatever happens during the pause, the baseline is restored and read back.
 */
import {
  PAUSE_MARGIN_SECONDS,
  PAUSE_NOTE,
  RESTORE_WAITS,
  SERVICE_SECONDS,
  SERVICE_STOPPING,
} from "../../../model/protocol/host-constants";
import { WindowsError, type Windows } from "../windows";
import { unexpected } from "./any-failure";
import { writeChange } from "./changes";
import type { Context } from "./context";
import { asText, Refusal, withoutEnd } from "./refusal";
import { moveBroken } from "./switch-record";

/** What a request that pauses must contain. */
interface Pausing {
  server: string;
  bounds: { cycleSeconds: number; cmdletSeconds: number };
}

/** What is to be put back. */
interface Pause {
  operation: string;
  /** Null, like the deadline, if the record cannot be read. */
  startedAt: string | null;
  deadline: string | null;
  syncCycleEnabled: boolean;
  /** Why the record cannot be read. */
  problem: string | null;
}

const POLL = 1;

/** The pause that is recorded; a record that cannot be read means that the scheduler was on, as only then it is paused. */
export function readPause(windows: Windows): Pause | null {
  try {
    const record = windows.readPauseRecord();
    return record && { ...record, problem: null };
  } catch (error) {
    if (!(error instanceof WindowsError) || error.kind !== "broken-record") throw error;
    const { message: problem } = error;
    return { operation: "unknown", startedAt: null, deadline: null, syncCycleEnabled: true, problem };
  }
}

/** Restores what an interrupted run left. Returns whether there was anything. */
export async function restoreInterruptedPause(context: Context<{ server: string }>): Promise<boolean> {
  const { windows } = context;
  const pause = readPause(windows);
  if (!pause) return false;
  context.changed = true;
  context.progress.report("endingPause");
  const { syncCycleEnabled, problem } = pause;
  await setSchedulerBack(windows, syncCycleEnabled);
  writeChange(context, "resumed", [
    `Scheduler: SyncCycleEnabled is ${asText(syncCycleEnabled)} again, after an interrupted run.`,
  ]);
  if (problem === null) forgetPause(windows);
  else {
    moveBroken(context, "pause");
    if (windows.testRestoreTask()) windows.unregisterRestoreTask();
  }
  return true;
}

/** Starts the service, and waits until it answers: it runs before it does. */
export async function startProductService({ windows, progress }: Context<unknown>, seconds: number): Promise<void> {
  progress.report("startingService", { elapsed: 0, bound: seconds });
  await windows.startService(seconds);
  let problem: unknown;
  for (const wait of [0, ...RESTORE_WAITS]) {
    await windows.wait(wait);
    try {
      windows.getScheduler();
      return;
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/** Starts the service if a run stopped it that did not come back; one that a person stopped stays. Returns its status. */
export async function startInterruptedService(context: Context<{ server: string }>): Promise<string | undefined> {
  const { windows } = context;
  const status = windows.getService()?.status;
  if (status === undefined || status === "Running") return status;
  if (readPause(windows)?.operation !== SERVICE_STOPPING) return status;
  context.changed = true;
  await startProductService(context, SERVICE_SECONDS);
  return windows.getService()?.status;
}

/**
 * Runs the work while the scheduler is off and no cycle runs.
 *
 * @param recorded records the work even if the scheduler is off: it stops the service, which has to start again
 * @returns the work's result, and the seconds for which the scheduler was off; 0 if it was off already
 */
export async function whilePaused<T>(
  context: Context<Pausing>,
  work: () => Promise<T>,
  recorded = false,
): Promise<{ result: T; pausedSeconds: number }> {
  const { windows } = context;
  const enabled = windows.getScheduler().SyncCycleEnabled;
  if (!enabled && !recorded) {
    await waitForCycle(context);
    return { result: await work(), pausedSeconds: 0 };
  }
  context.progress.report("pausing");
  beginPause(context, enabled);
  const started = performance.now();
  let result: T;
  try {
    if (enabled) switchOff(context);
    await waitForCycle(context);
    result = await work();
  } catch (error) {
    await endPause(context, enabled, error);
    throw error;
  }
  await endPause(context, enabled);
  return { result, pausedSeconds: !enabled ? 0 : Math.round(performance.now() - started) / 1000 };
}

/** Records the baseline and proves the restore task; if that fails, nothing remains. */
function beginPause({ windows, request, operation }: Context<Pausing>, syncCycleEnabled: boolean): void {
  const now = new Date(windows.getTime()).getTime();
  // A rotation that fails without the old key is followed by a link: two cmdlets.
  const bound = request.bounds.cycleSeconds + 2 * request.bounds.cmdletSeconds + PAUSE_MARGIN_SECONDS;
  const deadline = new Date(now + bound * 1000).toISOString();
  const startedAt = new Date(now).toISOString();
  const { server } = request;
  windows.writePauseRecord({ operation, server, startedAt, deadline, syncCycleEnabled, note: PAUSE_NOTE });
  try {
    windows.registerRestoreTask(deadline);
    const { proven, problem } = windows.proveRestoreTask();
    if (!proven) throw unproven(problem ?? "");
  } catch (error) {
    forgetPause(windows);
    throw error;
  }
}

function unproven(actual: string): Refusal {
  return new Refusal("RESTORE_TASK_UNPROVEN", {
    expected: "a task that may call the ADSync module as SYSTEM",
    actual,
  });
}

function switchOff(context: Context<Pausing>): void {
  const { windows } = context;
  windows.setSyncCycleEnabled(false);
  if (windows.getScheduler().SyncCycleEnabled) {
    throw unexpected(windows, { expected: "SyncCycleEnabled False", actual: "SyncCycleEnabled True" });
  }
  writeChange(context, "paused", ["Scheduler: SyncCycleEnabled True became False for a change of the identity."]);
}

/** Restores the scheduler, and only then removes record and task: where this fails, the task tries again. */
async function endPause(context: Context<Pausing>, enabled: boolean, cause?: unknown): Promise<void> {
  const { windows } = context;
  context.progress.report("restoring");
  await setSchedulerBack(windows, enabled, cause);
  forgetPause(windows);
  if (!enabled) return;
  writeChange(context, "resumed", ["Scheduler: SyncCycleEnabled is True again."]);
}

/** Puts SyncCycleEnabled back and reads it again; the service may be restarting meanwhile. */
async function setSchedulerBack(windows: Windows, baseline: boolean, cause?: unknown): Promise<void> {
  let actual = "";
  for (const seconds of [0, ...RESTORE_WAITS]) {
    await windows.wait(seconds);
    try {
      if (windows.getScheduler().SyncCycleEnabled === baseline) return;
      windows.setSyncCycleEnabled(baseline);
      if (windows.getScheduler().SyncCycleEnabled === baseline) return;
      actual = `SyncCycleEnabled ${asText(!baseline)}`;
    } catch (error) {
      actual = withoutEnd((error as Error).message.trim());
    }
  }
  throw new Refusal("SCHEDULER_NOT_RESTORED", {
    expected: `SyncCycleEnabled ${asText(baseline)}`,
    actual: cause ? `${actual}; before that: ${(cause as Error).message}` : actual,
    detail: [`${baseline}`],
  });
}

/** The record first: should the task stay, it finds nothing, and what a person switches off from now on stays off. */
export function forgetPause(windows: Windows): void {
  windows.removePauseRecord();
  if (windows.testRestoreTask()) windows.unregisterRestoreTask();
}

async function waitForCycle({ windows, request, progress }: Context<Pausing>): Promise<void> {
  const seconds = request.bounds.cycleSeconds;
  const started = performance.now();
  while (windows.getScheduler().SyncCycleInProgress) {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed + POLL > seconds) {
      throw new Refusal("CYCLE_STILL_RUNNING", {
        expected: `its end within ${seconds} s`,
        actual: "SyncCycleInProgress True",
      });
    }
    progress.report("awaitingCycle", { elapsed, bound: seconds });
    await windows.wait(POLL);
  }
}
