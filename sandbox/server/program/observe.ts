/** `observe`: reads everything, changes nothing, takes no lock. */
import type { HostObservation, ObserveRequest } from "../../../model/host-protocol";
import type { Windows } from "../windows";
import { readFacts } from "./certificates";
import type { Context } from "./context";
import { readProduct, requireAdministrator, requireAdSync, requireRunning } from "./preflight";

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
    program: windows.getInstalledProgram(),
  };
}

function readCmdlets(windows: Windows): HostObservation["product"]["cmdlets"] {
  return {
    "Add-ADSyncApplicationRegistration": windows.getCmdletParameters("Add-ADSyncApplicationRegistration"),
    "Invoke-ADSyncApplicationCredentialRotation": windows.getCmdletParameters(
      "Invoke-ADSyncApplicationCredentialRotation",
    ),
  };
}
