/** The scheduler's pause: its record and task, and the way back. */
import { STEPS } from "../../../model/protocol/host-progress";
import type { Situation } from "./situation";
import {
  accountName,
  BACK,
  bounds,
  cmdlet,
  FORGET,
  given,
  inProgress,
  LINK,
  LINKING,
  PAUSE,
  register,
  REMEMBER,
  rollback,
  SETTLED,
  throws,
  TRIES,
  UNSETTLED,
} from "./words";

const PREPARED = PAUSE.slice(0, 3);
const BEFORE = LINKING.slice(0, 2);
const GIVEN_UP = [...BEFORE, STEPS.restoring];

/** Never puts the scheduler back, without a word. */
const stuckOff = () => (real: (enabled: boolean) => void) => (enabled: boolean) => {
  if (!enabled) real(enabled);
};

export const PAUSING: Situation[] = [
  {
    title: "a pause must not begin if its record cannot be written",
    ...register(),
    given: given("disk-full"),
    expected: () => ({
      error: {
        id: "UNEXPECTED.disk",
        expected: "the step to succeed",
        actual: "pause.json: there is not enough space on the disk",
      },
      steps: BEFORE,
      effects: PREPARED.slice(0, 1),
    }),
  },
  {
    title: "a pause must leave no record if its task cannot be registered",
    ...register(),
    windows: () => ({ registerRestoreTask: throws("failed", "The task scheduler does not answer.") }),
    expected: () => ({
      error: { id: "UNEXPECTED", expected: "the step to succeed", actual: "The task scheduler does not answer" },
      steps: BEFORE,
      effects: [...PREPARED.slice(0, 2), "no pause record"],
    }),
  },
  {
    title: "a pause must not begin if its task is not proven",
    ...register(),
    windows: () => ({ proveRestoreTask: () => () => ({ proven: false, problem: "Access is denied to SYSTEM." }) }),
    expected: () => ({
      error: {
        id: "RESTORE_TASK_UNPROVEN",
        expected: "a task that may call the ADSync module as SYSTEM",
        actual: "Access is denied to SYSTEM",
      },
      steps: BEFORE,
      effects: [...PREPARED, "no pause record", "no restore task"],
    }),
  },
  {
    title: "nothing must be switched if switching the scheduler off has no effect",
    ...register(),
    windows: () => ({ setSyncCycleEnabled: () => () => undefined }),
    expected: () => ({
      error: { id: "UNEXPECTED", expected: "SyncCycleEnabled False", actual: "SyncCycleEnabled True" },
      steps: GIVEN_UP,
      effects: [...PAUSE, "wait 0", "no pause record", "no restore task"],
    }),
  },
  {
    title: "nothing must be switched while a cycle runs, and the scheduler must be put back",
    ...register(bounds({ cycleSeconds: 0 })),
    windows: () => ({ getScheduler: inProgress(true) }),
    expected: () => ({
      error: { id: "CYCLE_STILL_RUNNING", expected: "its end within 0 s", actual: "SyncCycleInProgress True" },
      steps: GIVEN_UP,
      effects: ["pause record: register of sync01, 620 s, on", ...PAUSE.slice(1), ...BACK],
    }),
  },
  {
    title: "a switch must wait for a cycle that runs, also for one that a person's pause leaves",
    ...register(bounds({ cycleSeconds: 30 })),
    given: ({ host }) =>
      host.change((state) => {
        state.scheduler.SyncCycleEnabled = false;
      }),
    windows: () => ({ getScheduler: inProgress(true, true, true, true, false) }),
    expected: () => ({
      result: { action: "linked", pausedSeconds: 0 },
      changed: true,
      steps: [LINKING[0], `${STEPS.awaitingCycle} (0 s of 30 s)`, LINKING[2]],
      effects: ["wait 1, 2 times", REMEMBER, LINK, FORGET],
    }),
  },
  {
    title: "a switch must wait in its pause for a cycle that runs",
    ...register(bounds({ cycleSeconds: 30 })),
    windows: () => ({ getScheduler: inProgress(true, true, true, true, true, true, false) }),
    expected: () => ({
      result: { action: "linked" },
      changed: true,
      steps: [...BEFORE, `${STEPS.awaitingCycle} (0 s of 30 s)`, ...LINKING.slice(2)],
      effects: [
        "pause record: register of sync01, 650 s, on",
        ...PAUSE.slice(1),
        "wait 1, 2 times",
        REMEMBER,
        LINK,
        ...BACK,
        FORGET,
      ],
    }),
  },
  {
    title: "the scheduler must be put back by a second try if the first one fails",
    ...register(),
    windows: () => ({
      setSyncCycleEnabled: (real) => {
        let failures = 1;
        let isPaused = false;
        return (enabled) => {
          if (!enabled) isPaused = true;
          else if (isPaused && failures-- > 0) throw new Error("The service restarts.");
          real(enabled);
        };
      },
    }),
    expected: () => ({
      result: { action: "linked" },
      changed: true,
      steps: LINKING,
      effects: [...PAUSE, REMEMBER, LINK, "wait 0", "scheduler on", "wait 1", ...BACK.slice(1), FORGET],
    }),
  },
  {
    title: "a scheduler that does not come back must be reported, with record and task left",
    ...register(),
    windows: () => ({ setSyncCycleEnabled: stuckOff() }),
    expected: () => ({
      error: { id: "SCHEDULER_NOT_RESTORED", expected: "SyncCycleEnabled True", actual: "SyncCycleEnabled False" },
      changed: true,
      steps: LINKING,
      effects: [...PAUSE, REMEMBER, LINK, ...TRIES],
    }),
  },
  {
    title: "a scheduler that does not come back after a failure must be reported with both",
    ...register(),
    windows: () => ({ setSyncCycleEnabled: stuckOff(), invokeRegistration: cmdlet("failed", "The service said no.") }),
    expected: () => ({
      error: {
        id: "SCHEDULER_NOT_RESTORED",
        expected: "SyncCycleEnabled True",
        actual: "SyncCycleEnabled False; before that: The cmdlet Add-ADSyncApplicationRegistration failed",
      },
      steps: UNSETTLED(LINKING),
      effects: [...PAUSE, REMEMBER, LINK, SETTLED, ...TRIES],
    }),
  },
  {
    title: "an interrupted pause must be ended before anything else",
    ...register(),
    linked: true,
    given: ({ host }) => {
      host.server.break("scheduler");
      host.change((state) => {
        state.restoreTask = { deadline: new Date().toISOString() };
      });
    },
    expected: () => ({
      result: { action: "none", restoredInterruptedPause: true },
      changed: true,
      steps: [STEPS.endingPause],
      effects: BACK,
    }),
  },
  {
    title: "an interrupted pause that cannot be ended must stop the operation",
    ...register(),
    given: ({ host }) => host.server.break("scheduler"),
    windows: () => ({ setSyncCycleEnabled: throws("failed", "The service restarts.") }),
    expected: () => ({
      error: { id: "SCHEDULER_NOT_RESTORED", expected: "SyncCycleEnabled True", actual: "The service restarts" },
      changed: true,
      steps: [STEPS.endingPause],
      effects: TRIES,
    }),
  },
  {
    title: "the record of a pause must name the operation that paused",
    ...rollback(),
    linked: true,
    expected: (facts) => ({
      result: { accountName: accountName(facts) },
      changed: true,
      steps: [STEPS.pausing, `${STEPS.leaving} (0 s of 10 s)`, STEPS.restoring],
      effects: [
        "pause record: rollback of sync01, 621 s, on",
        ...PAUSE.slice(1),
        `roll back to ${accountName(facts)} 10 s`,
        ...BACK,
      ],
    }),
  },
];
