/**
 * Pauses the scheduler so that it is always restored: before the pause, the baseline is on disk and a restore task is
 * registered and tested; whatever happens during the pause, the baseline is restored and read back.
 */
import { PAUSE_MARGIN_SECONDS } from "../../../model/protocol/host-constants";
import type { Windows } from "../windows";
import { unexpected } from "./any-failure";
import type { Context } from "./context";
import { asText, Refusal } from "./refusal";

/** What a request that pauses must contain. */
interface Pausing {
  server: string;
  bounds: { cycleSeconds: number; cmdletSeconds: number };
}

/** A rotation that fails without the old key is followed by a link. */
const CMDLETS = 2;
/** Seconds between two checks of a running cycle. */
const POLL = 1;
/** How often the scheduler is put back, as the service may still be at work; each wait is a second longer. */
const TRIES = 5;

/** Restores what an interrupted run left. Returns whether there was anything. */
export async function restoreInterruptedPause(context: Context<Pausing>): Promise<boolean> {
  const { windows } = context;
  const record = windows.readPauseRecord();
  if (!record) return false;
  context.changed = true;
  context.progress.report("endingPause");
  await putBack(windows, record.syncCycleEnabled);
  forget(windows);
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
  if (!windows.getScheduler().SyncCycleEnabled) {
    await waitForCycle(context);
    return { result: await work(), pausedSeconds: 0 };
  }
  context.progress.report("pausing");
  beginPause(context);
  const started = performance.now();
  let cause: string | null = null;
  let result: T;
  try {
    switchOff(windows);
    await waitForCycle(context);
    result = await work();
  } catch (error) {
    cause = (error as Error).message;
    throw error;
  } finally {
    context.progress.report("restoring");
    // Record and task remain if this fails: the task tries again.
    await putBack(windows, true, cause);
    forget(windows);
  }
  return { result, pausedSeconds: Math.round(performance.now() - started) / 1000 };
}

/** Records the baseline and tests the restore task; if that fails, nothing remains. */
function beginPause({ windows, request, operation }: Context<Pausing>): void {
  const now = new Date(windows.getTime()).getTime();
  const bound = request.bounds.cycleSeconds + CMDLETS * request.bounds.cmdletSeconds + PAUSE_MARGIN_SECONDS;
  const deadline = new Date(now + bound * 1000).toISOString();
  const startedAt = new Date(now).toISOString();
  windows.writePauseRecord({ operation, server: request.server, startedAt, deadline, syncCycleEnabled: true });
  try {
    windows.registerRestoreTask(deadline);
    const { proven, problem } = windows.proveRestoreTask();
    if (!proven) throw unproven(problem ?? "");
  } catch (error) {
    forget(windows);
    throw error;
  }
}

function unproven(actual: string): Refusal {
  return new Refusal("RESTORE_TASK_UNPROVEN", {
    expected: "a task that may call the ADSync module as SYSTEM",
    actual,
  });
}

function switchOff(windows: Windows): void {
  windows.setSyncCycleEnabled(false);
  if (!windows.getScheduler().SyncCycleEnabled) return;
  throw unexpected(windows, { expected: "SyncCycleEnabled False", actual: "SyncCycleEnabled True" });
}

/** @param cause what went wrong before; null if nothing did */
async function putBack(windows: Windows, enabled: boolean, cause: string | null = null): Promise<void> {
  const isBack = () => windows.getScheduler().SyncCycleEnabled === enabled;
  let actual = "";
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      if (isBack()) return;
      windows.setSyncCycleEnabled(enabled);
      if (isBack()) return;
      actual = `SyncCycleEnabled ${asText(!enabled)}`;
    } catch (error) {
      actual = (error as Error).message;
    }
    await windows.wait(attempt);
  }
  throw new Refusal("SCHEDULER_NOT_RESTORED", {
    expected: `SyncCycleEnabled ${asText(enabled)}`,
    actual: cause === null ? actual : `${actual}; before that: ${cause}`,
    detail: [`${enabled}`],
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
        expected: `its end within ${seconds} s`,
        actual: "SyncCycleInProgress True",
      });
    }
    progress.report("awaitingCycle", { elapsed, bound: seconds });
    await windows.wait(POLL);
  }
}
