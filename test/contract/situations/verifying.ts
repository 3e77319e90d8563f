/** Verification of a switch by the event log and a delta cycle. */
import { STEPS } from "../../../model/protocol/host-progress";
import { APP_ID } from "../contract-host";
import type { Expected, Facts, Situation } from "./situation";
import type { Changes } from "./watched-windows";
import { BACK, bounds, FORGET, LINK, LINKING, PAUSE, register, REMEMBER } from "./words";

const CONNECTOR = "contoso.onmicrosoft.com - AAD";
const SWITCHED = [...PAUSE, REMEMBER, LINK, ...BACK];
const VERIFYING_STEP = `${STEPS.verifying} (0 s of 30 s)`;
const RUNS = "runs that end with success";

/** A cycle that starts, then shows so in the readings of the scheduler, and has these runs at its end. */
function cycle({ host }: Facts, running: boolean[], ...results: [connector: string, result: string][]): Changes {
  const left = [...running];
  let started = false;
  return {
    startSyncCycle: () => () => {
      started = true;
      return { started: true, problem: null };
    },
    getScheduler: (real) => () => ({ ...real(), SyncCycleInProgress: started && (left.shift() ?? false) }),
    getRunResults: () => () => {
      if (!started || left.length > 0) return [];
      const time = host.world.clock.now().toISOString();
      return results.map(([connector, result], index) => ({
        id: `new ${index}`,
        connector,
        runProfile: "Delta Import",
        result,
        startedAt: time,
        endedAt: time,
      }));
    },
  };
}

/** A first link, verified by a cycle. */
const linking = (
  title: string,
  windows: (facts: Facts) => Changes,
  expected: Expected,
  changes: Parameters<typeof register>[0] = {},
): Situation => ({
  title,
  ...register({ verify: "sync", ...changes }),
  windows,
  expected: () => ({ changed: true, ...expected }),
});

/** The switch stays, and is still to be verified. */
const unverified = (
  sentence: string,
  [expected, actual]: [string, string],
  steps: string[],
  effects: string[],
): Expected => ({
  result: { action: "linked" },
  unverified: `${sentence} Expected ${expected}, found ${actual}`,
  steps: [...LINKING, ...steps],
  effects: [...SWITCHED, ...effects],
});

const verified = (steps: string[], effects: string[]): Expected => ({
  result: { action: "linked" },
  steps: [...LINKING, ...steps],
  effects: [...SWITCHED, ...effects, FORGET],
});

const event =
  (message: string, id = 906) =>
  (facts: Facts) => ({
    getEvents: () => () => [{ time: facts.host.world.clock.now().toISOString(), id, message }],
  });

const IN_TIME = "its end within 0 s";
const IN_PROGRESS = "SyncCycleInProgress True";

