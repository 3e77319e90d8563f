/** The switch itself: how its cmdlet ends, and where the connector is afterwards. */
import { STEPS } from "../../../model/protocol/host-progress";
import type { Windows } from "../../../sandbox/server/windows";
import { APP_ID, OTHER_APP_ID } from "../contract-host";
import type { Facts, Situation } from "./situation";
import {
  BACK,
  cmdlet,
  FORGET,
  LINK,
  LINKING,
  PAUSE,
  register,
  REMEMBER,
  ROTATE,
  ROTATING,
  SETTLED,
  switched,
  UNSETTLED,
  throws,
} from "./words";

const wanted = ({ sha256 }: Facts) => `the connector on application ${APP_ID} with certificate ${sha256}`;
const linkCommand = ({ sha256 }: Facts) =>
  `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${sha256.toUpperCase()} -ApplicationAppId ${APP_ID}`;
const rotateCommand = ({ sha256 }: Facts) =>
  `Invoke-ADSyncApplicationCredentialRotation -CertificateSHA256Hash ${sha256.toUpperCase()}`;
const onAccount = ({ host }: Facts) => `ServiceAccount ${host.state.connector.userName}`;
const ON_APPLICATION = `Application {${APP_ID}}@contoso.onmicrosoft.com`;

const LINK_ENDS = (...settling: string[]) => [...PAUSE, REMEMBER, LINK, ...settling, ...BACK];
const ROTATION_ENDS = (...settling: string[]) => [...PAUSE, REMEMBER, ROTATE, ...settling, ...BACK];

/** The cmdlet ends so; after this many further readings the connector is where `to` puts it. */
function lateMove(
  method: "invokeRegistration" | "invokeRotation",
  outcome: "failed" | "timed-out" | "completed",
  readings: number,
  to: (real: Windows["getConnector"]) => ReturnType<Windows["getConnector"]>,
) {
  let ended = false;
  let left = readings;
  return {
    [method]: () => async () => {
      ended = true;
      return { outcome, message: "It did not end well." };
    },
    getConnector: (real: Windows["getConnector"]) => () => (ended && left-- <= 0 ? to(real) : real()),
  };
}

const elsewhere = (real: Windows["getConnector"]) => ({
  ...real(),
  identityType: "Application" as const,
  userName: `{${OTHER_APP_ID}}@contoso.onmicrosoft.com`,
  appId: OTHER_APP_ID,
  certificateSha256: "e".repeat(64),
});

