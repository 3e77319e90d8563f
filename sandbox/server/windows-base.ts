/** What every part of the model of Windows works with: the machine, the faults that strike this run, the rights. */
import type { Clock } from "../surroundings/clock";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { Machine } from "./machine";
import type { OperationFaults } from "./operation-faults";
import { WindowsError } from "./windows";

/** By how much the fault `clock` puts the host ahead, in milliseconds. */
const CLOCK_FAULT = 10 * 60_000;

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

  /** What only administrators may do, or see. */
  protected requireAdministrator(what: string): void {
    if (this.strikes("not-administrator")) throw new WindowsError("access-denied", `Access to ${what} is denied.`);
  }

  /** What needs the ADSync module, the service running and a right in it. */
  protected requireAdSync(what: string): void {
    if (this.strikes("no-adsync")) throw new WindowsError("not-found", `${what}: the ADSync module is not installed.`);
    this.requireAdministrator(what);
    if (this.machine.state.service.status !== "Running") {
      throw new WindowsError("failed", `${what}: the ADSync service does not run.`);
    }
  }

  protected requireDisk(file: string): void {
    if (this.strikes("disk-full"))
      throw new WindowsError("disk-full", `${file}: there is not enough space on the disk.`);
  }
}
