/** The ADSync service of an emulated server, and the machine identifier that it names accounts and applications by. */
import type { Machine } from "./machine";

/** Cmdlets that a service which has just been started refuses. */
const SILENT_CALLS = 2;

/** The identifier that the product uses: the one that the service read when it started. */
export function productIdentifier({ state }: Machine): string {
  return state.serviceIdentifier ?? state.machineIdentifier;
}

/** Registry value SyncMachineIdentifier; a service that runs goes on with the one that it knows. */
export function writeIdentifier(machine: Machine, identifier: string): void {
  const known = productIdentifier(machine);
  const runs = machine.state.service.status !== "Stopped";
  machine.change((state) => {
    state.machineIdentifier = identifier;
    if (runs) state.serviceIdentifier = known;
  });
}

export function stopService(machine: Machine): void {
  machine.change((state) => {
    state.service.status = "Stopped";
    // Its cycle ends with it.
    state.cycleEndsAt = null;
  });
}

export function startService(machine: Machine): void {
  if (machine.state.service.status === "Running") return;
  machine.change((state) => {
    state.service.status = "Running";
    delete state.serviceIdentifier;
  });
  machine.silentCalls = SILENT_CALLS;
}
