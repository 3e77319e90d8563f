/**
 * Pauses the scheduler so that it is always restored: before the pause, the baseline is on disk and a restore task is
 * registered and tested; whatever happens during the pause, the baseline is restored and read back.
 */
import type { Windows } from "../windows";
import type { Context } from "./context";
import { Refusal } from "./refusal";

/** What a request that pauses must contain. */
interface Pausing {
  server: string;
  bounds: { cycleSeconds: number; cmdletSeconds: number };
}

/** Seconds that the work during a pause may take beyond cycle and cmdlet before the task restores the scheduler. */
const MARGIN = 120;
const POLL = 1;

/** Restores what an interrupted run left. Returns whether there was anything. */
export function restoreInterruptedPause(context: Context<Pausing>): boolean {
  const { windows } = context;
  const record = windows.readPauseRecord();
  if (!record) return false;
  context.changed = true;
  context.progress.report("endingPause");
  endPause(windows, record.syncCycleEnabled);
  return true;
}

/**
 * Runs the work while the scheduler is off and no cycle runs.
 *
 * @returns the work's result, and the seconds for which the scheduler was off; 0 if it was off already
 */
export async function whilePaused<T>(
  context: Context<Pausing>,
  work: () => Promise<T>,
): Promise<{ result: T; pausedSeconds: number }> {
  const { windows } = context;
  const baseline = windows.getScheduler().SyncCycleEnabled;
  if (!baseline) {
    await waitForCycle(context);
    return { result: await work(), pausedSeconds: 0 };
  }
  context.progress.report("pausing");
  beginPause(context);
  const started = performance.now();
  let result: T;
  try {
    windows.setSyncCycleEnabled(false);
    await waitForCycle(context);
    result = await work();
  } catch (error) {
    context.progress.report("restoring");
    endPause(windows, baseline, error);
    throw error;
  }
  context.progress.report("restoring");
  endPause(windows, baseline);
  return { result, pausedSeconds: (performance.now() - started) / 1000 };
}

/** Records the baseline and tests the restore task; if that fails, nothing remains. */
function beginPause({ windows, request }: Context<Pausing>): void {
  const now = new Date(windows.getTime()).getTime();
  const bound = request.bounds.cycleSeconds + request.bounds.cmdletSeconds + MARGIN;
  const deadline = new Date(now + bound * 1000).toISOString();
  const startedAt = new Date(now).toISOString();
  try {
    windows.writePauseRecord({
      operation: "register",
      server: request.server,
      startedAt,
      deadline,
      syncCycleEnabled: true,
    });
    windows.registerRestoreTask(deadline);
    const { proven, problem } = windows.proveRestoreTask();
    if (!proven) throw unproven(problem ?? "a task that failed");
  } catch (error) {
    forget(windows);
    throw error;
  }
}

function unproven(actual: string): Refusal {
  return new Refusal("RESTORE_TASK_UNPROVEN", {
    message: "The task that would end an interrupted pause does not work, so nothing was paused.",
    expected: "a task that may call the ADSync module as SYSTEM",
    actual,
    remedy: "Look at the task's result in the Task Scheduler, then run again.",
  });
}

/** Restores the baseline, reads it back, and only then removes record and task. */
function endPause(windows: Windows, baseline: boolean, cause?: unknown): void {
  let actual: string;
  try {
    if (windows.getScheduler().SyncCycleEnabled !== baseline) windows.setSyncCycleEnabled(baseline);
    const { SyncCycleEnabled } = windows.getScheduler();
    if (SyncCycleEnabled === baseline) return forget(windows);
    actual = `SyncCycleEnabled ${SyncCycleEnabled}`;
  } catch (error) {
    actual = (error as Error).message;
  }
  throw new Refusal("SCHEDULER_NOT_RESTORED", {
    message: `The scheduler could not be put back${cause ? ` after: ${(cause as Error).message}` : "."}`,
    expected: `SyncCycleEnabled ${baseline}`,
    actual,
    remedy: `Run Set-ADSyncScheduler -SyncCycleEnabled $${baseline}; the restore task tries it as well.`,
  });
}

function forget(windows: Windows): void {
  if (windows.testRestoreTask()) windows.unregisterRestoreTask();
  windows.removePauseRecord();
}

async function waitForCycle({ windows, request, progress }: Context<Pausing>): Promise<void> {
  const seconds = request.bounds.cycleSeconds;
  const started = performance.now();
  while (windows.getScheduler().SyncCycleInProgress) {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed + POLL > seconds) {
      throw new Refusal("CYCLE_STILL_RUNNING", {
        message: "A synchronisation cycle is still running.",
        expected: `its end within ${seconds} s`,
        actual: "SyncCycleInProgress True",
        remedy: "Run again when the cycle has ended.",
      });
    }
    progress.report("awaitingCycle", { elapsed, bound: seconds });
    await windows.wait(POLL);
  }
}
