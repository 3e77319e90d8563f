/** `rollback` and `remove-legacy-account`: a server's password account. Each runs only if requested by name. */
import type { z } from "zod";
import { CMDLETS, ONBOARDING_ENDS } from "../../../model/protocol/host-constants";
import type { HostMessageId } from "../../../model/protocol/host-messages";
import type {
  ConnectorFacts,
  LegacyAccountResult,
  RemoveLegacyAccountRequest,
  RollbackRequest,
  RollbackResult,
} from "../../../model/protocol/host-protocol";
import { compareVersions } from "../../../model/server/versions";
import type { CmdletOutcome, Windows } from "../windows";
import type { Context } from "./context";
import { restoreInterruptedPause, whilePaused } from "./pause";
import { readProduct, requireAdSync, requireNotSuspended, requireRunning } from "./preflight";
import { Refusal } from "./refusal";
import { sameConnector, settledConnector } from "./switch-identity";
import { forgetSwitch, reportLateOutcomes } from "./switch-record";

/** Digits of SyncMachineIdentifier in an account's name (Microsoft's troubleshooting page). */
const IDENTIFIER_DIGITS = 12;

/** The name that the product gives this server's account; null if the machine identifier cannot be read. */
export function legacyAccountName(windows: Windows): string | null {
  const identifier = windows.getMachineIdentifier();
  if (!identifier) return null;
  return `Sync_${windows.getHost().computerName}_${identifier.slice(0, IDENTIFIER_DIGITS)}`;
}

export async function rollback(context: Context<RollbackRequest>): Promise<z.infer<typeof RollbackResult>> {
  const { windows, request } = context;
  const { service, product } = requireAdSync(windows);
  requireRunning(service.status);
  const { connector, scheduler } = readProduct(windows);
  requireNotSuspended(scheduler);
  const restoredInterruptedPause = await restoreInterruptedPause(context);
  reportLateOutcomes(context);
  const mayOnboardAgain = compareVersions(product.version, ONBOARDING_ENDS) < 0;
  const before = { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
  const known = { before, restoredInterruptedPause, mayOnboardAgain };
  if (connector.identityType === "ServiceAccount") {
    return { ...known, after: read(windows), accountName: connector.userName.split("@")[0], pausedSeconds: 0 };
  }
  if (connector.appId !== request.appId) {
    throw new Refusal("CONNECTOR_UNEXPECTED", {
      expected: `application ${request.appId}`,
      actual: `${connector.identityType} ${connector.userName}`,
    });
  }
  const accountName = requireAccountName(windows);
  const { pausedSeconds } = await whilePaused(context, () => switchToAccount(context, connector, accountName));
  const after = read(windows);
  if (after.connector.identityType !== "ServiceAccount") {
    throw new Refusal("VERIFICATION_FAILED.rollback", {
      expected: `the account ${accountName}`,
      actual: `${after.connector.identityType} ${after.connector.userName}`,
    });
  }
  for (const name of ["sign-in", "verification"] as const) forgetSwitch(context, name);
  return { ...known, after, accountName, pausedSeconds };
}

/** What counts is the connector's identity once it has settled, not the result of the cmdlet. */
async function switchToAccount(
  context: Context<RollbackRequest>,
  before: ConnectorFacts,
  accountName: string,
): Promise<void> {
  const { windows, request, progress } = context;
  const { cmdletSeconds } = request.bounds;
  const wasChanged = context.changed;
  context.changed = true;
  progress.report("leaving", { elapsed: 0, bound: cmdletSeconds });
  const outcome = await windows.invokeRollback(accountName, request.credential, cmdletSeconds);
  let now = windows.getConnector();
  const left = () => now.identityType === "ServiceAccount";
  if (outcome.outcome !== "completed" || !left()) now = await settledConnector(context);
  if (outcome.outcome === "completed" || left()) return;
  context.changed = wasChanged || !sameConnector(now, before);
  requireCompleted(outcome, CMDLETS.rollback, `the connector on the account ${accountName}`, cmdletSeconds);
}

export async function removeLegacyAccount(
  context: Context<RemoveLegacyAccountRequest>,
): Promise<z.infer<typeof LegacyAccountResult>> {
  const { windows, request } = context;
  const { service } = requireAdSync(windows);
  requireRunning(service.status);
  const { connector } = readProduct(windows);
  const accountName = request.removeLegacyAccount;
  const { computerName } = windows.getHost();
  if (!accountName.toLowerCase().startsWith(`sync_${computerName.toLowerCase()}_`)) {
    throw new Refusal("ACCOUNT_UNEXPECTED", {
      expected: `a name that begins with Sync_${computerName}_`,
      actual: accountName,
      detail: [accountName],
    });
  }
  if (connector.userName.split("@")[0].toLowerCase() === accountName.toLowerCase()) {
    throw new Refusal("ACCOUNT_IN_USE", {
      expected: "a connector that does not use it",
      actual: connector.userName,
      detail: [accountName],
    });
  }
  const { cmdletSeconds } = request.bounds;
  context.progress.report("removingAccount", { elapsed: 0, bound: cmdletSeconds });
  const outcome = await windows.invokeLegacyAccountRemoval(accountName, request.credential, cmdletSeconds);
  requireCompleted(outcome, CMDLETS.removal, `the account ${accountName} removed`, cmdletSeconds);
  context.changed = true;
  return { accountName, before: { connector }, after: { connector: readProduct(windows).connector } };
}

function read(windows: Windows) {
  const { connector, scheduler } = readProduct(windows);
  return { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
}

function requireAccountName(windows: Windows): string {
  const name = legacyAccountName(windows);
  if (name) return name;
  throw new Refusal("UNEXPECTED.identifier", {
    expected: "a value SyncMachineIdentifier in the registry",
    actual: "none",
  });
}

/** What a cmdlet that takes a credential is refused with, by its end. */
const ENDINGS: Record<Exclude<CmdletOutcome["outcome"], "completed">, HostMessageId> = {
  "sign-in-required": "MFA_REQUIRED",
  "credential-refused": "CREDENTIAL_REFUSED",
  "timed-out": "CMDLET_TIMEOUT.credential",
  failed: "CMDLET_FAILED",
};

/** Ends the operation if the cmdlet did not do its work. */
function requireCompleted(
  { outcome, message }: CmdletOutcome,
  cmdlet: string,
  expected: string,
  seconds: number,
): void {
  if (outcome === "completed") return;
  throw new Refusal(ENDINGS[outcome], { expected, actual: message, detail: [cmdlet, `${seconds}`] });
}
