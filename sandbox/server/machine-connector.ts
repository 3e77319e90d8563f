/**
 * The Entra connector of an emulated server and the two cmdlets that change its identity, as Microsoft's how-to page
 * documents them. The sync service's sign-in is a real token request to the emulated tenant.
 */
import { randomUUID } from "node:crypto";
import type { ConnectorFacts } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
import { isCycleRunning } from "./machine-cycle";
import { signIn, usableCertificate } from "./machine-sign-in";
import { WindowsError, type CmdletOutcome } from "./windows";

/** The cmdlets and their parameters, for `Get-Command`. */
export const CMDLETS: Record<string, string[]> = {
  "Add-ADSyncApplicationRegistration": ["CertificateSHA256Hash", "ApplicationAppId"],
  "Invoke-ADSyncApplicationCredentialRotation": ["CertificateSHA256Hash"],
};

/** The manager of application and certificate after a switch to the customer's own; the documents omit the value. */
const MANAGED_BY = "Admin";
/** Who manages application and certificate, as the connector's parameters say it. */
interface Managers {
  application: string;
  certificate: string;
}
const BY_ADMINISTRATOR: Managers = { application: MANAGED_BY, certificate: MANAGED_BY };
/** What the product writes of what it manages itself; the documents omit this value as well. */
export const BY_PRODUCT: Managers = { application: "EntraConnect", certificate: "EntraConnect" };

export interface SwitchContext {
  machine: Machine;
  now: Date;
  caFile: string;
  /** Limit of the child process in seconds. */
  seconds: number;
  /** The TPM signs with another salt length. */
  wrongSalt: boolean;
}

const failed = (message: string): CmdletOutcome => ({ outcome: "failed", message });

/** Add-ADSyncApplicationRegistration -CertificateSHA256Hash -ApplicationAppId. */
export function addApplicationRegistration(
  context: SwitchContext,
  appId: string,
  certificateSha256: string,
): Promise<CmdletOutcome> {
  return switchTo(context, appId.toLowerCase(), certificateSha256.toLowerCase());
}

/** Invoke-ADSyncApplicationCredentialRotation -CertificateSHA256Hash. */
export async function rotateApplicationCredential(
  context: SwitchContext,
  certificateSha256: string,
): Promise<CmdletOutcome> {
  const { connector } = context.machine.state;
  if (connector.identityType !== "Application" || connector.appId === null) {
    return failed("The connector does not use an application identity; there is no credential to rotate.");
  }
  if (connector.certificateSha256 === certificateSha256.toLowerCase()) {
    return failed("The certificate is already the connector's current credential.");
  }
  // As the troubleshooting page has it of wizard and automatic rotation; of this cmdlet no document says so.
  const { ApplicationManagedBy, CertificateManagedBy } = connector.parameters;
  if (!ApplicationManagedBy) return failed("ApplicationManagedBy isn't set.");
  if (!CertificateManagedBy) return failed("CertificateManagedBy isn't set.");
  return switchTo(context, connector.appId, certificateSha256.toLowerCase(), ApplicationManagedBy);
}

async function switchTo(
  context: SwitchContext,
  appId: string,
  sha256: string,
  applicationManagedBy = MANAGED_BY,
): Promise<CmdletOutcome> {
  const { machine, now } = context;
  if (isCycleRunning(machine, now))
    return failed("A synchronization cycle is in progress; the configuration is locked.");
  const found = usableCertificate(machine, sha256, now);
  if (typeof found === "string") return failed(found);
  const problem = await signIn(context, appId, found);
  if (problem) {
    machine.addEvent({ time: now.toISOString(), id: 906, message: `GetSecurityToken: ${problem.message}` });
    return problem;
  }
  setApplication(machine, appId, sha256, { application: applicationManagedBy, certificate: MANAGED_BY });
  machine.change((state) => {
    state.passwordHashSync.lastSignIn = { time: now.toISOString(), certificateSha256: sha256 };
  });
  return { outcome: "completed", message: "" };
}

/** Switches the connector to an application, as the cmdlets do after their checks. */
export function setApplication(
  machine: Machine,
  appId: string,
  certificateSha256: string,
  managedBy: Managers = BY_ADMINISTRATOR,
): void {
  machine.change((state) => {
    state.connector = {
      ...state.connector,
      identityType: "Application",
      userName: `{${appId}}@${state.tenant.domain}`,
      appId,
      certificateSha256,
      parameters: applicationParameters(managedBy),
    };
  });
}

function applicationParameters({ application, certificate }: Managers): ConnectorFacts["parameters"] {
  return { ApplicationManagedBy: application, CertificateManagedBy: certificate, CertificateId: randomUUID() };
}

/** Repair-ADSyncToolsEntraAppParameters: writes the blank parameters. */
export function repairParameters(machine: Machine): void {
  const { connector } = machine.state;
  if (connector.identityType !== "Application") {
    throw new WindowsError("failed", "The connector does not use an application identity.");
  }
  const fresh = applicationParameters(BY_ADMINISTRATOR);
  machine.change((state) => {
    const { parameters } = state.connector;
    for (const name of Object.keys(fresh) as (keyof typeof fresh)[]) parameters[name] ||= fresh[name];
  });
}
