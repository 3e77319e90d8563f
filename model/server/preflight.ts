/** What an observation already tells would stop the work on a server, so that a run stops before it changes anything. */
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { TPM_PROVIDER, type HostObservation } from "../protocol/host-protocol";
import type { Problem } from "../diagnostics/problem";
import { compareVersions } from "./versions";

/** What the preflight is held against. */
export interface PreflightDeclaration {
  server: string;
  minimumVersion: string;
  certificate: CertificatePolicy;
}

/**
 * The first thing that would stop the work.
 *
 * The host program checks all of this again, and more, before it acts.
 * @param newCertificate whether a key is to be made
 * @returns null where nothing is in the way
 */
export function preflight(
  facts: HostObservation,
  declaration: PreflightDeclaration,
  newCertificate: boolean,
): Problem | null {
  const problem = (code: string, property: string, expected: string, actual: string, remedy: string): Problem => ({
    code,
    server: declaration.server,
    property,
    expected,
    actual,
    remedy,
  });
  const { product, service, scheduler, tpm } = facts;
  if (compareVersions(product.version, declaration.minimumVersion) < 0) {
    const expected = `at least ${declaration.minimumVersion}`;
    const remedy = "Upgrade Microsoft Entra Connect Sync on this server.";
    return problem("VERSION_TOO_OLD", "Entra Connect Sync version", expected, product.version, remedy);
  }
  if (service.status !== "Running") {
    const remedy = "Start the service: Start-Service ADSync";
    return problem("SERVICE_STOPPED", "service ADSync", "Running", service.status, remedy);
  }
  if (newCertificate && declaration.certificate.keyProvider === TPM_PROVIDER && !(tpm.present && tpm.ready)) {
    const actual = tpm.present ? "a TPM that is not ready" : "no TPM";
    const remedy = "Give the (virtual) machine a TPM 2.0, or name an HSM's provider as certificate.keyProvider.";
    return problem("TPM_MISSING", "TPM", "a TPM that is present and ready", actual, remedy);
  }
  if (scheduler.SchedulerSuspended) {
    const actual = "suspended: the wizard is open or an upgrade is at work";
    const remedy = "Close the Entra Connect wizard on the server, or wait for the upgrade, and run again.";
    return problem("SCHEDULER_SUSPENDED", "scheduler", "not suspended", actual, remedy);
  }
  return null;
}
