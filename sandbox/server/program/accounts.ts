/** `rollback` and `remove-legacy-account`: a server's password account. Each runs only if requested by name. */
import type { z } from "zod";
import type {
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
import { forgetSwitch, reportLateOutcomes } from "./switch-record";

/** Builds before this one onboard a server on a password account automatically, within six hours. */
const NO_AUTOMATIC_ONBOARDING = "2.6.84.0";
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
  const mayOnboardAgain = compareVersions(product.version, NO_AUTOMATIC_ONBOARDING) < 0;
  const before = { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
  const known = { before, restoredInterruptedPause, mayOnboardAgain };
  if (connector.identityType === "ServiceAccount") {
    return { ...known, after: read(windows), accountName: connector.userName.split("@")[0], pausedSeconds: 0 };
  }
  if (connector.appId !== request.appId) {
    throw new Refusal("CONNECTOR_UNEXPECTED", {
      message: "The connector is on another application than the one that the server is to leave.",
      expected: `application ${request.appId}`,
      actual: `application ${connector.appId ?? connector.userName}`,
      remedy: 'Run "pulumi preview" to see what the server uses, and decide again.',
    });
  }
  const accountName = requireAccountName(windows);
  const { pausedSeconds } = await whilePaused(context, async () => {
    const wasChanged = context.changed;
    context.changed = true;
    context.progress.report("leaving", { elapsed: 0, bound: request.bounds.cmdletSeconds });
    const outcome = await windows.invokeRollback(accountName, request.credential, request.bounds.cmdletSeconds);
    if (outcome.outcome !== "completed" && read(windows).connector.identityType !== "ServiceAccount") {
      context.changed = wasChanged;
    }
    requireCompleted(outcome, "Add-ADSyncAADServiceAccount", `the connector on the account ${accountName}`);
  });
  const after = read(windows);
  if (after.connector.identityType !== "ServiceAccount") {
    throw new Refusal("VERIFICATION_FAILED", {
      message: "The cmdlet ended well, but the connector is not on a service account.",
      expected: `the account ${accountName}`,
      actual: `application ${after.connector.appId ?? after.connector.userName}`,
      remedy: "Look at Get-ADSyncEntraConnectorCredential on the server, then run again.",
    });
  }
  for (const name of ["sign-in", "verification"] as const) forgetSwitch(context, name);
  return { ...known, after, accountName, pausedSeconds };
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
      message: "The account is not one of this server.",
      expected: `an account named Sync_${computerName}_...`,
      actual: accountName,
      remedy: "Remove it from the server whose name it carries.",
    });
  }
  if (connector.userName.split("@")[0].toLowerCase() === accountName.toLowerCase()) {
    throw new Refusal("ACCOUNT_IN_USE", {
      message: "The connector signs in with this account.",
      expected: "a connector that does not use it",
      actual: connector.userName,
      remedy: 'Onboard the server first: "pulumi up".',
    });
  }
  const { cmdletSeconds } = request.bounds;
  context.progress.report("removingAccount", { elapsed: 0, bound: cmdletSeconds });
  const outcome = await windows.invokeLegacyAccountRemoval(accountName, request.credential, cmdletSeconds);
  requireCompleted(outcome, "Remove-ADSyncAADServiceAccount", `the account ${accountName} removed`);
  context.changed = true;
  return { accountName, before: { connector }, after: { connector: windows.getConnector() } };
}

function read(windows: Windows) {
  const { connector, scheduler } = readProduct(windows);
  return { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
}

function requireAccountName(windows: Windows): string {
  const name = legacyAccountName(windows);
  if (name) return name;
  throw new Refusal("UNEXPECTED", {
    message: "The name of the service account cannot be determined.",
    expected: "a registry value SyncMachineIdentifier",
    actual: "none",
    remedy: "Look at HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect on the server.",
  });
}

/** Ends the operation if the cmdlet failed; the cmdlet's message contains no credential. */
function requireCompleted({ outcome, message }: CmdletOutcome, cmdlet: string, expected: string): void {
  switch (outcome) {
    case "completed":
      return;
    case "sign-in-required":
      throw new Refusal("MFA_REQUIRED", {
        message: `${cmdlet} takes a password only, and this sign-in wants more.`,
        expected,
        actual: message,
        remedy: "Use a Hybrid Identity Administrator whom Conditional Access lets in without MFA, for this step only.",
      });
    case "credential-refused":
      throw new Refusal("CREDENTIAL_REFUSED", {
        message: "Entra refused the administrator's credential.",
        expected,
        actual: message,
        remedy: "Check user name and password, and that the user is a Hybrid Identity Administrator.",
      });
    case "timed-out":
      throw new Refusal("CMDLET_TIMEOUT", {
        message: `${cmdlet} did not end in time.`,
        expected,
        actual: message,
        remedy: "Look at the Application log of the server, then run again.",
      });
    case "failed":
      throw new Refusal("CMDLET_FAILED", {
        message: `${cmdlet} failed.`,
        expected,
        actual: message,
        remedy: "Look at the Application log of the server, then run again.",
      });
  }
}
