/**
 * Windows as one run of the host program sees it on an emulated server: the machine's model, seen through the faults
 * that strike this run.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { TPM_PROVIDER } from "../../model/host-protocol";
import type { Clock } from "../clock";
import type { DirectoryAdministration } from "../directory-administration";
import type { Machine } from "./machine";
import { addServiceAccount, removeServiceAccount } from "./machine-accounts";
import { certificatesByHash, createCertificate, keyOf, removeCertificates, verifyWith } from "./machine-certificates";
import {
  addApplicationRegistration,
  CMDLETS,
  isCycleRunning,
  repairParameters,
  rotateApplicationCredential,
  type SwitchContext,
} from "./machine-connector";
import { runDeltaCycle } from "./machine-cycle";
import { recentEvents } from "./machine-events";
import { accessList, findKey, removeKey, signWith } from "./machine-keys";
import { readScheduler } from "./machine-scheduler";
import type { MachineKey } from "./machine-state";
import type { OperationFaults } from "./operation-faults";
import { postForm } from "./token-client";
import {
  WindowsError,
  type AccountCredential,
  type CmdletOutcome,
  type PauseRecord,
  type SwitchRecord,
  type SwitchRecordName,
  type Windows,
} from "./windows";

/** By how much the fault `clock` puts the host ahead, in milliseconds. */
const CLOCK_FAULT = 10 * 60_000;
const OLD_VERSION = "2.5.76.0";
/** Another administrator's run, for the fault `busy`. */
const BUSY_HOLDER = "register of CONTOSO\\operator on BUILD02";

export interface WindowsModelOptions {
  machine: Machine;
  clock: Clock;
  faults: OperationFaults;
  /** Name of the SSH user. */
  user: string;
  caFile: string;
  /** Where the cmdlets about password accounts do their work. */
  directory: DirectoryAdministration;
  /** Cuts the SSH connection under the run, which goes on. */
  dropSession: () => void;
  /** Ends the run where it stands. */
  killProgram: () => void;
}

export class WindowsModel implements Windows {
  private readonly machine: Machine;

  constructor(private readonly options: WindowsModelOptions) {
    this.machine = options.machine;
  }

  private strikes: OperationFaults["strikes"] = (name) => this.options.faults.strikes(name);

  private now(): Date {
    const now = this.options.clock.now();
    return this.strikes("clock") ? new Date(now.getTime() + CLOCK_FAULT) : now;
  }

  /** What only administrators may do, or see. */
  private requireAdministrator(what: string): void {
    if (this.strikes("not-administrator")) throw new WindowsError("access-denied", `Access to ${what} is denied.`);
  }

  /** What needs the ADSync module, the service running and a right in it. */
  private requireAdSync(what: string): void {
    if (this.strikes("no-adsync")) throw new WindowsError("not-found", `${what}: the ADSync module is not installed.`);
    this.requireAdministrator(what);
    if (this.machine.state.service.status !== "Running") {
      throw new WindowsError("failed", `${what}: the ADSync service does not run.`);
    }
  }

  private requireDisk(file: string): void {
    if (this.strikes("disk-full"))
      throw new WindowsError("disk-full", `${file}: there is not enough space on the disk.`);
  }

  getTime(): string {
    return this.now().toISOString();
  }

  getHost() {
    const { computerName } = this.machine.state;
    return { computerName, powershellVersion: "5.1.20348.2031", languageMode: "FullLanguage" };
  }

  getCaller() {
    const { computerName, sid } = this.machine.state;
    return {
      account: `${computerName}\\${this.options.user}`,
      sid: `${sid}-1001`,
      administrator: !this.strikes("not-administrator"),
    };
  }

  getService() {
    return this.strikes("no-adsync") ? null : { ...this.machine.state.service };
  }

  getProduct() {
    if (this.strikes("no-adsync")) return null;
    const version = this.strikes("old-version") ? OLD_VERSION : this.machine.state.version;
    return { version, modulePath: "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync" };
  }

  getCmdletParameters(cmdlet: string): string[] {
    return this.strikes("no-adsync") ? [] : [...(CMDLETS[cmdlet] ?? [])];
  }

  getConnector() {
    this.requireAdSync("Get-ADSyncEntraConnectorCredential");
    return structuredClone(this.machine.state.connector);
  }

  getScheduler() {
    this.requireAdSync("Get-ADSyncScheduler");
    return readScheduler(this.machine, this.now(), this.strikes("suspended"));
  }

  setSyncCycleEnabled(enabled: boolean): void {
    this.requireAdSync("Set-ADSyncScheduler");
    this.machine.setSyncCycleEnabled(enabled);
  }

  getPasswordWriteback() {
    this.requireAdSync("Get-ADSyncAADPasswordResetConfiguration");
    return this.machine.state.passwordWriteback;
  }

  getMachineIdentifier() {
    return this.machine.state.machineIdentifier;
  }

  getEvents(hours: number) {
    return recentEvents(this.machine, this.now(), hours);
  }

