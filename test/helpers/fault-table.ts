/**
 * A table of step x fault for the stand-in of the host program: a step is a call of a function of Windows, so a new one
 * is covered without a new line. host-program/Tests/Faults.psm1 is the same table for the program.
 */
import { SERVICE_STOPPING } from "../../model/protocol/host-constants";
import type { HostOperation } from "../../model/protocol/host-protocol";
import { parseAnswer } from "../../model/protocol/host-answer";
import { Machine } from "../../sandbox/server/machine";
import { runRestoreTask } from "../../sandbox/server/machine-scheduler";
import type { MachineState } from "../../sandbox/server/machine-state";
import { OperationFaults } from "../../sandbox/server/operation-faults";
import { tryKey } from "../../sandbox/server/program/certificates";
import { runHostProgram } from "../../sandbox/server/program/host-program";
import { WindowsModel } from "../../sandbox/server/windows-model";
import { WindowsError, type CmdletOutcome, type Windows } from "../../sandbox/server/windows";
import type { DirectoryAdministration } from "../../sandbox/surroundings/directory-administration";
import { installProgram } from "./installed-program";

type Method = keyof Windows;

/** The surroundings of all cells. */
export interface FaultWorld {
  folder: string;
  caFile: string;
  clock: { offset: number; now(): Date };
  directory: DirectoryAdministration;
}

/** One operation on a server, of which every step is disturbed. */
export interface Scenario {
  operation: HostOperation;
  request: unknown;
  state: MachineState;
  /** The container of the key that the operation makes or removes: the next run finds it by that name. */
  keyName: string;
  /** Whether the operation has done its job. */
  done: (machine: Machine) => boolean;
  /** The code of a next run that finds the job done and cannot know it. */
  endsAs?: string;
  /** Before each run: what is not on the machine. */
  prepare?: (machine: Machine) => void;
}

/** A run with its fault, and what has become of it. */
class Cell {
  readonly calls: Method[] = [];
  dead = false;
  diskFull = false;
  taken = false;
  /** What another person set the scheduler to; null if no one did. */
  person: boolean | null = null;
  restarts: number | null = null;
  late: (() => unknown) | null = null;

  constructor(
    readonly world: FaultWorld,
    readonly machine: Machine,
  ) {}

  setService(status: string): void {
    this.machine.change((state) => {
      state.service.status = status;
    });
  }
}

interface FaultKind {
  /** The steps at which it makes a difference. */
  at: RegExp;
  before?: (cell: Cell) => void;
  after?: (cell: Cell) => void;
  /** Replaces the outcome of a cmdlet in a child process. */
  instead?: (cell: Cell, effect: () => unknown) => CmdletOutcome;
}

const CHANGES = /^(set|new|write|remove|register|unregister|start|stop|invoke|repair|prove)/;
const CHANGES_OR_LOCK = new RegExp(`${CHANGES.source}|Lock$`);
const OUTCOME: CmdletOutcome = { outcome: "timed-out", message: "The cmdlet did not end in time." };
const fails = () => {
  throw new WindowsError("failed", "it failed");
};

export const FAULT_KINDS: Record<string, FaultKind> = {
  // A run that hangs is ended in the same way.
  killed: {
    at: CHANGES_OR_LOCK,
    before: (cell) => {
      cell.dead = true;
      throw new Error("killed");
    },
  },
  // A lock that cannot be given back ends with the process.
  "cmdlet throws": { at: /^(?!exitLock)/, before: fails },
  "cmdlet throws behind its effect": { at: CHANGES, after: fails },
  "cmdlet times out and does nothing": { at: /^invoke/, instead: () => OUTCOME },
  "cmdlet times out and goes on": {
    at: /^invoke/,
    instead: (cell, effect) => {
      cell.late = effect;
      return OUTCOME;
    },
  },
  "disk full": { at: /^(write|new|register|set)/, before: (cell) => void (cell.diskFull = true) },
  "lock taken": {
    at: /^enterLock$/,
    before: (cell) => {
      cell.taken = true;
      cell.machine.lock(cell, "register of another");
    },
  },
  "service restarts": {
    at: /^(getConnector|getScheduler|getService|setSync|invoke|prove|start)/,
    before: (cell) => {
      cell.setService("StopPending");
      cell.restarts = cell.world.clock.offset + 6_000;
    },
  },
  "service stops": { at: /^(setSync|invoke)/, before: (cell) => cell.setService("Stopped") },
  "scheduler changed by another": {
    at: /^(getScheduler|setSync|.*PauseRecord|.*RestoreTask|invoke)/,
    before: (cell) => {
      cell.person = !cell.machine.state.scheduler.SyncCycleEnabled;
      cell.machine.setSyncCycleEnabled(cell.person);
    },
  },
};

