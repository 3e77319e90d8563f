/** Rules about the scheduler and the mode of a server: what it does is held against its declared role. Pure. */
import type { ServerRole } from "../configuration/configuration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostObservation } from "../protocol/host-protocol";

/** A scheduler, and what it is held against. */
export interface SchedulerJudged {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
  declaration: { role: ServerRole };
  /** The other servers of the stack that were seen to export. */
  exporting: readonly string[];
}

/** How late a cycle may be: longer than any cycle takes, shorter than the seven days after which a full one is due. */
const OVERDUE = 24 * 60 * 60_000;

export function modeUndeclared({ server, host, declaration: { role }, exporting }: SchedulerJudged): Diagnostic[] {
  const mode = host.scheduler.StagingModeEnabled ? "staging" : "active";
  if (mode === role) return [];
  if (mode === "active" && exporting.length > 0) {
    return [diagnose("exports-twice", server, { others: exporting.join(" and ") })];
  }
  return [diagnose("mode-undeclared", server, { declared: role, actual: mode }, { remedy: mode })];
}

/** While it is suspended, to switch it on helps nothing. */
const stateOf = ({ SyncCycleEnabled, SchedulerSuspended }: HostObservation["scheduler"]) => {
  if (SchedulerSuspended) return "suspended";
  return SyncCycleEnabled ? "on" : "off";
};

/** What an interrupted run left paused is a finding of its own. */
export function synchronisationOverdue({ server, host }: SchedulerJudged): Diagnostic[] {
  const { scheduler, takenAt, interrupted } = host;
  const due = scheduler.NextSyncCycleStartTimeInUTC;
  if (due === null || interrupted || scheduler.SyncCycleInProgress) return [];
  // A text that is no time is no proof of anything.
  if (!(Date.parse(takenAt) - Date.parse(due) > OVERDUE)) return [];
  const state = stateOf(scheduler);
  return [diagnose("synchronisation-overdue", server, { due, state: `the scheduler is ${state}` }, { remedy: state })];
}
