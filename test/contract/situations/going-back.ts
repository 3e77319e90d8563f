/** The way back after a rotation that is not verified: taken if the old certificate works, else named with its reason. */
import { STEPS } from "../../../model/protocol/host-progress";
import type { Windows } from "../../../sandbox/server/windows";
import { APP_ID, OTHER_APP_ID } from "../contract-host";
import type { Expected, Facts, Situation } from "./situation";
import type { Changes } from "./watched-windows";
import { BACK, FORGET, PAUSE, register, REMEMBER, ROTATE, ROTATING, TRIES } from "./words";

const SENTENCE = "Entra refused a sign-in of the synchronisation service.";
const REFUSED = "AADSTS700027: refused";
const WAY = [STEPS.goingBack, STEPS.provingToken];
const WAY_PAUSED = [...WAY, STEPS.pausing, `${STEPS.rotating} (0 s of 10 s)`];
const SWITCHED = [...PAUSE, REMEMBER, ROTATE, ...BACK];
const SETTLING = `${STEPS.settling} (0 s of 60 s)`;
const ROTATE_BACK = "rotate <old> 10 s";

/** Entra refused the new certificate, as an event says. */
const refusedSignIn = (facts: Facts): Changes => ({
  getEvents: () => () => [{ time: facts.host.world.clock.now().toISOString(), id: 906, message: REFUSED }],
});

/** A method that works as before until the switch, and in another way afterwards. */
function afterSwitch<Method extends keyof Windows>(
  { host, sha256 }: Facts,
  real: Windows[Method],
  later: Windows[Method],
): Windows[Method] {
  const isSwitched = () => host.machine.state.connector.certificateSha256 === sha256;
  const call = () => (isSwitched() ? later : real) as (...args: unknown[]) => unknown;
  return ((...args: unknown[]) => call()(...args)) as Windows[Method];
}

/** @param why the message's end; null if the connector is back */
const rotation = (
  title: string,
  why: ((facts: Facts) => string) | null,
  windows: (facts: Facts) => Changes,
  expected: Pick<Expected, "steps" | "effects">,
  rest: Partial<Situation> = {},
): Situation => ({
  title: why === null ? title : `a switch that is not verified must stay, and name why: ${title}`,
  ...register(),
  made: 2,
  linked: true,
  windows: (facts) => ({ ...refusedSignIn(facts), ...windows(facts) }),
  expected: (facts) => ({
    error: {
      id: why === null ? "VERIFICATION_FAILED.back" : "VERIFICATION_FAILED.stays",
      detail: [SENTENCE, why === null ? facts.old : why(facts)],
      expected: "no event 906 since the switch that refuses the credential",
      actual: REFUSED,
    },
    changed: true,
    steps: [...ROTATING, ...expected.steps!],
    effects: [...SWITCHED, ...expected.effects!],
  }),
  ...rest,
});

const old = (why: string) => (facts: Facts) => `certificate ${facts.old}: ${why}`;
const nothing = { steps: [], effects: [] };

/** Dates of the old certificate. */
const dated = (days: { notBefore?: number; notAfter?: number }) => (facts: Facts) => ({
  getCertificates: (real: Windows["getCertificates"]) => () =>
    real().map((entry) => {
      if (entry.sha256 !== facts.old) return entry;
      const dates = Object.entries(days).map(([name, day]) => [
        name,
        new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
      ]);
      return { ...entry, ...Object.fromEntries(dates) } as typeof entry;
    }),
});