const NO_FAULTS = new OperationFaults({ holds: () => false, strikes: () => false }, "");

function windowsOf(world: FaultWorld, machine: Machine): WindowsModel {
  const { clock, caFile, directory } = world;
  const hooks = { dropSession: () => undefined, killProgram: () => undefined };
  return new WindowsModel({ machine, clock, faults: NO_FAULTS, user: "deploy", caFile, directory, ...hooks });
}

/** Time passes with waits only; a verification cycle ends at once. */
function quick(cell: Cell, method: Method, effect: () => unknown, [seconds]: unknown[]): unknown {
  const { world, machine } = cell;
  if (method === "startSyncCycle") {
    const startedAt = world.clock.now().toISOString();
    machine.change((state) => {
      const { name } = state.connector;
      state.runHistory.push({
        id: `run ${state.runHistory.length + 1}`,
        connector: name,
        runProfile: "Delta Import",
        result: "success",
        startedAt,
        endedAt: startedAt,
      });
    });
    return { started: true, problem: null };
  }
  if (method !== "wait") return effect();
  world.clock.offset += Math.max(1, Number(seconds)) * 1_000;
  const { late } = cell;
  cell.late = null;
  return Promise.resolve(late?.()).then(() => new Promise((resolve) => setImmediate(resolve)));
}

/** Windows with a fault at the call with this number; 0 for none. */
function disturbed(cell: Cell, kind: FaultKind, step: number, model: WindowsModel): Windows {
  return new Proxy(model as Windows, {
    get(target, method: Method) {
      return (...args: unknown[]) => {
        if (cell.dead) throw new Error("the process has ended");
        cell.calls.push(method);
        if (cell.restarts !== null && cell.world.clock.offset >= cell.restarts) cell.setService("Running");
        const here = cell.calls.length === step;
        if (here) kind.before?.(cell);
        if (cell.diskFull && /^(write|newCertificate)/.test(method)) {
          throw new WindowsError("disk-full", "There is not enough space on the disk.");
        }
        const effect = () => (target[method] as (...given: unknown[]) => unknown).apply(target, args);
        if (here && kind.instead) return Promise.resolve(kind.instead(cell, effect));
        const value = quick(cell, method, effect, args);
        if (!here || !kind.after) return value;
        return value instanceof Promise ? value.then(() => kind.after!(cell)) : kind.after(cell);
      };
    },
  });
}

/** What must hold at any moment, and does not. */
function broken(cell: Cell, scenario: Scenario, wasEnabled: boolean): string[] {
  const { machine, person } = cell;
  const { connector, keys, certificates, scheduler, restoreTask, lockHolder } = machine.state;
  const used = connector.certificateSha256;
  const problems: string[] = [];
  if (used !== null && tryKey(windowsOf(cell.world, machine), used) !== null)
    problems.push("the credential in use is gone");
  const returns = machine.pauseRecord.read() !== undefined && restoreTask !== null;
  if (!scheduler.SyncCycleEnabled && wasEnabled && person !== false && !returns) {
    problems.push("the scheduler is off and nothing puts it back");
  }
  const { status } = machine.state.service;
  if (status === "Stopped" && scenario.operation === SERVICE_STOPPING && !returns) {
    problems.push("the service is stopped and nothing starts it");
  }
  if (scheduler.SyncCycleEnabled && !wasEnabled && person !== true) problems.push("a scheduler that was off is on");
  if (lockHolder !== null && !cell.dead && !cell.taken) problems.push("the lock is held by no one");
  for (const { name } of keys) {
    if (name !== scenario.keyName && !certificates.some(({ keyName }) => keyName === name)) {
      problems.push(`the key ${name} has no certificate`);
    }
  }
  return problems;
}

const asAscii = (request: unknown) =>
  JSON.stringify(request).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

