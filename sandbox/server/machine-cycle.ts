/**
 * The synchronisation cycles of an emulated server: a delta cycle moves no data, but the sync service signs in with the
 * connector's credential at the real token endpoint, and the run history records the result.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "./machine";
import { signInProblem } from "./machine-sign-in";

export interface CycleContext {
  machine: Machine;
  now: () => Date;
  caFile: string;
  /** The connection to the Entra connector's server is lost during the cycle. */
  fails: boolean;
  /** What Entra answers to the sync service, regardless of its credential; null if the credential decides. */
  refusal: string | null;
  /** What is logged of a sign-in after a cycle that went well; null for nothing. */
  passing: string | null;
  /** Whether the cycle is currently stuck. */
  isStuck: () => boolean;
}

/** A cycle that runs in this process; the end of a process ends its cycle, as a restart of the service does. */
export interface RunningCycle {
  ended: Promise<void>;
  /** Ends a stuck cycle. */
  stop: () => void;
}

/** Maximum entries of the run history. */
const HISTORY_LIMIT = 100;
/** How long a cycle takes, in milliseconds. */
const DURATION = 300;
/** Interval between two checks whether a cycle is still stuck, in milliseconds. */
const STUCK_POLL = 50;
/** Name of the other connector. */
const DIRECTORY_CONNECTOR = "contoso.com";

const PROFILES = ["Delta Import", "Delta Synchronization"];

/** Whether a cycle runs: one of this process, or one with a declared end. */
export function isCycleRunning(machine: Machine, now: Date): boolean {
  const { cycleEndsAt } = machine.state;
  return machine.cycle !== null || (cycleEndsAt !== null && now < new Date(cycleEndsAt));
}

/** Start-ADSyncSyncCycle -PolicyType Delta: starts a cycle in the background. */
export function runDeltaCycle(context: CycleContext): void {
  const { machine } = context;
  const stop = new AbortController();
  const ended = run(context, stop.signal).finally(() => {
    machine.cycle = null;
  });
  machine.cycle = { ended, stop: () => stop.abort() };
}

async function run(context: CycleContext, stopped: AbortSignal): Promise<void> {
  const { machine, now, caFile, fails, refusal, passing, isStuck } = context;
  const startedAt = now();
  const [answered] = await Promise.all([signInProblem({ machine, now: startedAt, caFile }), sleep(DURATION)]);
  const problem = answered ?? refusal;
  while (isStuck() && !stopped.aborted) await sleep(STUCK_POLL);
  if (stopped.aborted) return;
  const endedAt = now().toISOString();
  const { scheduler, connector } = machine.state;
  const entry = (name: string, runProfile: string, result: string) => ({
    id: randomUUID(),
    connector: name,
    runProfile,
    result,
    startedAt: startedAt.toISOString(),
    endedAt,
  });
  const results = PROFILES.map((profile) => entry(DIRECTORY_CONNECTOR, profile, "success"));
  if (problem) {
    if (problem.includes("AADSTS")) {
      machine.addEvent({ time: endedAt, id: 906, message: `GetSecurityToken: ${problem}` });
    }
    results.push(entry(connector.name, PROFILES[0], "stopped-extension-dll-exception"));
  } else if (fails) {
    results.push(entry(connector.name, PROFILES[0], "stopped-server-down"));
  } else {
    const profiles = scheduler.StagingModeEnabled ? PROFILES : [...PROFILES, "Export"];
    results.push(...profiles.map((profile) => entry(connector.name, profile, "success")));
    if (passing !== null) machine.addEvent({ time: endedAt, id: 906, message: `GetSecurityToken: ${passing}` });
  }
  machine.change((state) => {
    state.runHistory = [...state.runHistory, ...results].slice(-HISTORY_LIMIT);
  });
}
