/** A host whose application, or certificate as well, is the product's: what is shown of it, and how it is rotated. */
import { STEPS } from "../../../model/protocol/host-progress";
import type { ConnectorFacts } from "../../../model/protocol/host-protocol";
import { BY_PRODUCT, setApplication } from "../../../sandbox/server/machine-connector";
import { APP_ID, observeRequest } from "../contract-host";
import type { Facts, Situation } from "./situation";
import {
  accountName,
  BACK,
  FORGET,
  LINK,
  PAUSE,
  register,
  REMEMBER,
  ROTATE,
  rollback,
  ROTATING,
  SETTLED,
  UNSETTLED,
} from "./words";

/** The product's certificate is in the store of the service account, so that no one sees it on the server. */
const OUT_OF_REACH = "d".repeat(64);

const managed = ({ host }: Facts) => setApplication(host.machine, APP_ID, OUT_OF_REACH, BY_PRODUCT);
const blank = (facts: Facts) => {
  managed(facts);
  facts.host.change(({ connector }) => void (connector.parameters.ApplicationManagedBy = null));
};
const onCertificate = ({ sha256 }: Facts) => `the connector on application ${APP_ID} with certificate ${sha256}`;

/** The connector with an own certificate on the product's application. */
const byAdministrator = (connector: ConnectorFacts): ConnectorFacts => ({
  ...connector,
  parameters: { ...connector.parameters, ApplicationManagedBy: "EntraConnect", CertificateManagedBy: "Admin" },
});

const OLD_KEY = "3f3a2c1e-2222-4333-8444-555555555555";
const EVENTS = [
  { id: 6900, message: `Could not REMOVE the old certificate credential ${OLD_KEY} from the application.` },
  { id: 6901, message: "The connector space could not be deleted." },
  { id: 6902, message: "The certificate of the proxy is not trusted." },
];

export const MANAGED: Situation[] = [
  {
    title: "observe must show the parameters of a managed connector as the product wrote them, and no certificate",
    made: 0,
    given: managed,
    operation: "observe",
    request: () => observeRequest(),
    expected: ({ host }) => ({
      result: { certificates: [], connector: { ...host.state.connector, certificateSha256: OUT_OF_REACH } },
    }),
  },
  {
    title:
      "observe must show an error that reads like an old key that was not removed, and no other error of the source",
    made: 0,
    given: (facts) => {
      managed(facts);
      const time = facts.host.world.clock.now().toISOString();
      for (const event of EVENTS) facts.host.machine.addEvent({ time, ...event });
    },
    operation: "observe",
    request: () => observeRequest(),
    expected: ({ host }) => ({ result: { events: [{ ...EVENTS[0], time: host.state.events[0].time }] } }),
  },
  {
    title: "a rotation to an own certificate must leave the product's name on its application",
    ...register({ rotateOnly: true }),
    given: managed,
    expected: ({ host: { state } }) => ({
      result: { action: "rotated", after: { connector: byAdministrator(state.connector), syncCycleEnabled: true } },
      changed: true,
      steps: ROTATING,
      effects: [...PAUSE, REMEMBER, ROTATE, ...BACK, FORGET],
    }),
  },
  {
    title: "a rotation without connectivity parameters must be refused in the product's words",
    ...register({ rotateOnly: true }),
    given: blank,
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: onCertificate(facts), actual: "ApplicationManagedBy isn't set" },
      steps: UNSETTLED(ROTATING),
      effects: [...PAUSE, REMEMBER, ROTATE, SETTLED, ...BACK],
    }),
  },
  {
    title: "parameters must be repaired before a rotation on the product's application if that is asked for",
    ...register({ rotateOnly: true, repairConnectivityParameters: true }),
    given: blank,
    expected: () => ({
      result: { action: "rotated", repairedParameters: true },
      changed: true,
      steps: ROTATING,
      effects: [...PAUSE, "repair", REMEMBER, ROTATE, ...BACK, FORGET],
    }),
  },
  {
    title: "a link must follow a rotation of an own application that failed for want of parameters",
    ...register(),
    made: 2,
    linked: true,
    given: ({ host }) => host.change(({ connector }) => void (connector.parameters.ApplicationManagedBy = null)),
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
    title: "a managed connector must go back to a service account if its application is named",
    made: 0,
    ...rollback(),
    given: managed,
    expected: (facts) => ({
      result: { after: { connector: facts.host.state.connector, syncCycleEnabled: true } },
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