async function run(cell: Cell, scenario: Scenario, kind: FaultKind, step: number) {
  const model = windowsOf(cell.world, cell.machine);
  const text = asAscii(scenario.request);
  const windows = disturbed(cell, kind, step, model);
  const { stdout } = await runHostProgram(scenario.operation, text, windows, () => undefined).catch(() => ({
    stdout: "",
  }));
  if (cell.dead) cell.machine.abandonLock(model);
  return stdout === "" ? null : parseAnswer(scenario.operation, stdout);
}

function prepared(world: FaultWorld, scenario: Scenario): Cell {
  world.clock.offset = 0;
  const machine = new Machine(world.folder);
  machine.seed(structuredClone(scenario.state));
  installProgram(machine);
  machine.pauseRecord.remove();
  for (const name of ["sign-in", "verification"] as const) machine.switchRecord(name).remove();
  scenario.prepare?.(machine);
  return new Cell(world, machine);
}

/** What a test changes of a scenario. */
interface Attempt {
  request?: object;
  machine?: (machine: Machine) => void;
  windows?: (windows: Windows, machine: Machine) => Partial<Windows>;
}

/** One run with functions of Windows replaced; every call is listed. */
export async function attempt(world: FaultWorld, scenario: Scenario, { request, machine, windows }: Attempt) {
  const cell = prepared(world, scenario);
  machine?.(cell.machine);
  const model = windowsOf(world, cell.machine);
  const patched = Object.assign(model, windows?.(windowsOf(world, cell.machine), cell.machine));
  const text = asAscii({ ...(scenario.request as object), ...request });
  const kind = {} as FaultKind;
  const { stdout } = await runHostProgram(scenario.operation, text, disturbed(cell, kind, 0, patched), () => undefined);
  const answer = parseAnswer(scenario.operation, stdout);
  return { answer, code: answer.ok ? null : answer.error.code, machine: cell.machine, calls: cell.calls };
}

/** The numbers of the calls of an undisturbed run at which a fault makes a difference. */
export async function stepsOf(world: FaultWorld, scenario: Scenario, kind: FaultKind): Promise<number[]> {
  const cell = prepared(world, scenario);
  const answer = await run(cell, scenario, kind, 0);
  if (!answer?.ok) throw new Error(`undisturbed: ${JSON.stringify(answer?.error)}`);
  return cell.calls.flatMap((method, index) => (kind.at.test(method) ? [index + 1] : []));
}

/** The problems after a fault at a step: at once, at the deadline, and after the next run. */
export async function problemsAt(
  world: FaultWorld,
  scenario: Scenario,
  kind: FaultKind,
  step: number,
): Promise<string[]> {
  const cell = prepared(world, scenario);
  const { machine } = cell;
  const wasEnabled = machine.pauseRecord.read()?.syncCycleEnabled ?? machine.state.scheduler.SyncCycleEnabled;
  await run(cell, scenario, kind, step);
  const name = `step ${step}, ${cell.calls[step - 1]}`;
  const problems = broken(cell, scenario, wasEnabled);
  if (cell.taken) machine.unlock(cell);
  await cell.late?.();
  // A service that the run itself stopped is started by the task, or by the next run.
  if (machine.pause?.operation !== scenario.operation || scenario.operation !== SERVICE_STOPPING) {
    cell.setService("Running");
  }
  const { restoreTask } = machine.state;
  if (restoreTask !== null) {
    const due = new Date(new Date(restoreTask.deadline).getTime() + 1_000);
    world.clock.offset += due.getTime() - world.clock.now().getTime();
    runRestoreTask(machine, world.clock.now());
    const { scheduler } = machine.state;
    if (!scheduler.SyncCycleEnabled && wasEnabled && cell.person !== false) problems.push("the scheduler stays off");
    if (machine.state.service.status !== "Running") problems.push("the service stays stopped");
    if (machine.state.restoreTask !== null || machine.pauseRecord.read()) problems.push("record or task stay");
  }
  const next = new Cell(world, machine);
  next.person = machine.state.scheduler.SyncCycleEnabled;
  const answer = await run(next, scenario, {} as FaultKind, 0);
  if (!answer?.ok && answer?.error.code !== scenario.endsAs)
    problems.push(`the next run ends with ${answer?.error?.code}: ${answer?.error?.actual}`);
  if (!scenario.done(machine)) problems.push("the next run does not finish the job");
  problems.push(...broken(next, scenario, wasEnabled).map((problem) => `next run: ${problem}`));
  return problems.map((problem) => `${name}: ${problem}`);
}
