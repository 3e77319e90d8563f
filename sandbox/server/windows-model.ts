/**
 * Windows as one run of the host program sees it on an emulated server: the machine's model with the faults
 * that affect this run.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { getPage, postForm } from "./token-client";
import { WindowsCertificates } from "./windows-certificates";
import type { PauseRecord, SwitchRecord, SwitchRecordName, Windows } from "./windows";

/** Another administrator's run, for the fault `busy`. */
const BUSY_HOLDER = "register of CONTOSO\\operator on BUILD02";

/** For the fault `proxy`. */
const PROXY = "http://proxy.contoso.com:8080";
const PROXY_PROBLEM = "the proxy refuses the connection";

export class WindowsModel extends WindowsCertificates implements Windows {
  getTime(): string {
    return this.now().toISOString();
  }

  getHost() {
    const { computerName } = this.machine.state;
    const languageMode = this.strikes("constrained-language") ? "ConstrainedLanguage" : "FullLanguage";
    return { computerName, powershellVersion: "5.1.20348.2031", languageMode };
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
      return { reached: false, status: 0, date: null, proxy: PROXY, problem: PROXY_PROBLEM };
    }
    const { reached, status, date, problem } = await getPage(url, this.options.caFile);
    return { reached, status, date, proxy: null, problem };
  }

  async wait(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
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
