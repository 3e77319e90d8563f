/** The functions of host/Windows.ps1 by the method of {@link Windows} that each is on the model. */
import type { Windows } from "../windows";

/**
 * What a function prints: nothing, the elements of a list, or the answer as one value, which may be a list that can be
 * missing.
 */
type Prints<Answer> = [Answer] extends [void]
  ? "nothing"
  : [Answer] extends [readonly unknown[]]
    ? "elements"
    : "value";

export interface WindowsFunction<Answer = unknown> {
  /** Name of the PowerShell function. */
  name: string;
  prints: Prints<Answer>;
  /** Its parameters are the properties of the method's one argument; else they are the arguments, in their order. */
  asObject?: true;
}

type WindowsFunctions = { [Method in keyof Windows]: WindowsFunction<Awaited<ReturnType<Windows[Method]>>> };

export const WINDOWS_FUNCTIONS: WindowsFunctions = {
  getTime: { name: "Get-CsiTime", prints: "value" },
  getHost: { name: "Get-CsiHost", prints: "value" },
  getDefaultShell: { name: "Get-CsiDefaultShell", prints: "value" },
  getCaller: { name: "Get-CsiCaller", prints: "value" },
  getService: { name: "Get-CsiService", prints: "value" },
  getProduct: { name: "Get-CsiProduct", prints: "value" },
  getCmdletParameters: { name: "Get-CsiCmdletParameter", prints: "elements" },
  getConnector: { name: "Get-CsiConnector", prints: "value" },
  getScheduler: { name: "Get-CsiScheduler", prints: "value" },
  setSyncCycleEnabled: { name: "Set-CsiSyncCycleEnabled", prints: "nothing" },
  getPasswordWriteback: { name: "Get-CsiPasswordWriteback", prints: "value" },
  getMachineIdentifier: { name: "Get-CsiMachineIdentifier", prints: "value" },
  getAzureInstance: { name: "Get-CsiAzureInstance", prints: "value" },
  getServiceProxy: { name: "Get-CsiServiceProxy", prints: "value" },
  setMachineIdentifier: { name: "Set-CsiMachineIdentifier", prints: "nothing" },
  stopService: { name: "Stop-CsiService", prints: "nothing" },
  startService: { name: "Start-CsiService", prints: "nothing" },
  getEvents: { name: "Get-CsiEvent", prints: "elements" },
  invokeRegistration: { name: "Invoke-CsiRegistration", prints: "value" },
  invokeRotation: { name: "Invoke-CsiRotation", prints: "value" },
  startSyncCycle: { name: "Start-CsiSyncCycle", prints: "value" },
  getRunResults: { name: "Get-CsiRunResult", prints: "elements" },
  invokeRollback: { name: "Invoke-CsiRollback", prints: "value" },
  invokeLegacyAccountRemoval: { name: "Invoke-CsiLegacyAccountRemoval", prints: "value" },
  getRepairModule: { name: "Get-CsiRepairModule", prints: "value" },
  repairConnectorParameters: { name: "Repair-CsiConnectorParameter", prints: "nothing" },
  getTpm: { name: "Get-CsiTpm", prints: "value" },
  getCertificates: { name: "Get-CsiCertificate", prints: "elements" },
  getKey: { name: "Get-CsiKey", prints: "value" },
  getIssuance: { name: "Get-CsiIssuance", prints: "value" },
  newCertificate: { name: "New-CsiCertificate", prints: "value", asObject: true },
  requestCertificate: { name: "Request-CsiCertificate", prints: "value" },
  getEnrolmentRequests: { name: "Get-CsiEnrolmentRequest", prints: "elements" },
  receiveCertificate: { name: "Receive-CsiCertificate", prints: "value" },
  removeEnrolmentRequest: { name: "Remove-CsiEnrolmentRequest", prints: "nothing" },
  sign: { name: "New-CsiSignature", prints: "value" },
  verify: { name: "Test-CsiSignature", prints: "value" },
  removeCertificateByHash: { name: "Remove-CsiCertificateByHash", prints: "value" },
  testKey: { name: "Test-CsiKey", prints: "value" },
  getKeyHolders: { name: "Get-CsiKeyHolder", prints: "elements" },
  removeKey: { name: "Remove-CsiKey", prints: "nothing" },
  getKeyAccess: { name: "Get-CsiKeyAccess", prints: "value" },
  setKeyAccess: { name: "Set-CsiKeyAccess", prints: "nothing" },
  resolveAccount: { name: "Resolve-CsiAccount", prints: "value" },
  enterLock: { name: "Enter-CsiLock", prints: "value" },
  exitLock: { name: "Exit-CsiLock", prints: "nothing" },
  readPauseRecord: { name: "Read-CsiPauseRecord", prints: "value" },
  writePauseRecord: { name: "Write-CsiPauseRecord", prints: "nothing" },
  removePauseRecord: { name: "Remove-CsiPauseRecord", prints: "nothing" },
  moveBrokenRecord: { name: "Move-CsiBrokenRecord", prints: "value" },
  readSwitchRecord: { name: "Read-CsiSwitchRecord", prints: "value" },
  writeSwitchRecord: { name: "Write-CsiSwitchRecord", prints: "nothing" },
  removeSwitchRecord: { name: "Remove-CsiSwitchRecord", prints: "nothing" },
  removeLeftOutcomes: { name: "Remove-CsiLeftOutcome", prints: "elements" },
  registerRestoreTask: { name: "Register-CsiRestoreTask", prints: "nothing" },
  proveRestoreTask: { name: "Confirm-CsiRestoreTask", prints: "value" },
  testRestoreTask: { name: "Test-CsiRestoreTask", prints: "value" },
  unregisterRestoreTask: { name: "Unregister-CsiRestoreTask", prints: "nothing" },
  readProofRequest: { name: "Read-CsiProofRequest", prints: "value" },
  writeProof: { name: "Write-CsiProof", prints: "nothing" },
  writeEvent: { name: "Write-CsiEvent", prints: "nothing" },
  getChanges: { name: "Get-CsiChange", prints: "elements" },
  getInstalledProgram: { name: "Get-CsiInstalledProgram", prints: "value" },
  getProgramFolder: { name: "Get-CsiProgramFolder", prints: "value" },
  removeProgramFile: { name: "Remove-CsiProgramFile", prints: "nothing" },
  postForm: { name: "Send-CsiForm", prints: "value" },
  testEndpoint: { name: "Test-CsiEndpoint", prints: "value" },
  wait: { name: "Wait-CsiTime", prints: "nothing" },
};
