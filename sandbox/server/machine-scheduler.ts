/** The synchronisation scheduler of an emulated server, and the task that ends an abandoned pause. */
import type { SchedulerFacts } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
import { SERVICE_STOPPING } from "../../model/protocol/host-constants";
import { startService } from "./machine-service";
import { isCycleRunning } from "./machine-cycle";

/** Between two cycles, in milliseconds. */
const INTERVAL = 30 * 60_000;

/** Get-ADSyncScheduler. */
export function readScheduler(machine: Machine, now: Date, suspended = false): SchedulerFacts {
  const { scheduler } = machine.state;
  const runs = scheduler.SyncCycleEnabled && !scheduler.SchedulerSuspended && !suspended;
  const next = new Date((Math.floor(now.getTime() / INTERVAL) + 1) * INTERVAL).toISOString();
  return {
    ...scheduler,
    // A scheduler that runs no cycles keeps the time at which the next one was due.
    NextSyncCycleStartTimeInUTC: runs ? next : scheduler.NextSyncCycleStartTimeInUTC,
    SchedulerSuspended: scheduler.SchedulerSuspended || suspended,
    SyncCycleInProgress: isCycleRunning(machine, now),
  };
}

/**
 * Runs the restore task if it is due, in short: what the program's operation restore does. It takes the same lock as every
 * operation, so that it never restores during a switch. One that does not restore runs again, unless an older host program
 * registered it to run once.
 *
 * @returns whether it restored anything
 */
export function runRestoreTask(machine: Machine, now: Date): boolean {
  const { restoreTask } = machine.state;
  if (!restoreTask || now < new Date(restoreTask.deadline)) return false;
  const owner = {};
  if (!machine.lock(owner, "the restore task").acquired) return false;
  try {
    const pause = machine.pause;
    if (pause?.operation === SERVICE_STOPPING) startService(machine);
    // The program waits until it answers.
    machine.silentCalls = 0;
    if (pause) machine.setSyncCycleEnabled(pause.syncCycleEnabled);
    try {
      machine.pauseRecord.read();
      machine.pauseRecord.remove();
    } catch {
      machine.pauseRecord.moveAside(now);
    }
    machine.change((state) => {
      state.restoreTask = null;
    });
    return pause !== undefined;
  } finally {
    machine.unlock(owner);
  }
}
