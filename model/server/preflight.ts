/** What an observation already shows would stop the work on a server, so that a run stops before it changes anything. */
import { sourceOf } from "../certificate/certificate-source";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { DOTNET_RELEASE } from "../protocol/host-constants";
import { TPM_PROVIDER } from "../protocol/host-operations";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { compareServiceAccount } from "./service-account";
import { compareVersions } from "./versions";

/** What the preflight is held against. */
export interface PreflightDeclaration {
  server: string;
  /** Null or absent if any account may run the service. */
  serviceAccount?: string | null;
  minimumVersion: string;
  certificate: CertificatePolicy;
}

/** The service runs under another account than the declared one, so that every host command would refuse. */
export function serviceAccountOther(
  { service, computerName }: HostObservation,
  { server, serviceAccount }: Pick<PreflightDeclaration, "server" | "serviceAccount">,
): Diagnostic | null {
  if (!serviceAccount || compareServiceAccount(serviceAccount, service, computerName) !== "other") return null;
  const actual = service.accountSid === null ? service.account : `${service.account} (${service.accountSid})`;
  const values = { property: "serviceAccount", expected: `the service under ${serviceAccount}`, actual };
  return diagnose("SERVICE_ACCOUNT_UNEXPECTED", server, values);
}

/**
 * The first thing that would stop the work.
 *
 * The host program checks all of this again, and more, before it acts.
 * @param certificate the one that is to be registered; null if a key is to be made, undefined if it is not known which
 * @returns null if nothing is in the way
 */
export function preflight(
  facts: HostObservation,
  declaration: PreflightDeclaration,
  certificate: HostCertificateFacts | null | undefined,
): Diagnostic | null {
  const { server, minimumVersion } = declaration;
  const { product, service, scheduler, tpm } = facts;
  if (compareVersions(product.version, minimumVersion) < 0) {
    const expected = `at least ${minimumVersion}`;
    const property = "Entra Connect Sync version";
    return diagnose("VERSION_TOO_OLD", server, { property, expected, actual: product.version });
  }
  if (service.status !== "Running") {
    const values = { property: "service ADSync", expected: "Running", actual: service.status };
    return diagnose("SERVICE_STOPPED", server, values);
  }
  const { kind } = sourceOf(declaration.certificate);
  if (certificate === null && kind === "issued") {
    const values = { property: "certificate.source.sha256", expected: "the certificate in LocalMachine\\My" };
    return diagnose("CERTIFICATE_MISSING", server, { ...values, actual: "none with that SHA-256" });
  }
  const { keyProvider, allowSoftwareKey } = declaration.certificate;
  // A template names the provider, so only a key that must be in hardware needs a TPM.
  const needsTpm = kind === "template" ? !allowSoftwareKey : keyProvider === TPM_PROVIDER;
  // One that Windows calls not ready may lack no more than its owner's authorisation: making the key decides.
  if (certificate === null && needsTpm && tpm && !tpm.present) {
    return diagnose("TPM_MISSING", server, { property: "TPM", expected: "a TPM", actual: "no TPM" });
  }
  const release = facts.powershell.dotnetRelease ?? DOTNET_RELEASE;
  if (certificate === null && kind === "selfSigned" && release < DOTNET_RELEASE) {
    const values = { property: ".NET Framework", expected: `release ${DOTNET_RELEASE} (4.7.2) or later` };
    return diagnose("DOTNET_TOO_OLD", server, { ...values, actual: `release ${release}` });
  }
  // Of a key that is dead or does not answer it is not known where it is; that is a finding of its own.
  const provider = certificate?.keyUsable ? certificate.keyProvider : null;
  if (provider !== null && !certificate?.keyInHardware && !declaration.certificate.allowSoftwareKey) {
    const values = { property: "private key", expected: "a key in hardware", actual: provider };
    return diagnose("KEY_NOT_IN_HARDWARE", server, values);
  }
  if (scheduler.SchedulerSuspended) {
    const actual = "suspended: the wizard is open or an upgrade is at work";
    return diagnose("SCHEDULER_SUSPENDED", server, { property: "scheduler", expected: "not suspended", actual });
  }
  return null;
}
