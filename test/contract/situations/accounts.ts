/** `rollback` and `remove-legacy-account`: what they refuse, and how their cmdlets end. */
import { STEPS } from "../../../model/protocol/host-progress";
import type { HostMessageId } from "../../../model/protocol/host-messages";
import type { CmdletOutcome, Windows } from "../../../sandbox/server/windows";
import { APP_ID, OTHER_APP_ID } from "../contract-host";
import type { Facts, Situation } from "./situation";
import { accountName, BACK, PAUSE, removeLegacy, rollback, SETTLED } from "./words";

const ON_APPLICATION = `Application {${APP_ID}}@contoso.onmicrosoft.com`;
const ROLLBACK_PAUSE = ["pause record: rollback of sync01, 621 s, on", ...PAUSE.slice(1)];
const LEAVING = [STEPS.pausing, `${STEPS.leaving} (0 s of 10 s)`];
const SETTLING = `${STEPS.settling} (0 s of 60 s)`;
const REMOVING = [`${STEPS.removingAccount} (0 s of 10 s)`];

const rolled = (facts: Facts, ...settling: string[]) => [
  ...ROLLBACK_PAUSE,
  `roll back to ${accountName(facts)} 10 s`,
  ...settling,
  ...BACK,
];

/** How a cmdlet that takes a credential may end, and what that is called. */
const ENDINGS: [CmdletOutcome["outcome"], HostMessageId][] = [
  ["sign-in-required", "MFA_REQUIRED"],
  ["credential-refused", "CREDENTIAL_REFUSED"],
  ["timed-out", "CMDLET_TIMEOUT.credential"],
  ["failed", "CMDLET_FAILED"],
];

const endingsOfRollback = ENDINGS.map(([outcome, id]): Situation => ({
  title: `rollback must report its cmdlet's end in its words: ${outcome}`,
  ...rollback(),
  linked: true,
  windows: () => ({ invokeRollback: () => async () => ({ outcome, message: "The product's words." }) }),
  expected: (facts) => ({
    error: {
      id,
      detail: ["Add-ADSyncAADServiceAccount", "10"],
      expected: `the connector on the account ${accountName(facts)}`,
      actual: "The product's words",
    },
    steps: [...LEAVING, SETTLING, STEPS.restoring],
    effects: rolled(facts, SETTLED),
  }),
}));

const endingsOfRemoval = ENDINGS.map(([outcome, id]): Situation => ({
  title: `remove-legacy-account must report its cmdlet's end in its words: ${outcome}`,
  ...removeLegacy(accountName),
  linked: true,
  windows: () => ({ invokeLegacyAccountRemoval: () => async () => ({ outcome, message: "The product's words." }) }),
  expected: (facts) => ({
    error: {
      id,
      detail: ["Remove-ADSyncAADServiceAccount", "10"],
      expected: `the account ${accountName(facts)} removed`,
      actual: "The product's words",
    },
    steps: REMOVING,
    effects: [`remove ${accountName(facts)} 10 s`],
  }),
}));

/** A cmdlet that repeats what it was given, as it is and escaped. */
const repeating: Windows["invokeRollback"] = async (_name, { userName, password }) => ({
  outcome: "failed",
  message: [password, encodeURIComponent(password), password.replaceAll('"', "&quot;"), userName.toUpperCase()].join(
    " | ",
  ),
});

const HIDDEN = "*** | *** | *** | ***";

export const ACCOUNTS: Situation[] = [
  ...endingsOfRollback,
  ...endingsOfRemoval,
  {
    title: "rollback must refuse a connector on another application",
    ...rollback(OTHER_APP_ID),
    linked: true,
    expected: () => ({
      error: { id: "CONNECTOR_UNEXPECTED", expected: `application ${OTHER_APP_ID}`, actual: ON_APPLICATION },
    }),
  },
  {
    title: "rollback must refuse to guess the name of the account",
    ...rollback(),
    linked: true,
    windows: () => ({ getMachineIdentifier: () => () => null }),
    expected: () => ({
      error: { id: "UNEXPECTED.identifier", expected: "a value SyncMachineIdentifier in the registry", actual: "none" },
    }),
  },
  {
    title: "a connector that leaves its application after a time-out must count as rolled back",
    ...rollback(),
    linked: true,
    windows: (facts) => ({
      invokeRollback:
        (real) =>
        async (...args) => {
          await real(...args);
          return { outcome: "timed-out" as const, message: "It did not end." };
        },
      getConnector: (real) => {
        let late = 2;
        const { connector } = facts.host.state;
        return () =>
          facts.host.machine.state.connector.identityType === "ServiceAccount" && late-- > 0 ? connector : real();
      },
    }),
    expected: (facts) => ({
      result: { accountName: accountName(facts) },
      changed: true,
      steps: [...LEAVING, SETTLING, STEPS.restoring],
      effects: rolled(facts, "wait 1, 3 times"),
    }),
  },
  {
    title: "rollback must report a cmdlet that ends well without effect",
    ...rollback(),
    linked: true,
    windows: () => ({ invokeRollback: () => async () => ({ outcome: "completed" as const, message: "" }) }),
    expected: (facts) => ({
      error: {
        id: "VERIFICATION_FAILED.rollback",
        expected: `the account ${accountName(facts)}`,
        actual: ON_APPLICATION,
      },
      changed: true,
      steps: [...LEAVING, SETTLING, STEPS.restoring],
      effects: rolled(facts, SETTLED),
    }),
  },
  {
    title: "rollback must not repeat a credential that its cmdlet repeats",
    ...rollback(),
    linked: true,
    windows: () => ({ invokeRollback: () => repeating }),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: `the connector on the account ${accountName(facts)}`, actual: HIDDEN },
      steps: [...LEAVING, SETTLING, STEPS.restoring],
      effects: rolled(facts, SETTLED),
    }),
  },
  {
    title: "remove-legacy-account must not repeat a credential that its cmdlet repeats",
    ...removeLegacy(accountName),
    linked: true,
    windows: () => ({ invokeLegacyAccountRemoval: () => repeating }),
    expected: (facts) => ({
      error: { id: "CMDLET_FAILED", expected: `the account ${accountName(facts)} removed`, actual: HIDDEN },
      steps: REMOVING,
      effects: [`remove ${accountName(facts)} 10 s`],
    }),
  },
  {
    title: "remove-legacy-account must refuse another server's account",
    ...removeLegacy(() => "Sync_SYNC02_0123456789ab"),
    linked: true,
    expected: () => ({
      error: {
        id: "ACCOUNT_UNEXPECTED",
        expected: "a name that begins with Sync_SYNC01_",
        actual: "Sync_SYNC02_0123456789ab",
      },
    }),
  },
  {
    title: "remove-legacy-account must refuse the connector's account, however it is spelt",
    ...removeLegacy(() => "Sync_sync01_0123456789AB"),
    made: 0,
    expected: ({ host }) => ({
      error: {
        id: "ACCOUNT_IN_USE",
        expected: "a connector that does not use it",
        actual: host.state.connector.userName,
      },
    }),
  },
];