export const GOING_BACK: Situation[] = [
  rotation("a switch that is not verified must go back to a certificate that works", null, () => ({}), {
    steps: [...WAY_PAUSED, STEPS.restoring],
    effects: [...PAUSE, ROTATE_BACK, ...BACK, FORGET],
  }),
  rotation(
    "the old certificate has expired",
    old("expired on 2026-01-02T00:00:00.000Z"),
    dated({ notAfter: 1 }),
    nothing,
  ),
  rotation(
    "the old certificate is not valid yet",
    old("not valid before 2126-01-01T00:00:00.000Z"),
    dated({ notBefore: 36_524 }),
    nothing,
  ),
  rotation(
    "the old certificate is there twice",
    old("2 certificates with that hash in LocalMachine\\My"),
    () => ({}),
    nothing,
    { given: ({ host }) => host.change((state) => state.certificates.push({ ...state.certificates[0] })) },
  ),
  rotation("the old key is dead", old("Keyset does not exist (0x80090016)"), () => ({}), nothing, {
    given: ({ host }) =>
      host.change((state) => {
        state.keys[0].dead = "the TPM was cleared";
      }),
  }),
  rotation(
    "Entra does not take the old certificate",
    old(
      `Entra does not accept the certificate for application ${APP_ID}. ` +
        "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered",
    ),
    () => ({}),
    { steps: WAY, effects: [] },
    {
      given: ({ host, old: hash }) => {
        const { certificates } = host.world.tenant.applications.get(APP_ID)!;
        certificates.delete(Buffer.from(hash, "hex").toString("base64url"));
      },
    },
  ),
  rotation(
    "the token endpoint does not answer",
    old("The token endpoint cannot be reached from this session; this says nothing about the key. the proxy is down"),
    (facts) => ({
      postForm: (real) =>
        afterSwitch<"postForm">(facts, real, async () => ({
          reached: false,
          status: 0,
          body: "",
          date: null,
          problem: "the proxy is down",
        })),
    }),
    { steps: WAY, effects: [] },
  ),
  rotation(
    "the clock is off",
    old("The clock of the server is off. 900 s behind"),
    (facts) => ({
      postForm: (real) =>
        afterSwitch<"postForm">(facts, real, async () => ({
          reached: true,
          status: 200,
          body: "{}",
          date: new Date(facts.host.world.clock.now().getTime() + 900_400).toISOString(),
          problem: null,
        })),
    }),
    { steps: WAY, effects: [] },
  ),
  rotation(
    "the restore task cannot be proven again",
    old(
      "The task that would end an interrupted pause does not work, so nothing was paused. Access is denied to SYSTEM",
    ),
    (facts) => ({
      proveRestoreTask: (real) =>
        afterSwitch<"proveRestoreTask">(facts, real, () => ({ proven: false, problem: "Access is denied to SYSTEM." })),
    }),
    {
      steps: [...WAY, STEPS.pausing],
      effects: [...PAUSE.slice(0, 3), "no pause record", "no restore task"],
    },
  ),
  rotation(
    "the rotation back fails",
    old("Invoke-ADSyncApplicationCredentialRotation ended as failed The service said no"),
    (facts) => ({
      invokeRotation: (real) =>
        afterSwitch<"invokeRotation">(facts, real, async () => ({
          outcome: "failed",
          message: "The service said no.",
        })),
    }),
    {
      steps: [...WAY_PAUSED, SETTLING, STEPS.restoring],
      effects: [...PAUSE, ROTATE_BACK, "wait 1, 2 times", ...BACK],
    },
  ),
  {
    title: "a scheduler that does not come back on the way back must be reported before the switch",
    ...register(),
    made: 2,
    linked: true,
    windows: (facts) => {
      let pauses = 0;
      return {
        ...refusedSignIn(facts),
        setSyncCycleEnabled: (real) => (enabled) => {
          if (!enabled) pauses += 1;
          if (!enabled || pauses < 2) real(enabled);
        },
      };
    },
    expected: () => ({
      error: { id: "SCHEDULER_NOT_RESTORED", expected: "SyncCycleEnabled True", actual: "SyncCycleEnabled False" },
      changed: true,
      steps: [...ROTATING, ...WAY_PAUSED, STEPS.restoring],
      effects: [...SWITCHED, ...PAUSE, ROTATE_BACK, ...TRIES],
    }),
  },
  {
    title: "a switch that is not verified must not go back to another application whose certificate works",
    ...register(),
    made: 2,
    linked: true,
    given: ({ host, old: hash }) => {
      host.world.tenant.applications.set(OTHER_APP_ID, host.world.tenant.applications.get(APP_ID)!);
      host.server.break("application", { appId: OTHER_APP_ID, certificateSha256: hash });
    },
    windows: refusedSignIn,
    expected: () => ({
      error: {
        id: "VERIFICATION_FAILED.stays",
        detail: [SENTENCE, `before, it was not on application ${APP_ID}`],
        expected: "no event 906 since the switch that refuses the credential",
        actual: REFUSED,
      },
      changed: true,
      steps: [STEPS.provingToken, STEPS.pausing, `${STEPS.linking} (0 s of 10 s)`, STEPS.restoring],
      effects: [...PAUSE, REMEMBER, "link <app> <new> 10 s", ...BACK],
    }),
  },
  {
    title: "a switch of an earlier run that is not verified now must stay",
    ...register({ verify: "sync" }),
    linked: true,
    given: ({ host, sha256 }) =>
      host.machine
        .switchRecord("verification")
        .write({ since: "2026-01-01T00:00:00.000Z", appId: APP_ID, certificateSha256: sha256, command: null }),
    windows: () => ({ startSyncCycle: () => () => ({ started: false, problem: "The engine is busy." }) }),
    expected: () => ({
      result: { action: "none" },
      unverified:
        "A delta cycle could not be started after the switch. " +
        "Expected Start-ADSyncSyncCycle to start one, found The engine is busy",
      effects: ["start cycle"],
    }),
  },
];