  invokeRegistration(appId: string, certificateSha256: string, seconds: number): Promise<CmdletOutcome> {
    return this.invoke("Add-ADSyncApplicationRegistration", seconds, (context) =>
      addApplicationRegistration(context, appId, certificateSha256),
    );
  }

  invokeRotation(certificateSha256: string, seconds: number): Promise<CmdletOutcome> {
    return this.invoke("Invoke-ADSyncApplicationCredentialRotation", seconds, (context) =>
      rotateApplicationCredential(context, certificateSha256),
    );
  }

  /** A switching cmdlet in its child process: here the faults of the switch strike. */
  private async invoke(
    cmdlet: string,
    seconds: number,
    run: (context: SwitchContext) => Promise<CmdletOutcome>,
  ): Promise<CmdletOutcome> {
    this.requireAdSync(cmdlet);
    if (this.strikes("program-killed")) {
      this.options.killProgram();
      // A killed program never sees its cmdlet's outcome.
      return new Promise<CmdletOutcome>(() => undefined);
    }
    if (this.strikes("session-lost")) this.options.dropSession();
    if (this.strikes("sign-in")) {
      return { outcome: "sign-in-required", message: `${cmdlet} asked for the sign-in of an administrator.` };
    }
    if (this.strikes("cmdlet-fails")) {
      return { outcome: "failed", message: `${cmdlet}: the sync service answered 0x80230729 (injected fault).` };
    }
    const wrongSalt = this.strikes("pss-salt");
    const { machine } = this;
    const started = performance.now();
    try {
      return await run({ machine, now: this.now(), caFile: this.options.caFile, seconds, wrongSalt });
    } finally {
      machine.switches.count += 1;
      machine.switches.seconds += (performance.now() - started) / 1000;
    }
  }

  startSyncCycle() {
    this.requireAdSync("Start-ADSyncSyncCycle");
    const { machine } = this;
    const now = () => this.now();
    if (isCycleRunning(machine, now())) {
      return { started: false, problem: "A synchronization cycle is in progress already." };
    }
    const { caFile } = this.options;
    runDeltaCycle({ machine, now, caFile, fails: this.strikes("cycle-fails"), stuck: this.strikes("cycle-stuck") });
    return { started: true, problem: null };
  }

  getRunResults(since: string) {
    this.requireAdSync("Get-ADSyncRunProfileResult");
    const from = new Date(since).getTime();
    return this.machine.state.runHistory.filter(({ startedAt }) => new Date(startedAt).getTime() >= from);
  }

  async invokeRollback(accountName: string, credential: AccountCredential): Promise<CmdletOutcome> {
    return addServiceAccount(this.accounts("Add-ADSyncAADServiceAccount"), accountName, credential);
  }

  async invokeLegacyAccountRemoval(accountName: string, credential: AccountCredential): Promise<CmdletOutcome> {
    return removeServiceAccount(this.accounts("Remove-ADSyncAADServiceAccount"), accountName, credential);
  }

  private accounts(cmdlet: string) {
    this.requireAdSync(cmdlet);
    const { directory } = this.options;
    return { machine: this.machine, directory, now: this.now(), wantsMfa: this.strikes("mfa") };
  }

  repairConnectorParameters(): void {
    this.requireAdSync("Repair-ADSyncToolsEntraAppParameters");
    repairParameters(this.machine);
  }

  getTpm() {
    return this.strikes("no-tpm") ? { present: false, ready: false, specVersion: null } : { ...this.machine.state.tpm };
  }

  getCertificates() {
    return this.machine.state.certificates.map(({ keyName: _name, keyProvider: _provider, ...entry }) => entry);
  }

  getKey(certificateSha256: string) {
    const found = this.openKey(certificateSha256);
    if (typeof found === "string") return { key: null, problem: found };
    const { name: keyName, provider: keyProvider, file: keyFile } = found;
    return { key: { keyProvider, keyName, keyFile, keyInHardware: keyProvider === TPM_PROVIDER }, problem: null };
  }

  /** The key of a certificate, or why it does not open. */
  private openKey(certificateSha256: string): MachineKey | string {
    const [certificate] = certificatesByHash(this.machine, certificateSha256);
    const key = certificate && keyOf(this.machine, certificate);
    if (!key) return "the key container does not exist";
    if (this.strikes("not-administrator")) return "access to the key is denied";
    if (key.provider === TPM_PROVIDER && this.strikes("no-tpm")) return "the TPM is not there";
    return key.dead ?? key;
  }

  async newCertificate(args: Parameters<Windows["newCertificate"]>[0]) {
    this.requireAdministrator("LocalMachine\\My");
    this.requireDisk("the key file");
    if (args.keyProvider === TPM_PROVIDER && !this.getTpm().ready) {
      throw new WindowsError("failed", "The TPM is not ready for use.");
    }
    const {
      keyName: _name,
      keyProvider: _provider,
      ...entry
    } = await createCertificate(this.machine, this.now(), args);
    return entry;
  }

