/** What many situations have in common: requests, answers of Windows, and lists of effects. */
import { RESTORE_WAITS, SIGNATURE_WAITS } from "../../../model/protocol/host-constants";
import { STEPS } from "../../../model/protocol/host-progress";
import type { CertificateRequest, RegisterRequest } from "../../../model/protocol/host-protocol";
import { requestText } from "../../../model/protocol/request-text";
import { WindowsError, type Windows } from "../../../sandbox/server/windows";
import { APP_ID, certificateRequest } from "../contract-host";
import type { Facts, Situation } from "./situation";
import type { Changes } from "./watched-windows";

type Asked = Pick<Situation, "operation" | "request">;

export const register = (changes: Partial<RegisterRequest> = {}): Asked => ({
  operation: "register",
  request: ({ host, sha256 }) => host.registerRequest(sha256, changes),
});

export const bounds = (changes: Partial<RegisterRequest["bounds"]>) => ({
  bounds: { replicationSeconds: 0, cycleSeconds: 1, cmdletSeconds: 10, verifySeconds: 30, ...changes },
});

export const ensure = (changes: Partial<CertificateRequest> = {}): Asked => ({
  operation: "ensure-certificate",
  request: () => certificateRequest(1, changes),
});

export const remove = (changes: Partial<CertificateRequest> = {}): Asked => ({
  operation: "remove-certificate",
  request: () => certificateRequest(1, changes),
});

const credential = ({ host }: Facts) => host.directory.administrator;

export const rollback = (appId = APP_ID): Asked => ({
  operation: "rollback",
  request: (facts) =>
    requestText({
      protocol: 1,
      server: "sync01",
      rollback: "to-service-account",
      appId,
      bounds: { cycleSeconds: 1, cmdletSeconds: 10 },
      credential: credential(facts),
    }),
});

export const removeLegacy = (name: (facts: Facts) => string): Asked => ({
  operation: "remove-legacy-account",
  request: (facts) =>
    requestText({
      protocol: 1,
      server: "sync01",
      removeLegacyAccount: name(facts),
      bounds: { cmdletSeconds: 10 },
      credential: credential(facts),
    }),
});

/** The name of this server's own account. */
export const accountName = ({ host }: Facts) => `Sync_SYNC01_${host.state.machineIdentifier.slice(0, 12)}`;

export const throws =
  (kind: WindowsError["kind"], message: string, hresult: string | null = null) =>
  () =>
  () => {
    throw new WindowsError(kind, message, hresult);
  };

/** Readings of the scheduler with these values one after the other; the last one stays. */
export function inProgress(...values: boolean[]): Changes["getScheduler"] {
  const left = [...values];
  return (real) => () => {
    const value = left.length > 1 ? left.shift()! : left[0];
    return { ...real(), SyncCycleInProgress: value };
  };
}

export const given =
  (fault: string) =>
  ({ host }: Facts) =>
    host.faults.set("sync01", fault as never, null);

export const cmdlet =
  (outcome: "failed" | "timed-out" | "completed" | "sign-in-required", message = "") =>
  () =>
  async () => ({ outcome, message });

/** The connector as the switch leaves it. */
export const switched = (facts: Facts, real: Windows["getConnector"]) => ({
  ...real(),
  identityType: "Application" as const,
  userName: `{${APP_ID}}@contoso.onmicrosoft.com`,
  appId: APP_ID,
  certificateSha256: facts.sha256,
  parameters: { ApplicationManagedBy: "Admin", CertificateManagedBy: "Admin", CertificateId: "any" },
});

/** Cycle 1 s, two cmdlets of 10 s, and 600 s. */
/** The proof writes the present value. */
export const PAUSE = [
  "pause record: register of sync01, 621 s, on",
  "restore task",
  "proof",
  "scheduler on",
  "scheduler off",
];
export const BACK = ["wait 0", "scheduler on", "no pause record", "no restore task"];
/** The scheduler's way back for three minutes, without success. */
export const TRIES = [0, ...RESTORE_WAITS].flatMap((seconds) => [`wait ${seconds}`, "scheduler on"]);
export const REMEMBER = "remember verification <app> <new>";
export const LINK = "link <app> <new> 10 s";
export const ROTATE = "rotate <new> 10 s";
export const FORGET = "forget verification";
export const SETTLED = "wait 1, 2 times";

export const LINKING = [STEPS.provingToken, STEPS.pausing, `${STEPS.linking} (0 s of 10 s)`, STEPS.restoring];
export const ROTATING = [STEPS.provingToken, STEPS.pausing, `${STEPS.rotating} (0 s of 10 s)`, STEPS.restoring];
export const UNSETTLED = (steps: string[]) => [
  ...steps.slice(0, -1),
  `${STEPS.settling} (0 s of 60 s)`,
  STEPS.restoring,
];

/** A key that fails for a passing reason is tried again. */
export const TRIED_AGAIN = SIGNATURE_WAITS.map((seconds) => `wait ${seconds}`);