export const SWITCHING: Situation[] = [
  {
    title: "a link that fails must be reported with the cmdlet's words",
    ...register(),
    windows: () => ({ invokeRegistration: cmdlet("failed", "The service said no.") }),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: wanted(facts), actual: "The service said no" },
      steps: UNSETTLED(LINKING),
      effects: LINK_ENDS(SETTLED),
    }),
  },
  {
    title: "a rotation that fails must be reported with the cmdlet's words",
    ...register(),
    made: 2,
    linked: true,
    windows: () => ({ invokeRotation: cmdlet("failed", "The service said no.") }),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: wanted(facts), actual: "The service said no" },
      steps: UNSETTLED(ROTATING),
      effects: ROTATION_ENDS(SETTLED),
    }),
  },
  {
    title: "a link that does not end must be reported with the connector's place",
    ...register(),
    windows: () => ({ invokeRegistration: cmdlet("timed-out", "It did not end within 10 s.") }),
    expected: (facts) => ({
      error: {
        id: "CMDLET_TIMEOUT",
        detail: ["Add-ADSyncApplicationRegistration", "10", linkCommand(facts)],
        expected: wanted(facts),
        actual: onAccount(facts),
      },
      steps: UNSETTLED(LINKING),
      effects: LINK_ENDS(SETTLED),
    }),
  },
  {
    title: "a link that ends well without effect must be reported with the connector's place",
    ...register(),
    windows: () => ({ invokeRegistration: cmdlet("completed") }),
    expected: (facts) => ({
      error: { id: "VERIFICATION_FAILED", expected: wanted(facts), actual: onAccount(facts) },
      steps: UNSETTLED(LINKING),
      effects: LINK_ENDS(SETTLED),
    }),
  },
  {
    title: "a link that wants a sign-in must be remembered with its command",
    ...register(),
    windows: () => ({ invokeRegistration: cmdlet("sign-in-required", "A prompt.") }),
    expected: (facts) => ({
      error: {
        id: "SIGNIN_REQUIRED",
        detail: ["Add-ADSyncApplicationRegistration", linkCommand(facts)],
        expected: wanted(facts),
        actual: `a sign-in prompt; ${onAccount(facts)}`,
        operatorCommand: linkCommand(facts),
      },
      steps: UNSETTLED(LINKING),
      effects: LINK_ENDS(SETTLED, `remember sign-in <app> <new> ${linkCommand(facts).replace(APP_ID, "<app>")}`),
    }),
  },
  {
    title: "a rotation that wants a sign-in must be remembered with its command",
    ...register(),
    made: 2,
    linked: true,
    windows: () => ({ invokeRotation: cmdlet("sign-in-required", "A prompt.") }),
    expected: (facts) => ({
      error: {
        id: "SIGNIN_REQUIRED",
        detail: ["Invoke-ADSyncApplicationCredentialRotation", rotateCommand(facts)],
        expected: wanted(facts),
        actual: `a sign-in prompt; ${ON_APPLICATION}`,
        operatorCommand: rotateCommand(facts),
      },
      steps: UNSETTLED(ROTATING),
      effects: ROTATION_ENDS(SETTLED, `remember sign-in <app> <new> ${rotateCommand(facts)}`),
    }),
  },
  {
    title: "a connector that moves two readings after a time-out must count as switched",
    ...register(),
    windows: (facts) => lateMove("invokeRegistration", "timed-out", 2, (real) => switched(facts, real)),
    expected: () => ({
      result: { action: "linked" },
      changed: true,
      steps: UNSETTLED(LINKING),
      effects: [...LINK_ENDS("wait 1, 3 times"), FORGET],
    }),
  },
  {
    title: "a connector that moves after a failure must count as switched",
    ...register(),
    made: 2,
    linked: true,
    windows: (facts) => lateMove("invokeRotation", "failed", 0, (real) => switched(facts, real)),
    expected: () => ({
      result: { action: "rotated" },
      changed: true,
      steps: UNSETTLED(ROTATING),
      effects: [...ROTATION_ENDS(SETTLED), FORGET],
    }),
  },
  {
    title: "a connector that ends elsewhere must be reported as a change",
    ...register(),
    windows: () => lateMove("invokeRegistration", "failed", 0, elsewhere),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: wanted(facts), actual: "It did not end well" },
      changed: true,
      steps: UNSETTLED(LINKING),
      effects: LINK_ENDS(SETTLED),
    }),
  },
  {
    title: "a connector that does not settle must be read for a minute",
    ...register(),
    windows: () => {
      let reading = 0;
      return lateMove("invokeRegistration", "timed-out", 0, (real) => ({
        ...real(),
        userName: `reading ${reading++}`,
      }));
    },
    expected: (facts) => ({
      error: { id: "CMDLET_TIMEOUT", expected: wanted(facts), actual: "ServiceAccount reading 61" },
      changed: true,
      steps: [
        ...LINKING.slice(0, -1),
        ...[0, 10].map((seconds) => `${STEPS.settling} (${seconds} s of 60 s)`),
        STEPS.restoring,
      ],
      effects: LINK_ENDS("wait 1, 60 times"),
    }),
  },
  {
    title: "a rotation that fails must be followed by a link if the old certificate is gone",
    ...register(),
    made: 2,
    linked: true,
    given: ({ host }) =>
      host.change((state) => {
        state.certificates.shift();
      }),
    windows: () => ({ invokeRotation: cmdlet("failed", "The old key is needed.") }),
    expected: () => ({
      result: { action: "linked" },
      changed: true,
      steps: [
        ...ROTATING.slice(0, -1),
        `${STEPS.settling} (0 s of 60 s)`,
        `${STEPS.linking} (0 s of 10 s)`,
        STEPS.restoring,
      ],
      effects: [...PAUSE, REMEMBER, ROTATE, SETTLED, LINK, ...BACK, FORGET],
    }),
  },
  {
    title: "a link must not follow a rotation that failed on the product's application",
    ...register({ rotateOnly: true }),
    made: 2,
    linked: true,
    given: ({ host }) =>
      host.change((state) => {
        state.certificates.shift();
      }),
    windows: () => ({ invokeRotation: cmdlet("failed", "The old key is needed.") }),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: wanted(facts), actual: "The old key is needed" },
      steps: UNSETTLED(ROTATING),
      effects: ROTATION_ENDS(SETTLED),
    }),
  },
  {
    title: "a connector that is not on the product's application must be refused before anything is paused",
    ...register({ rotateOnly: true }),
    expected: (facts) => ({
      error: { id: "CONNECTOR_UNEXPECTED.product", expected: `application ${APP_ID}`, actual: onAccount(facts) },
      effects: [],
    }),
  },
  {
    title: "a link must not follow a rotation that did not end",
    ...register(),
    made: 2,
    linked: true,
    given: ({ host }) =>
      host.change((state) => {
        state.certificates.shift();
      }),
    windows: () => ({ invokeRotation: cmdlet("timed-out") }),
    expected: (facts) => ({
      error: { id: "CMDLET_TIMEOUT", expected: wanted(facts), actual: ON_APPLICATION },
      steps: UNSETTLED(ROTATING),
      effects: ROTATION_ENDS(SETTLED),
    }),
  },
  {
    title: "a parameter of blanks must be repaired if that is asked for",
    ...register({ repairConnectivityParameters: true }),
    linked: true,
    given: ({ host }) =>
      host.change((state) => {
        state.connector.parameters.CertificateId = "  ";
      }),
    windows: () => ({
      repairConnectorParameters: () => () => undefined,
    }),
    expected: () => ({
      error: {
        id: "VERIFICATION_FAILED.parameters",
        expected: "ApplicationManagedBy, CertificateManagedBy and CertificateId",
        actual: "blank",
      },
      changed: true,
      steps: [STEPS.pausing, STEPS.restoring],
      effects: [...PAUSE, "repair", ...BACK],
    }),
  },
  {
    title: "a repair without its module must be refused by name, and say that nothing changed",
    ...register({ repairConnectivityParameters: true }),
    linked: true,
    given: ({ host }) =>
      host.change((state) => {
        state.connector.parameters.CertificateId = null;
      }),
    windows: () => ({ repairConnectorParameters: throws("not-found", "The module is not there.") }),
    expected: () => ({
      error: { id: "REPAIR_MODULE_MISSING", expected: "the module ADSyncTools 2.3.0 or later", actual: "none" },
      steps: [STEPS.pausing, STEPS.restoring],
      effects: [...PAUSE, "repair", ...BACK],
    }),
  },
  {
    title: "a connector that shows its identity in upper case must count as switched",
    ...register(),
    linked: true,
    given: ({ host }) =>
      host.change(({ connector }) => {
        connector.appId = connector.appId!.toUpperCase();
        connector.certificateSha256 = connector.certificateSha256!.toUpperCase();
      }),
    expected: () => ({ result: { action: "none" } }),
  },
  {
    title: "a release must be refused if the connector shows its identity in upper case",
    operation: "release",
    request: ({ sha256 }) => ({
      protocol: 1,
      server: "sync01",
      label: "any",
      appId: APP_ID,
      certificateSha256: sha256,
    }),
    linked: true,
    given: ({ host }) =>
      host.change(({ connector }) => {
        connector.appId = connector.appId!.toUpperCase();
        connector.certificateSha256 = connector.certificateSha256!.toUpperCase();
      }),
    expected: ({ sha256 }) => ({
      error: {
        id: "CERTIFICATE_IN_USE",
        expected: 'a connector that does not use "any"',
        actual: `a connector on certificate ${sha256}`,
      },
    }),
  },
];
