/** The synchronisation scheduler of an emulated server, and the task that ends an abandoned pause. */
import type { SchedulerFacts } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
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
 * Runs the restore task if it is due. It takes the same lock as every operation, so that it never restores during a
 * switch.
 *
 * @returns whether it restored anything
 */
export function runRestoreTask(machine: Machine, now: Date): boolean {
  const { restoreTask } = machine.state;
  if (!restoreTask || now < new Date(restoreTask.deadline)) return false;
  const owner = {};
  if (!machine.lock(owner, "the restore task").acquired) return false;
  try {
    const record = machine.pauseRecord.read();
    if (record) machine.setSyncCycleEnabled(record.syncCycleEnabled);
    machine.pauseRecord.remove();
    machine.change((state) => {
      state.restoreTask = null;
    });
    return record !== undefined;
  } finally {
    machine.unlock(owner);
  }
}
