/** `reset-machine-identifier`: gives a cloned server an identifier of its own, with the service stopped meanwhile. */
import type { z } from "zod";
import type { MachineIdentifierResult, ResetMachineIdentifierRequest } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import type { Context } from "./context";
import { restoreInterruptedPause, startInterruptedService, startProductService, whilePaused } from "./pause";
import { readProduct, requireAdSync, requireNotSuspended, requireRunning } from "./preflight";
import { Refusal } from "./refusal";
import { sameText } from "./same-text";
import { reportLateOutcomes } from "./switch-record";

type Result = z.infer<typeof MachineIdentifierResult>;

/** A server that does not have the named identifier is done. Ends what an interrupted run left first. */
export async function resetMachineIdentifier(context: Context<ResetMachineIdentifierRequest>): Promise<Result> {
  const { windows, request } = context;
  requireAdSync(windows);
  requireRunning((await startInterruptedService(context)) ?? "");
  requireNotSuspended(readProduct(windows).scheduler);
  const restoredInterruptedPause = await restoreInterruptedPause(context);
  reportLateOutcomes(context);
  const before = identifiedState(windows);
  const shared = (identifier: string) => sameText(identifier, request.resetMachineIdentifier);
  let pausedSeconds = 0;
  if (shared(before.machineIdentifier)) {
    ({ pausedSeconds } = await whilePaused(context, () => write(context), true));
  }
  const after = identifiedState(windows);
  if (shared(after.machineIdentifier)) {
    const { newIdentifier: expected } = request;
    throw new Refusal("VERIFICATION_FAILED.identifier", { expected, actual: after.machineIdentifier });
  }
  return { before, after, restoredInterruptedPause, pausedSeconds };
}

/** The service reads the identifier when it starts; it starts again in any case. */
async function write(context: Context<ResetMachineIdentifierRequest>): Promise<void> {
  const { windows, request, progress } = context;
  const { cmdletSeconds } = request.bounds;
  context.changed = true;
  try {
    progress.report("stoppingService", { elapsed: 0, bound: cmdletSeconds });
    await windows.stopService(cmdletSeconds);
    windows.setMachineIdentifier(request.newIdentifier);
  } finally {
    await startProductService(context, cmdletSeconds);
  }
}

function identifiedState(windows: Windows): Result["before"] {
  const machineIdentifier = windows.getMachineIdentifier();
  if (!machineIdentifier) {
    throw new Refusal("UNEXPECTED.identifier", {
      expected: "a value SyncMachineIdentifier in the registry",
      actual: "none",
    });
  }
  return { machineIdentifier, syncCycleEnabled: windows.getScheduler().SyncCycleEnabled };
}
