/** Checks before any change; each ends the operation with the expected and the actual value. */
import { TPM_PROVIDER, type ConnectorFacts, type SchedulerFacts } from "../../../model/protocol/host-protocol";
import { DOTNET_RELEASE } from "../../../model/protocol/host-constants";
import { compareVersions } from "../../../model/server/versions";
import type { Windows } from "../windows";
import { OptionalFacts } from "./optional-facts";
import { Refusal } from "./refusal";
import { sameText } from "./same-text";

export function requireFullLanguage(windows: Windows): void {
  const { languageMode } = windows.getHost();
  if (languageMode === "FullLanguage") return;
  throw new Refusal("LANGUAGE_MODE", {
    expected: "FullLanguage",
    actual: languageMode,
  });
}

export function requireAdministrator(windows: Windows): void {
  const caller = windows.getCaller();
  if (!caller.administrator) throw notAdministrator(caller.account);
}

/** Also reported if a right turns out to be missing during the work. */
export function notAdministrator(actual: string): Refusal {
  return new Refusal("NOT_ADMINISTRATOR", {
    expected: "a local administrator with rights in Entra Connect Sync",
    actual,
  });
}

/** The service and the product; both exist after this returns. */
export function requireAdSync(windows: Windows) {
  const service = windows.getService();
  const product = service && windows.getProduct();
  if (service && product) return { service, product };
  throw new Refusal("ADSYNC_MISSING", {
    expected: "the service ADSync and its PowerShell module",
    actual: service ? "the service without its module" : "no service ADSync",
  });
}

export function requireVersion(version: string, minimum: string): void {
  if (compareVersions(version, minimum) >= 0) return;
  throw new Refusal("VERSION_TOO_OLD", {
    expected: `version ${minimum} or later`,
    actual: `version ${version}`,
  });
}

export function requireRunning(status: string): void {
  if (status === "Running") return;
  throw new Refusal("SERVICE_STOPPED", {
    expected: "Running",
    actual: status,
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
    throw new Refusal("UNEXPECTED.account", {
      expected: "an account that Windows resolves",
      actual: accountProblem ?? "",
    });
  }
  const service = { account, accountSid };
  if (declared === null) return service;
  const { sid, problem } = windows.resolveAccount(declared);
  if (sid === accountSid) return service;
  throw new Refusal("SERVICE_ACCOUNT_UNEXPECTED", {
    expected: declared,
    actual: [`${account} (${accountSid})`, problem ?? []].flat().join("; "),
  });
}

export function requireFramework(windows: Windows): void {
  const { dotnetRelease } = windows.getHost();
  if (dotnetRelease === null || dotnetRelease >= DOTNET_RELEASE) return;
  throw new Refusal("DOTNET_TOO_OLD", {
    expected: `release ${DOTNET_RELEASE} (4.7.2) or later`,
    actual: `release ${dotnetRelease}`,
  });
}

export function requireTpm(windows: Windows, keyProvider: string): void {
  if (!sameText(keyProvider, TPM_PROVIDER)) return;
  // If Windows does not say, making the key and signing with it decide.
  const tpm = new OptionalFacts().read("tpm", () => windows.getTpm(), null);
  // So they do for one that is not ready: it may lack no more than its owner's authorisation.
  if (!tpm || tpm.present) return;
  throw new Refusal("TPM_MISSING", {
    expected: "a TPM",
    actual: "none",
  });
}

/** Reads connector and scheduler: only these calls show whether the caller has rights in the product. */
export function readProduct(windows: Windows): { connector: ConnectorFacts; scheduler: SchedulerFacts } {
  return { connector: windows.getConnector(), scheduler: windows.getScheduler() };
}

export function requireNotSuspended(scheduler: SchedulerFacts): void {
  if (!scheduler.SchedulerSuspended) return;
  throw new Refusal("SCHEDULER_SUSPENDED", {
    expected: "SchedulerSuspended False",
    actual: "SchedulerSuspended True",
  });
}
