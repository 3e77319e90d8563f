/**
 * One emulated Windows server: its state, persisted after each change, and its files.
 *
 * The functions of Windows are split by noun: machine-keys, machine-certificates, machine-scheduler,
 * machine-connector. `WindowsModel` is the view of one run of the host program.
 */
import * as path from "node:path";
import { z } from "zod";
import { JsonFile } from "../../console/processes/json-file";
import { DATA_FOLDER, HostFiles } from "./host-files";
import type { RunningCycle } from "./machine-cycle";
import type { MachineEvent, MachineState } from "./machine-state";
import { RecordFile } from "./record-file";
import {
  WindowsError,
  type ChangeEntry,
  type LockResult,
  type PauseRecord,
  type SwitchRecord,
  type SwitchRecordName,
} from "./windows";

/** Maximum number of events; the real log has a limit as well. */
const EVENT_LIMIT = 200;

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const PAUSE_RECORD: z.ZodType<PauseRecord> = z.object({
  operation: z.string().trim().min(1),
  server: z.string(),
  startedAt: time,
  deadline: time,
  syncCycleEnabled: z.boolean(),
  note: z.string().optional(),
});
const SWITCH_RECORD: z.ZodType<SwitchRecord> = z.object({
  since: time,
  appId: z.string(),
  certificateSha256: z.string(),
  command: z.string().nullable(),
});

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
  /** Calls that a service which has just been started does not answer yet. */
  silentCalls = 0;
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

  /** An entry of the host program in the Application log. */
  addChange(entry: ChangeEntry): void {
    this.change((state) => {
      state.changes = [...(state.changes ?? []), entry].slice(-EVENT_LIMIT);
    });
  }

  /** The record of a pause is in the program's data folder, where the bootstraps check it too. */
  get pauseRecord(): RecordFile<PauseRecord> {
    const file = `${DATA_FOLDER}/pause.json`;
    return new RecordFile(this.files.local(file), file, PAUSE_RECORD);
  }

  /** What the record of a pause would put back; undefined if there is none. One that cannot be read means "on". */
  get pause(): { syncCycleEnabled: boolean; operation?: string } | undefined {
    try {
      return this.pauseRecord.read();
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error;
      return { syncCycleEnabled: true };
    }
  }

  /** The record of a switch is beside it. */
  switchRecord(name: SwitchRecordName): RecordFile<SwitchRecord> {
    const file = `${DATA_FOLDER}/${name}.json`;
    return new RecordFile(this.files.local(file), file, SWITCH_RECORD);
  }

  /** For an administrator who signs in at the server's desktop. */
  get signInNote(): string {
    return this.files.local(`${DATA_FOLDER}/sign-in.txt`);
  }

  /** Takes the host's mutex for a run; takes over the mutex of a dead holder. */
  lock(owner: object, holder: string): LockResult {
    if (this.lockOwner && this.lockOwner !== owner) {
      return { acquired: false, abandoned: false, holder: this.state.lockHolder, foreign: false };
    }
    const abandoned = this.lockOwner === null && this.state.lockHolder !== null;
    this.lockOwner = owner;
    this.change((state) => {
      state.lockHolder = holder;
    });
    return { acquired: true, abandoned, holder: null, foreign: false };
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
