/** `reset-machine-identifier`: what it refuses, in which order it works, and what ends a run that was killed. */
import { STEPS } from "../../../model/protocol/host-progress";
import { stopService } from "../../../sandbox/server/machine-service";
import { type Facts, type Situation } from "./situation";
import { BACK, throws } from "./words";

const NEW_IDENTIFIER = "fedcba9876543210fedcba9876543210";

const reset = (
  named = ({ host }: Facts) => host.state.machineIdentifier,
): Pick<Situation, "operation" | "request"> => ({
  operation: "reset-machine-identifier",
  request: (facts) => ({
    protocol: 1,
    server: "sync01",
    resetMachineIdentifier: named(facts),
    newIdentifier: NEW_IDENTIFIER,
    bounds: { cycleSeconds: 1, cmdletSeconds: 10 },
  }),
});

const begun = (enabled: "on" | "off") => [
  `pause record: reset-machine-identifier of sync01, 621 s, ${enabled}`,
  "restore task",
  "proof",
  `scheduler ${enabled}`,
];
/** It runs before it answers: two cmdlets fail. */
const ANSWERS = ["wait 0", "wait 1", "wait 2"];
const WRITTEN = ["stop service 10 s", `identifier ${NEW_IDENTIFIER}`, "start service 10 s", ...ANSWERS];
const UNRECORDED = ["no pause record", "no restore task"];

/** The tries of three minutes, of a service that does not answer. */
const WAITS = ["wait 0", "wait 1", "wait 2", "wait 3", "wait 4", "wait 5", "wait 15, 11 times"];

const STOPPING = `${STEPS.stoppingService} (0 s of 10 s)`;
const STARTING = `${STEPS.startingService} (0 s of 10 s)`;
const WORKING = [STEPS.pausing, STOPPING, STARTING, STEPS.restoring];

const state = (machineIdentifier: string, syncCycleEnabled = true) => ({ machineIdentifier, syncCycleEnabled });

/** What a run leaves that was killed while the service was stopped. */
function killed({ host }: Facts, change: (host: Facts["host"]) => void = () => undefined): void {
  const startedAt = "2026-01-01T00:00:00.000Z";
  host.machine.pauseRecord.write({
    ...{ operation: "reset-machine-identifier", server: "sync01", startedAt, deadline: startedAt },
    syncCycleEnabled: true,
  });
  host.machine.setSyncCycleEnabled(false);
  stopService(host.machine);
  change(host);
}
const RESUMED = ["start service 300 s", ...ANSWERS, "wait 0", "scheduler on", "no pause record"];
const RESUMING = [`${STEPS.startingService} (0 s of 300 s)`, STEPS.endingPause];

export const MACHINES: Situation[] = [
  {
    title: "a machine identifier must be written while the scheduler is off and the service stopped",
    ...reset(),
    made: 0,
    expected: () => ({
      result: { after: state(NEW_IDENTIFIER), restoredInterruptedPause: false },
      changed: true,
      steps: WORKING,
      effects: [...begun("on"), "scheduler off", ...WRITTEN, ...BACK],
    }),
  },
  {
    title: "a machine identifier must be written on a server whose scheduler is off, which stays off",
    ...reset(),
    made: 0,
    given: ({ host }) => host.machine.setSyncCycleEnabled(false),
    expected: () => ({
      result: { after: state(NEW_IDENTIFIER, false), pausedSeconds: 0 },
      changed: true,
      steps: WORKING,
      effects: [...begun("off"), ...WRITTEN, "wait 0", ...UNRECORDED],
    }),
  },
  {
    title: "a server that does not have the named machine identifier must remain as it is",
    ...reset(() => "0123456789abcdef0123456789abcdef"),
    made: 0,
    expected: ({ host }) => ({
      result: { before: state(host.state.machineIdentifier), after: state(host.state.machineIdentifier) },
    }),
  },
  {
    title: "a machine identifier must be compared regardless of case",
    ...reset(({ host }) => host.state.machineIdentifier.toUpperCase()),
    made: 0,
    expected: () => ({
      result: { after: state(NEW_IDENTIFIER) },
      changed: true,
      steps: WORKING,
      effects: [...begun("on"), "scheduler off", ...WRITTEN, ...BACK],
    }),
  },
  {
    title: "a machine identifier that cannot be read must not be replaced",
    ...reset(() => "x"),
    made: 0,
    windows: () => ({ getMachineIdentifier: () => () => null }),
    expected: () => ({
      error: { id: "UNEXPECTED.identifier", expected: "a value SyncMachineIdentifier in the registry", actual: "none" },
    }),
  },
  {
    title: "a service that a person stopped must not be started by reset-machine-identifier",
    ...reset(),
    made: 0,
    given: ({ host }) => stopService(host.machine),
    expected: () => ({ error: { id: "SERVICE_STOPPED", expected: "Running", actual: "Stopped" } }),
  },
  {
    title: "a run that was killed before it wrote the machine identifier must be finished by the next one",
    ...reset(),
    made: 0,
    given: (facts) => killed(facts),
    expected: () => ({
      result: { after: state(NEW_IDENTIFIER), restoredInterruptedPause: true },
      changed: true,
      steps: [...RESUMING, ...WORKING],
      effects: [...RESUMED, ...begun("on"), "scheduler off", ...WRITTEN, ...BACK],
    }),
  },
  {
    title:
      "a run that was killed after it wrote the machine identifier must be ended by the next one, which changes no more",
    ...reset(() => "0123456789abcdef0123456789abcdef"),
    made: 0,
    given: (facts) => killed(facts),
    expected: ({ host }) => ({
      result: { after: state(host.state.machineIdentifier), restoredInterruptedPause: true },
      changed: true,
      steps: RESUMING,
      effects: RESUMED,
    }),
  },
  {
    title: "a machine identifier that cannot be written must leave the service running and the scheduler on",
    ...reset(),
    made: 0,
    windows: () => ({ setMachineIdentifier: throws("access-denied", "Access to the registry is denied.") }),
    expected: () => ({
      error: {
        id: "NOT_ADMINISTRATOR",
        expected: "a local administrator with rights in Entra Connect Sync",
        actual: "Access to the registry is denied",
      },
      changed: true,
      steps: WORKING,
      effects: [...begun("on"), "scheduler off", ...WRITTEN, ...BACK],
    }),
  },
  {
    title: "a service that does not start again must leave record and task, which start it",
    ...reset(),
    made: 0,
    windows: () => ({ startService: throws("failed", "The service did not start.") }),
    expected: () => ({
      error: {
        id: "SCHEDULER_NOT_RESTORED",
        detail: ["true"],
        expected: "SyncCycleEnabled True",
        actual: "Get-ADSyncScheduler: the ADSync service does not run; before that: The service did not start",
      },
      changed: true,
      steps: WORKING,
      effects: [...begun("on"), "scheduler off", ...WRITTEN.slice(0, 3), ...WAITS],
    }),
  },
  {
    title: "a machine identifier that stays as it was must be reported",
    ...reset(),
    made: 0,
    windows: () => ({ setMachineIdentifier: () => () => undefined }),
    expected: ({ host }) => ({
      error: {
        id: "VERIFICATION_FAILED.identifier",
        expected: NEW_IDENTIFIER,
        actual: host.state.machineIdentifier,
      },
      changed: true,
      steps: WORKING,
      effects: [...begun("on"), "scheduler off", ...WRITTEN, ...BACK],
    }),
  },
];
