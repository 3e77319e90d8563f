/** The functions of host/Windows.ps1: the corresponding method of {@link Windows}, and the parameters in order. */
import type { Windows } from "../windows";

export interface WindowsFunction {
  /** Name of the PowerShell function. */
  name: string;
  /** Its parameters in the order of the method's arguments. */
  parameters: readonly string[];
  /** Its parameters are the properties of the method's one argument. */
  asObject?: true;
}

export const WINDOWS_FUNCTIONS: Record<keyof Windows, WindowsFunction> = {
  getTime: { name: "Get-CsiTime", parameters: [] },
  getHost: { name: "Get-CsiHost", parameters: [] },
  getDefaultShell: { name: "Get-CsiDefaultShell", parameters: [] },
  getCaller: { name: "Get-CsiCaller", parameters: [] },
  getService: { name: "Get-CsiService", parameters: [] },
  getProduct: { name: "Get-CsiProduct", parameters: [] },
  getCmdletParameters: { name: "Get-CsiCmdletParameter", parameters: ["Cmdlet"] },
  getConnector: { name: "Get-CsiConnector", parameters: [] },
  getScheduler: { name: "Get-CsiScheduler", parameters: [] },
  setSyncCycleEnabled: { name: "Set-CsiSyncCycleEnabled", parameters: ["Enabled"] },
  getPasswordWriteback: { name: "Get-CsiPasswordWriteback", parameters: [] },
  getMachineIdentifier: { name: "Get-CsiMachineIdentifier", parameters: [] },
  getEvents: { name: "Get-CsiEvent", parameters: ["Hours"] },
  invokeRegistration: { name: "Invoke-CsiRegistration", parameters: ["AppId", "CertificateHash", "Seconds"] },
  invokeRotation: { name: "Invoke-CsiRotation", parameters: ["CertificateHash", "Seconds"] },
  startSyncCycle: { name: "Start-CsiSyncCycle", parameters: [] },
  getRunResults: { name: "Get-CsiRunResult", parameters: ["Since"] },
  invokeRollback: { name: "Invoke-CsiRollback", parameters: ["AccountName", "Credential", "Seconds"] },
  invokeLegacyAccountRemoval: {
    name: "Invoke-CsiLegacyAccountRemoval",
    parameters: ["AccountName", "Credential", "Seconds"],
  },
  repairConnectorParameters: { name: "Repair-CsiConnectorParameter", parameters: [] },
  getTpm: { name: "Get-CsiTpm", parameters: [] },
  getCertificates: { name: "Get-CsiCertificate", parameters: [] },
  getKey: { name: "Get-CsiKey", parameters: ["CertificateHash"] },
  newCertificate: {
    name: "New-CsiCertificate",
    parameters: ["Label", "KeyName", "Subject", "KeyProvider", "KeyLength", "LifetimeDays"],
    asObject: true,
  },
  sign: { name: "New-CsiSignature", parameters: ["CertificateHash", "Data"] },
  verify: { name: "Test-CsiSignature", parameters: ["CertificateHash", "Data", "Signature"] },
  removeCertificateByHash: { name: "Remove-CsiCertificateByHash", parameters: ["CertificateHash"] },
  testKey: { name: "Test-CsiKey", parameters: ["KeyName", "KeyProvider"] },
  getKeyHolders: { name: "Get-CsiKeyHolder", parameters: ["KeyName", "KeyProvider"] },
  removeKey: { name: "Remove-CsiKey", parameters: ["KeyName", "KeyProvider"] },
  getKeyAccess: { name: "Get-CsiKeyAccess", parameters: ["KeyFile"] },
  setKeyAccess: { name: "Set-CsiKeyAccess", parameters: ["KeyFile", "ReaderSids"] },
  resolveAccount: { name: "Resolve-CsiAccount", parameters: ["Account"] },
  enterLock: { name: "Enter-CsiLock", parameters: ["Operation"] },
  exitLock: { name: "Exit-CsiLock", parameters: [] },
  readPauseRecord: { name: "Read-CsiPauseRecord", parameters: [] },
  writePauseRecord: { name: "Write-CsiPauseRecord", parameters: ["Record"] },
  removePauseRecord: { name: "Remove-CsiPauseRecord", parameters: [] },
  moveBrokenRecord: { name: "Move-CsiBrokenRecord", parameters: ["Name"] },
  readSwitchRecord: { name: "Read-CsiSwitchRecord", parameters: ["Name"] },
  writeSwitchRecord: { name: "Write-CsiSwitchRecord", parameters: ["Name", "Record"] },
  removeSwitchRecord: { name: "Remove-CsiSwitchRecord", parameters: ["Name"] },
  removeLeftOutcomes: { name: "Remove-CsiLeftOutcome", parameters: [] },
  registerRestoreTask: { name: "Register-CsiRestoreTask", parameters: ["Deadline"] },
  proveRestoreTask: { name: "Confirm-CsiRestoreTask", parameters: [] },
  testRestoreTask: { name: "Test-CsiRestoreTask", parameters: [] },
  unregisterRestoreTask: { name: "Unregister-CsiRestoreTask", parameters: [] },
  readProofRequest: { name: "Read-CsiProofRequest", parameters: [] },
  writeProof: { name: "Write-CsiProof", parameters: ["Text"] },
  writeEvent: { name: "Write-CsiEvent", parameters: ["Id", "Text"] },
  getChanges: { name: "Get-CsiChange", parameters: ["Hours"] },
  getInstalledProgram: { name: "Get-CsiInstalledProgram", parameters: [] },
  getProgramFolder: { name: "Get-CsiProgramFolder", parameters: [] },
  removeProgramFile: { name: "Remove-CsiProgramFile", parameters: ["Name"] },
  postForm: { name: "Send-CsiForm", parameters: ["Uri", "Form"] },
  testEndpoint: { name: "Test-CsiEndpoint", parameters: ["Uri"] },
  wait: { name: "Wait-CsiTime", parameters: ["Seconds"] },
};