  sign(certificateSha256: string, data: string): string {
    const key = this.openKey(certificateSha256);
    if (typeof key === "string") throw new WindowsError("failed", key);
    const wrongSalt = key.provider === TPM_PROVIDER && this.strikes("pss-salt");
    return signWith(key, Buffer.from(data, "base64"), wrongSalt).toString("base64");
  }

  verify(certificateSha256: string, data: string, signature: string): boolean {
    return verifyWith(this.machine, certificateSha256, Buffer.from(data, "base64"), Buffer.from(signature, "base64"));
  }

  removeCertificates(label: string): number {
    this.requireAdministrator("LocalMachine\\My");
    return removeCertificates(this.machine, label);
  }

  testKey(keyName: string, keyProvider: string): boolean {
    return findKey(this.machine, keyName, keyProvider) !== undefined;
  }

  removeKey(keyName: string, keyProvider: string): void {
    this.requireAdministrator(`key ${keyName}`);
    removeKey(this.machine, keyName, keyProvider);
  }

  getKeyAccess(keyFile: string) {
    if (this.strikes("not-administrator")) return null;
    const key = this.machine.state.keys.find((entry) => entry.file === keyFile);
    return key ? structuredClone(key.access) : null;
  }

  setKeyAccess(keyFile: string, readerSids: string[]): void {
    this.requireAdministrator(keyFile);
    const access = accessList(this.machine, readerSids);
    this.machine.change((state) => {
      const key = state.keys.find((entry) => entry.file === keyFile);
      if (!key) throw new WindowsError("not-found", `${keyFile} does not exist.`);
      key.access = access;
    });
  }

  resolveAccount(account: string): string | null {
    const { accounts, computerName } = this.machine.state;
    const wanted = account.replace(/^\.\\/, `${computerName}\\`).toLowerCase();
    if (wanted === "localsystem") return this.resolveAccount("NT AUTHORITY\\SYSTEM");
    return accounts.find((entry) => entry.account.toLowerCase() === wanted)?.sid ?? null;
  }

  enterLock(operation: string) {
    if (this.strikes("busy")) return { acquired: false, abandoned: false, holder: BUSY_HOLDER };
    if (this.strikes("not-administrator")) return { acquired: false, abandoned: false, holder: "an administrator" };
    return this.machine.lock(this, `${operation} of ${this.getCaller().account}`);
  }

  exitLock(): void {
    this.machine.unlock(this);
  }

  readPauseRecord(): PauseRecord | null {
    return this.machine.pauseRecord.read() ?? null;
  }

  writePauseRecord(record: PauseRecord): void {
    this.requireAdministrator("the pause record");
    this.requireDisk("pause.json");
    this.machine.pauseRecord.write(record);
  }

  removePauseRecord(): void {
    this.requireAdministrator("the pause record");
    this.machine.pauseRecord.remove();
  }

  readSwitchRecord(name: SwitchRecordName): SwitchRecord | null {
    return this.machine.switchRecord(name).read() ?? null;
  }

  writeSwitchRecord(name: SwitchRecordName, record: SwitchRecord): void {
    this.requireAdministrator(`${name}.json`);
    this.requireDisk(`${name}.json`);
    this.machine.switchRecord(name).write(record);
    if (name === "sign-in") fs.writeFileSync(this.machine.signInNote, signInNote(record));
  }

  removeSwitchRecord(name: SwitchRecordName): void {
    this.requireAdministrator(`${name}.json`);
    this.machine.switchRecord(name).remove();
    if (name === "sign-in") fs.rmSync(this.machine.signInNote, { force: true });
  }

  registerRestoreTask(deadline: string): void {
    this.requireAdministrator("the task scheduler");
    this.machine.change((state) => {
      state.restoreTask = { deadline };
    });
  }

  proveRestoreTask() {
    const proven = this.testRestoreTask() && this.machine.state.service.status === "Running";
    return { proven, problem: proven ? null : "the task cannot call the ADSync module as SYSTEM" };
  }

  testRestoreTask(): boolean {
    return this.machine.state.restoreTask !== null;
  }

  unregisterRestoreTask(): void {
    this.requireAdministrator("the task scheduler");
    this.machine.change((state) => {
      state.restoreTask = null;
    });
  }

  getInstalledProgram() {
    return this.machine.files.installedProgram();
  }

  postForm(url: string, form: Record<string, string>) {
    return postForm(url, form, this.options.caFile);
  }

  async wait(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }
}

/** The text file that tells the administrator at the desktop what to do. */
function signInNote({ since, command }: SwitchRecord): string {
  return [
    "Microsoft Entra Connect Sync on this server waits for an administrator to sign in.",
    `Since ${since}. As Hybrid Identity Administrator, in Windows PowerShell on this desktop, run:`,
    "",
    command ?? "",
    "",
    'Until then the old credential stays in use. Afterwards the next "pulumi up" finds it done.',
    "",
  ].join("\r\n");
}
