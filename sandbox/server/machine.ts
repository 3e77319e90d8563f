/**
 * One emulated Windows server: its state, persisted after each change, and its files.
 *
 * The functions of Windows are split by noun: machine-keys, machine-certificates, machine-scheduler,
 * machine-connector. `WindowsModel` is the view of one run of the host program.
 */
import * as path from "node:path";
import { JsonFile } from "../../console/processes/json-file";
import { DATA_FOLDER, HostFiles } from "./host-files";
import type { RunningCycle } from "./machine-cycle";
import type { MachineEvent, MachineState } from "./machine-state";
import type { PauseRecord, SwitchRecord, SwitchRecordName } from "./windows";

/** Maximum number of events; the real log has a limit as well. */
const EVENT_LIMIT = 200;

export class Machine {
  readonly files: HostFiles;
  private readonly file: JsonFile<MachineState>;
  private current: MachineState | undefined;
  /** The run that holds the lock in this process, as opposed to a dead holder. */
  private lockOwner: object | null = null;
  private pausedSince: number | null = null;
  private pausedTotal = 0;
  /** Runs of a switching cmdlet since this process began, in milliseconds of this process's clock. */
  readonly switches: { begin: number; end: number }[] = [];
  /** The cycle that this process runs; null if none. */
  cycle: RunningCycle | null = null;

  constructor(folder: string) {
    this.file = new JsonFile(path.join(folder, "machine.json"));
    this.files = new HostFiles(path.join(folder, "files"));
    this.current = this.file.read();
  }

  get seeded(): boolean {
    return this.current !== undefined;
  }

  /** Read-only; {@link change} makes changes. */
  get state(): Readonly<MachineState> {
    if (!this.current) throw new Error("the emulated server has not been seeded");
    return this.current;
  }

  seed(state: MachineState): void {
    this.current = state;
    this.file.write(state);
  }

  /** Changes the state and persists it. */
  change<T>(mutate: (state: MachineState) => T): T {
    const result = mutate(this.state as MachineState);
    this.file.write(this.state as MachineState);
    return result;
  }

  addEvent(event: MachineEvent): void {
    this.change((state) => {
      state.events = [...state.events, event].slice(-EVENT_LIMIT);
    });
  }

  /** The record of a pause is in the program's data folder, where the bootstraps check it too. */
  get pauseRecord(): JsonFile<PauseRecord> {
    return new JsonFile(this.files.local(`${DATA_FOLDER}/pause.json`));
  }

  /** The record of a switch is beside it. */
  switchRecord(name: SwitchRecordName): JsonFile<SwitchRecord> {
    return new JsonFile(this.files.local(`${DATA_FOLDER}/${name}.json`));
  }

  /** For an administrator who signs in at the server's desktop. */
  get signInNote(): string {
    return this.files.local(`${DATA_FOLDER}/sign-in.txt`);
  }

  /** Takes the host's mutex for a run; takes over the mutex of a dead holder. */
  lock(owner: object, holder: string): { acquired: boolean; abandoned: boolean; holder: string | null } {
    if (this.lockOwner && this.lockOwner !== owner) {
      return { acquired: false, abandoned: false, holder: this.state.lockHolder };
    }
    const abandoned = this.lockOwner === null && this.state.lockHolder !== null;
    this.lockOwner = owner;
    this.change((state) => {
      state.lockHolder = holder;
    });
    return { acquired: true, abandoned, holder: null };
  }

  /** Releases the mutex; does nothing for a run that does not hold it. */
  unlock(owner: object): void {
    if (this.lockOwner !== owner) return;
    this.lockOwner = null;
    this.change((state) => {
      state.lockHolder = null;
    });
  }

  /** The run died: the mutex is free, but its last holder never released it. */
  abandonLock(owner: object): void {
    if (this.lockOwner === owner) this.lockOwner = null;
  }

  setSyncCycleEnabled(enabled: boolean): void {
    if (this.state.scheduler.SyncCycleEnabled === enabled) return;
    if (enabled && this.pausedSince !== null) {
      this.pausedTotal += (performance.now() - this.pausedSince) / 1000;
      this.pausedSince = null;
    }
    if (!enabled) this.pausedSince = performance.now();
    this.change((state) => {
      state.scheduler.SyncCycleEnabled = enabled;
    });
  }

  /** Seconds of real time for which the scheduler was off since this process began, for pauses that have ended. */
  get pausedSeconds(): number {
    return this.pausedTotal;
  }
}
