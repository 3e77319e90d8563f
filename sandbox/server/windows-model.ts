/**
 * Windows as one run of the host program sees it on an emulated server: the machine's model with the faults
 * that affect this run.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LONGEST_CHANGE, MOST_CHANGES, MUTEX_NAME, RESTORE_MINUTES } from "../../model/protocol/host-constants";
import { PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { getPage, postForm } from "./token-client";
import { WindowsCertificates } from "./windows-certificates";
import { DATA_FOLDER } from "./host-files";
import { WindowsError, type PauseRecord, type SwitchRecord, type SwitchRecordName, type Windows } from "./windows";
import { SESSION_PROXY } from "./windows-product";

/** Another administrator's run, for the fault `busy`. */
const BUSY_HOLDER = "register of CONTOSO\\operator on BUILD02";

/** .NET Framework 4.6.2. */
const DOTNET_OF_SERVER_2016 = 394802;
const DOTNET_OF_SERVER_2022 = 528449;

/** For the fault `proxy`. */
const PROXY_PROBLEM = "the proxy refuses the connection";

export class WindowsModel extends WindowsCertificates implements Windows {
  getTime(): string {
    return this.now().toISOString();
  }

  getHost() {
    const { computerName } = this.machine.state;
    const languageMode = this.strikes("constrained-language") ? "ConstrainedLanguage" : "FullLanguage";
    const dotnetRelease = this.strikes("old-dotnet") ? DOTNET_OF_SERVER_2016 : DOTNET_OF_SERVER_2022;
    return { computerName, powershellVersion: "5.1.20348.2031", languageMode, dotnetRelease };
  }

  getDefaultShell() {
    return this.machine.state.defaultShell ?? null;
  }

  getCaller() {
    const { computerName, sid } = this.machine.state;
    return {
      account: `${computerName}\\${this.options.user}`,
      sid: `${sid}-1001`,
      administrator: !this.strikes("not-administrator"),
    };
  }

  enterLock(operation: string) {
    const taken = { acquired: false, abandoned: false, foreign: false };
    if (this.strikes("busy")) return { ...taken, holder: BUSY_HOLDER };
    if (this.strikes("lock-foreign")) return { ...taken, holder: this.foreign(MUTEX_NAME), foreign: true };
    if (this.strikes("not-administrator")) return { ...taken, holder: "an administrator" };
    this.requireDataFolder();
    return this.machine.lock(this, `${operation} of ${this.getCaller().account}`);
  }

  exitLock(): void {
    this.machine.unlock(this);
  }

  readPauseRecord(): PauseRecord | null {
    this.requireDataFolder();
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

  moveBrokenRecord(name: "pause" | SwitchRecordName): string | null {
    this.requireAdministrator(`${name}.json`);
    const record = name === "pause" ? this.machine.pauseRecord : this.machine.switchRecord(name);
    return record.moveAside(this.now());
  }

  readSwitchRecord(name: SwitchRecordName): SwitchRecord | null {
    this.requireDataFolder();
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

  removeLeftOutcomes(): string[] {
    const folder = this.machine.files.local(DATA_FOLDER);
    const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /^cmdlet-.*\.txt$/.test(name)) : [];
    return names.map((name) => {
      const file = path.join(folder, name);
      const [outcome, detail = ""] = fs.readFileSync(file, "utf8").split(/\r?\n/);
      fs.rmSync(file);
      return `${outcome} ${detail}`.trim();
    });
  }

  registerRestoreTask(deadline: string): void {
    this.requireAdministrator("the task scheduler");
    this.machine.change((state) => {
      state.restoreTask = { deadline, minutes: RESTORE_MINUTES };
    });
  }

  /** The task runs the installed program as SYSTEM, which reads the record, and reads and writes the scheduler. */
  proveRestoreTask() {
    const unproven = (problem: string) => ({ proven: false, problem });
    if (!this.testRestoreTask()) return unproven("The system cannot find the file specified (0x80070002)");
    // PowerShell's own end if there is no such file, which is all that the task scheduler keeps of it.
    if (this.machine.files.installedProgram().problem !== null)
      return unproven("The task gave no answer within 120 seconds (last result 4294770688).");
    try {
      if (!this.readPauseRecord()) return unproven("the task does not find the record of the pause");
      this.setSyncCycleEnabled(this.getScheduler().SyncCycleEnabled);
    } catch (error) {
      return unproven((error as Error).message);
    }
    return { proven: true, problem: null };
  }

  testRestoreTask(): boolean {
    return this.machine.state.restoreTask !== null;
  }

  unregisterRestoreTask(): void {
    this.requireAdministrator("the task scheduler");
    if (this.strikes("task-stays")) {
      throw new WindowsError("failed", "The Task Scheduler service is not available (0x80041315)");
    }
    this.machine.change((state) => {
      state.restoreTask = null;
    });
  }

  readProofRequest(): boolean {
    const file = this.machine.files.local(`${DATA_FOLDER}/proof-request.txt`);
    if (!fs.existsSync(file)) return false;
    fs.rmSync(file);
    return true;
  }

  writeProof(text: string): void {
    this.requireDataFolder();
    fs.writeFileSync(this.machine.files.local(`${DATA_FOLDER}/proof.txt`), text);
  }

  writeEvent(id: number, text: string): void {
    this.requireEventLog();
    this.machine.addChange({ time: this.getTime(), id, message: text });
  }

  getChanges(hours: number) {
    this.requireEventLog();
    const since = this.now().getTime() - hours * 60 * 60_000;
    const entries = (this.machine.state.changes ?? []).filter(({ time }) => new Date(time).getTime() >= since);
    return entries.slice(-MOST_CHANGES).map((entry) => ({ ...entry, message: entry.message.slice(0, LONGEST_CHANGE) }));
  }

  getInstalledProgram() {
    return this.machine.files.installedProgram();
  }

  getProgramFolder() {
    return this.machine.files.programFolder();
  }

  removeProgramFile(name: string): void {
    this.requireAdministrator(name);
    fs.rmSync(this.machine.files.local(`${PROGRAM_FOLDER}/${name}`));
  }

  postForm(url: string, form: Record<string, string>) {
    if (this.strikes("proxy")) {
      return Promise.resolve({ reached: false, status: 0, body: "", date: null, problem: PROXY_PROBLEM });
    }
    return postForm(url, form, this.options.caFile);
  }

  async testEndpoint(url: string) {
    if (this.strikes("proxy")) {
      return { reached: false, status: 0, date: null, proxy: SESSION_PROXY, problem: PROXY_PROBLEM };
    }
    const { reached, status, date, problem } = await getPage(url, this.options.caFile);
    return { reached, status, date, proxy: null, problem };
  }

  async wait(seconds: number): Promise<void> {
    await (this.options.wait?.(seconds) ?? sleep(seconds * 1000));
  }

  /** Records are read only in a folder that administrators made: any user may make one first. */
  private requireDataFolder(): void {
    if (this.strikes("folder-foreign")) {
      throw new WindowsError("foreign-folder", `${DATA_FOLDER.replaceAll("/", "\\")} belongs to ${this.stranger}`);
    }
  }

  private requireEventLog(): void {
    if (this.strikes("event-log-refuses")) {
      throw new WindowsError("failed", "The event log file is full (0x800705DE)");
    }
  }

  /** A normal user of the server. */
  private get stranger(): string {
    return `${this.machine.state.computerName}\\visitor`;
  }

  private foreign(what: string): string {
    return `${what} of ${this.stranger}: Access to the path is denied (0x80070005)`;
  }
}

/** The text file with instructions for the administrator at the desktop. */
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