export const VERIFYING: Situation[] = [
  linking(
    "the runs of the Entra connector must count however its name is spelt",
    (facts) => cycle(facts, [], [CONNECTOR.toUpperCase(), "success"]),
    verified([VERIFYING_STEP], ["start cycle"]),
  ),
  linking(
    "a run that ends with errors of single objects must count as good",
    (facts) => cycle(facts, [], [CONNECTOR, "completed-export-errors"]),
    verified([VERIFYING_STEP], ["start cycle"]),
  ),
  linking(
    "a cycle that begins late must be waited for until its end",
    (facts) => cycle(facts, [false, true, true], [CONNECTOR, "success"]),
    verified([VERIFYING_STEP], ["start cycle", "wait 0.25", "wait 0.375", "wait 0.5625"]),
  ),
  linking(
    "a failed run must be reported however its result is spelt",
    (facts) => cycle(facts, [], [CONNECTOR, "success"], [CONNECTOR, "Stopped-Server-Down"]),
    unverified(
      `The delta cycle after the switch did not succeed at the connector "${CONNECTOR}".`,
      [RUNS, "Delta Import: Stopped-Server-Down"],
      [VERIFYING_STEP],
      ["start cycle"],
    ),
  ),
  linking(
    "a run that does not start must be reported",
    (facts) => cycle(facts, [], [CONNECTOR, "no-start-connection"]),
    unverified(
      `The delta cycle after the switch did not succeed at the connector "${CONNECTOR}".`,
      [RUNS, "Delta Import: no-start-connection"],
      [VERIFYING_STEP],
      ["start cycle"],
    ),
  ),
  linking(
    "a failed run of another connector must not count",
    (facts) => cycle(facts, [], ["contoso.com", "stopped-server-down"], [CONNECTOR, "success"]),
    verified([VERIFYING_STEP], ["start cycle"]),
  ),
  linking(
    "a cycle that cannot be started must be reported with its reason",
    () => ({ startSyncCycle: () => () => ({ started: false, problem: "The engine is busy." }) }),
    unverified(
      "A delta cycle could not be started after the switch.",
      ["Start-ADSyncSyncCycle to start one", "The engine is busy"],
      [],
      ["start cycle"],
    ),
  ),
  linking(
    "a cycle that does not end must be reported",
    (facts) => cycle(facts, [true, true, true]),
    unverified(
      "The delta cycle that was to verify the switch did not end in time.",
      [IN_TIME, IN_PROGRESS],
      [STEPS.verifying + " (0 s of 0 s)"],
      ["start cycle"],
    ),
    bounds({ verifySeconds: 0 }),
  ),
  linking(
    "a cycle of the scheduler that does not end must be reported as the one before",
    () => {
      let off = false;
      return {
        setSyncCycleEnabled: (real) => (enabled) => {
          real(enabled);
          off = enabled;
        },
        getScheduler: (real) => () => ({ ...real(), SyncCycleInProgress: off }),
      };
    },
    unverified(
      "A cycle that ran before the one that was to verify the switch did not end in time.",
      [IN_TIME, IN_PROGRESS],
      [],
      [],
    ),
    bounds({ verifySeconds: 0 }),
  ),
  linking(
    "a cycle that the scheduler began must be waited for, and another one started after it",
    (facts) => {
      const good = cycle(facts, [], [CONNECTOR, "success"]);
      let refusals = 1;
      let running = 0;
      return {
        ...good,
        startSyncCycle: (real) => {
          const start = good.startSyncCycle!(real);
          return () => {
            if (refusals-- <= 0) return start();
            running = 2;
            return { started: false, problem: "A cycle is in progress." };
          };
        },
        getScheduler: (real) => () => ({ ...real(), SyncCycleInProgress: running-- > 0 }),
      };
    },
    verified([`${STEPS.awaitingCycle} (0 s of 30 s)`, VERIFYING_STEP], ["start cycle", "wait 0.25", "start cycle"]),
  ),
  {
    title: "a refused sign-in must be reported in one line, however it is spelt",
    ...register(),
    windows: event("GetSecurityToken:\r\n\taadsts700027: The key was not found."),
    expected: () => ({
      error: {
        id: "VERIFICATION_FAILED.stays",
        detail: [
          "Entra refused a sign-in of the synchronisation service.",
          `before, it was not on application ${APP_ID}`,
        ],
        expected: "no event 906 since the switch that refuses the credential",
        actual: "GetSecurityToken: aadsts700027: The key was not found",
      },
      changed: true,
      steps: LINKING,
      effects: SWITCHED,
    }),
  },
  linking(
    "an event of another kind, or without an error of Entra, must not be taken for a refused sign-in",
    (facts) => ({
      ...cycle(facts, [], [CONNECTOR, "success"]),
      getEvents: () => () => [
        ...event("AADSTS700027", 904)(facts).getEvents()(),
        ...event("A token was received.")(facts).getEvents()(),
      ],
    }),
    verified([VERIFYING_STEP], ["start cycle"]),
  ),
  linking(
    "a parameter of blanks after the switch must be reported",
    () => ({
      getConnector: (real) => () => {
        const connector = real();
        const blank = connector.identityType === "Application" ? " " : connector.parameters.CertificateId;
        return { ...connector, parameters: { ...connector.parameters, CertificateId: blank } };
      },
    }),
    unverified(
      "The connectivity parameters are blank after the switch.",
      ["ApplicationManagedBy, CertificateManagedBy and CertificateId", "blank"],
      [],
      [],
    ),
  ),
];
