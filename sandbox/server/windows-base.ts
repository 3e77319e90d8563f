/** The common base of the model of Windows: the machine, the faults of this run, the rights. */
import type { Clock } from "../surroundings/clock";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { Machine } from "./machine";
import type { OperationFaults } from "./operation-faults";
import { WindowsError } from "./windows";

/** The time by which the fault `clock` puts the host ahead, in milliseconds. */
const CLOCK_FAULT = 10 * 60_000;

export interface WindowsModelOptions {
  machine: Machine;
  clock: Clock;
  faults: OperationFaults;
  /** Name of the SSH user. */
  user: string;
  caFile: string;
  /** The directory in which the password account cmdlets work. */
  directory: DirectoryAdministration;
  /** Cuts the SSH connection of the run, which continues. */
  dropSession: () => void;
  /** Ends the run immediately. */
  killProgram: () => void;
  /** Replaces the waits of the program. @default it waits */
  wait?: (seconds: number) => Promise<void>;
}

export abstract class WindowsBase {
  protected readonly machine: Machine;

  constructor(protected readonly options: WindowsModelOptions) {
    this.machine = options.machine;
  }

  protected strikes: OperationFaults["strikes"] = (name) => this.options.faults.strikes(name);

  protected now(): Date {
    const now = this.options.clock.now();
    return this.strikes("clock") ? new Date(now.getTime() + CLOCK_FAULT) : now;
  }

  /** Operations and data for administrators only. */
  protected requireAdministrator(what: string): void {
    if (this.strikes("not-administrator")) throw new WindowsError("access-denied", `Access to ${what} is denied.`);
  }

  /** Operations that need the ADSync module, the running service and a right in it. */
  protected requireAdSync(what: string): void {
    if (this.strikes("no-adsync")) throw new WindowsError("not-found", `${what}: the ADSync module is not installed.`);
    this.requireAdministrator(what);
    if (this.machine.state.service.status !== "Running") {
      throw new WindowsError("failed", `${what}: the ADSync service does not run.`);
    }
    if (this.machine.silentCalls > 0) {
      this.machine.silentCalls -= 1;
      throw new WindowsError("failed", `${what}: the ADSync service does not answer yet.`);
    }
  }

  /** For what Windows refuses at times, to anyone: a source without its messages, a service that restarts. */
  protected requireAnswer(what: string): void {
    if (this.strikes("unreadable-facts")) throw new WindowsError("failed", `${what}: the RPC server is unavailable.`);
  }

  protected requireDisk(file: string): void {
    if (this.strikes("disk-full"))
      throw new WindowsError("disk-full", `${file}: there is not enough space on the disk.`);
  }
}
