/** Checks before any change; each ends the operation with the expected and the actual value. */
import { TPM_PROVIDER, type ConnectorFacts, type SchedulerFacts } from "../../../model/protocol/host-protocol";
import { compareVersions } from "../../../model/server/versions";
import type { Windows } from "../windows";
import { OptionalFacts } from "./optional-facts";
import { asText, Refusal } from "./refusal";
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

/** A declared account must be the one that runs the service; SIDs are compared, because names differ by language. */
export function requireServiceAccount(
  windows: Windows,
  service: { account: string; accountSid: string },
  declared: string | null,
): void {
  if (declared === null || windows.resolveAccount(declared) === service.accountSid) return;
  throw new Refusal("SERVICE_ACCOUNT_UNEXPECTED", {
    expected: declared,
    actual: `${service.account} (${service.accountSid})`,
  });
}

export function requireTpm(windows: Windows, keyProvider: string): void {
  if (!sameText(keyProvider, TPM_PROVIDER)) return;
  // If Windows does not say, making the key and signing with it decide.
  const tpm = new OptionalFacts().read("tpm", () => windows.getTpm(), null);
  if (!tpm || (tpm.present && tpm.ready)) return;
  throw new Refusal("TPM_MISSING", {
    expected: "a TPM that is present and ready",
    actual: `present ${asText(tpm.present)}, ready ${asText(tpm.ready)}`,
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
