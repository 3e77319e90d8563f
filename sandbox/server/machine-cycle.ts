/**
 * A delta cycle of an emulated server: it moves no data, but the sync service signs in with the connector's credential
 * at the real token endpoint, and the run history says how that went.
 */
import type { RunResult } from "../../model/host-protocol";
import type { Machine } from "./machine";
import { signInProblem } from "./machine-sign-in";

export interface CycleContext {
  machine: Machine;
  now: () => Date;
  caFile: string;
  /** The Entra connector's server goes away in the middle of the cycle. */
  fails: boolean;
  /** The cycle does not end. */
  stuck: boolean;
}

/** Entries of the run history that are kept. */
const HISTORY_LIMIT = 100;
/** After this long a cycle counts as ended, also where the process that ran it is gone; in milliseconds. */
const LONGEST = 60_000;
const FOREVER = 365 * 86_400_000;
/** Name of the other connector. */
const DIRECTORY_CONNECTOR = "contoso.com";

const PROFILES = ["Delta Import", "Delta Synchronization"];

/** Starts a cycle and lets it run on; the scheduler tells that it is in progress. */
export function runDeltaCycle(context: CycleContext): void {
  const { machine, now, stuck } = context;
  const startedAt = now();
  const endsBy = new Date(startedAt.getTime() + (stuck ? FOREVER : LONGEST)).toISOString();
  machine.change((state) => {
    state.cycleEndsAt = endsBy;
  });
  if (!stuck) void finish(context, startedAt);
}

async function finish(context: CycleContext, startedAt: Date): Promise<void> {
  const { machine, now, caFile, fails } = context;
  const { scheduler, connector } = machine.state;
  const problem = await signInProblem({ machine, now: startedAt, caFile });
  const endedAt = now().toISOString();
  const run = (name: string, runProfile: string, result: string): RunResult => ({
    connector: name,
    runProfile,
    result,
    startedAt: startedAt.toISOString(),
    endedAt,
  });
  const results = PROFILES.map((profile) => run(DIRECTORY_CONNECTOR, profile, "success"));
  if (problem) {
    machine.addEvent({ time: endedAt, id: 906, message: `GetSecurityToken: ${problem}` });
    results.push(run(connector.name, PROFILES[0], "stopped-extension-dll-exception"));
  } else if (fails) {
    results.push(run(connector.name, PROFILES[0], "stopped-server-down"));
  } else {
    const profiles = scheduler.StagingModeEnabled ? PROFILES : [...PROFILES, "Export"];
    results.push(...profiles.map((profile) => run(connector.name, profile, "success")));
  }
  machine.change((state) => {
    state.runHistory = [...state.runHistory, ...results].slice(-HISTORY_LIMIT);
    state.cycleEndsAt = null;
  });
}
