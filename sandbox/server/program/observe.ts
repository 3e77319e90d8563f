/** `observe`: reads everything, changes nothing, takes no lock. */
import type { ConnectorFacts, HostObservation, ObserveRequest } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { readFacts } from "./certificates";
import { legacyAccountName } from "./accounts";
import { readProgram } from "./program-folder";
import type { Context } from "./context";
import { readProduct, requireAdministrator, requireAdSync, requireRunning } from "./preflight";
import { isOn } from "./switch-identity";

export async function observe({ windows, request }: Context<ObserveRequest>): Promise<HostObservation> {
  requireAdministrator(windows);
  const { service, product } = requireAdSync(windows);
  requireRunning(service.status);
  const { connector, scheduler } = readProduct(windows);
  const host = windows.getHost();
  const record = windows.readPauseRecord();
  return {
    takenAt: windows.getTime(),
    computerName: host.computerName,
    powershell: { version: host.powershellVersion, languageMode: host.languageMode },
    caller: windows.getCaller(),
    product: { version: product.version, cmdlets: readCmdlets(windows) },
    service: { status: service.status, account: service.account, accountSid: service.accountSid },
    tpm: windows.getTpm(),
    certificates: windows
      .getCertificates()
      .filter((entry) => entry.label.startsWith(request.labelPrefix) || entry.sha256 === connector.certificateSha256)
      .map((entry) => readFacts(windows, entry)),
    connector,
    scheduler,
    passwordWriteback: windows.getPasswordWriteback(),
    machineIdentifier: windows.getMachineIdentifier(),
    events: windows.getEvents(request.eventHours),
    interrupted: record && {
      operation: record.operation,
      startedAt: record.startedAt,
      syncCycleEnabled: record.syncCycleEnabled,
      restoreTask: windows.testRestoreTask(),
    },
    ...readSwitchRecords(windows, connector),
    legacyAccountName: legacyAccountName(windows),
    program: readProgram(windows),
  };
}

/** The record of a switch; after the sign-in is done, no switch is waiting. */
export function readSwitchRecords(
  windows: Windows,
  connector: ConnectorFacts,
): Pick<HostObservation, "signIn" | "unverified"> {
  const signIn = windows.readSwitchRecord("sign-in");
  const awaited = signIn && !isOn(connector, signIn) ? { ...signIn, command: signIn.command ?? "" } : null;
  const record = windows.readSwitchRecord("verification");
  if (!record || !isOn(connector, record)) return { signIn: awaited, unverified: null };
  const { since, appId, certificateSha256 } = record;
  return { signIn: awaited, unverified: { since, appId, certificateSha256 } };
}

function readCmdlets(windows: Windows): HostObservation["product"]["cmdlets"] {
  return {
    "Add-ADSyncApplicationRegistration": windows.getCmdletParameters("Add-ADSyncApplicationRegistration"),
    "Invoke-ADSyncApplicationCredentialRotation": windows.getCmdletParameters(
      "Invoke-ADSyncApplicationCredentialRotation",
    ),
  };
}
