/** Checks before any change; each ends the operation with the expected and the actual value. */
import { TPM_PROVIDER, type ConnectorFacts, type SchedulerFacts } from "../../../model/protocol/host-protocol";
import { DOTNET_RELEASE } from "../../../model/protocol/host-constants";
import { compareVersions } from "../../../model/server/versions";
import { WindowsError, type Windows } from "../windows";
import { OptionalFacts } from "./optional-facts";
import { Refusal } from "./refusal";

export function requireFullLanguage(windows: Windows): void {
  const { languageMode } = windows.getHost();
  if (languageMode === "FullLanguage") return;
  throw new Refusal("LANGUAGE_MODE", {
    message: "PowerShell is restricted.",
    expected: "FullLanguage",
    actual: languageMode,
    remedy: "Allow the signed host program in the application control policy.",
  });
}

export function requireAdministrator(windows: Windows): void {
  const caller = windows.getCaller();
  if (!caller.administrator) throw notAdministrator(caller.account);
}

/** Also reported if a right turns out to be missing during the work. */
export function notAdministrator(actual: string): Refusal {
  return new Refusal("NOT_ADMINISTRATOR", {
    message: "The SSH user may not administer this server.",
    expected: "a local administrator with rights in Entra Connect Sync",
    actual,
    remedy: "Name a local administrator as connection.user, or add this user to the Administrators group.",
  });
}

/** The service and the product; both exist after this returns. */
export function requireAdSync(windows: Windows) {
  const service = windows.getService();
  const product = windows.getProduct();
  if (service && product) return { service, product };
  throw new Refusal("ADSYNC_MISSING", {
    message: "Entra Connect Sync is not installed on this server.",
    expected: "the service ADSync and its PowerShell module",
    actual: service ? "the service without its module" : "no service ADSync",
    remedy: "Check connection.host, or install Entra Connect Sync first.",
  });
}

export function requireVersion(version: string, minimum: string): void {
  if (compareVersions(version, minimum) >= 0) return;
  throw new Refusal("VERSION_TOO_OLD", {
    message: "Entra Connect Sync is too old.",
    expected: `version ${minimum} or later`,
    actual: `version ${version}`,
    remedy: "Upgrade Entra Connect Sync on this server, then run again.",
  });
}

export function requireRunning(status: string): void {
  if (status === "Running") return;
  throw new Refusal("SERVICE_STOPPED", {
    message: "The ADSync service does not run.",
    expected: "Running",
    actual: status,
    remedy: "Start it with Start-Service ADSync, then run again.",
  });
}

/** The service's account, whose SID is known. */
export interface ServiceAccount {
  account: string;
  accountSid: string;
}

/**
 * Windows must know the account of the service, and a declared one must be the same; SIDs are compared, because names differ
 * by language.
 */
export function requireServiceAccount(
  windows: Windows,
  { account, accountSid, accountProblem }: NonNullable<ReturnType<Windows["getService"]>>,
  declared: string | null,
): ServiceAccount {
  if (accountSid === null) {
    throw new Refusal("UNEXPECTED", {
      message: "The account of the ADSync service cannot be looked up.",
      expected: "an account that Windows resolves",
      actual: accountProblem ?? account,
      remedy: "Let the server reach a domain controller of the account, then run again.",
    });
  }
  const service = { account, accountSid };
  if (declared === null) return service;
  const { sid, problem } = windows.resolveAccount(declared);
  if (sid === accountSid) return service;
  throw new Refusal("SERVICE_ACCOUNT_UNEXPECTED", {
    message: "The ADSync service runs under another account than the declared one.",
    expected: declared,
    actual: problem === null ? account : `${account}; ${problem}`,
    remedy: "Correct serviceAccount in the configuration, or the account of the service.",
  });
}

export function requireFramework(windows: Windows): void {
  const { dotnetRelease } = windows.getHost();
  if (dotnetRelease === null || dotnetRelease >= DOTNET_RELEASE) return;
  throw new Refusal("DOTNET_TOO_OLD", {
    message: "The .NET Framework of this server is older than 4.7.2.",
    expected: `release ${DOTNET_RELEASE} (4.7.2) or later`,
    actual: `release ${dotnetRelease}`,
    remedy: "Install .NET Framework 4.8 on the server and restart it, then run again.",
  });
}

export function requireTpm(windows: Windows, keyProvider: string): void {
  if (keyProvider !== TPM_PROVIDER) return;
  // If Windows does not say, making the key and signing with it decide.
  const tpm = new OptionalFacts().read("tpm", () => windows.getTpm(), null);
  // So they do for one that is not ready: it may lack no more than its owner's authorisation.
  if (!tpm || tpm.present) return;
  throw new Refusal("TPM_MISSING", {
    message: "There is no TPM that could hold the key.",
    expected: "a TPM",
    actual: "none",
    remedy: "Enable the TPM or add a vTPM, or name another keyProvider.",
  });
}

/** Reads connector and scheduler: only these calls show whether the caller has rights in the product. */
export function readProduct(windows: Windows): { connector: ConnectorFacts; scheduler: SchedulerFacts } {
  try {
    return { connector: windows.getConnector(), scheduler: windows.getScheduler() };
  } catch (error) {
    if (error instanceof WindowsError && error.kind === "access-denied") {
      throw notAdministrator(`${windows.getCaller().account}, whom Entra Connect Sync denies access`);
    }
    throw error;
  }
}

export function requireNotSuspended(scheduler: SchedulerFacts): void {
  if (!scheduler.SchedulerSuspended) return;
  throw new Refusal("SCHEDULER_SUSPENDED", {
    message: "The scheduler is suspended: the wizard is open or an upgrade is at work.",
    expected: "SchedulerSuspended False",
    actual: "SchedulerSuspended True",
    remedy: "Finish and close the Entra Connect wizard, then run again.",
  });
}
