/** `restore`, run by the task: ends an interrupted pause once nothing else is at work and the service runs. */
import { randomUUID } from "node:crypto";
import type { HostOperation } from "../../../model/protocol/host-protocol";
import type { LockResult, Windows } from "../windows";
import { writeChange } from "./changes";
import type { Context } from "./context";
import { forgetPause, readPause, restoreInterruptedPause, startInterruptedService } from "./pause";
import { Progress } from "./progress";

/** One try; returns whether nothing is left to be done. */
export async function restore(windows: Windows): Promise<boolean> {
  if (!windows.getService()) return false;
  const lock = windows.enterLock("restore");
  if (!isItsTurn(windows, lock)) return false;
  const context: Context<{ server: string }> = {
    ...{ windows, request: { server: "" }, changed: false, run: randomUUID().replaceAll("-", "") },
    // No one reads what a task prints; it is no operation of the protocol.
    progress: new Progress("", () => undefined),
    operation: "restore" as HostOperation,
  };
  try {
    // Under the lock, as a run that is at work has stopped the service for a moment.
    if ((await startInterruptedService(context)) !== "Running") return false;
    if (await restoreInterruptedPause(context)) {
      writeChange(context, "restoredByTask", ["The restore task ended an interrupted pause of the scheduler."]);
    } else {
      forgetPause(windows);
    }
  } finally {
    if (lock.acquired) windows.exitLock();
  }
  return true;
}

/** The lock is held; or something foreign has its name, which is no run of this program, and the deadline is over. */
function isItsTurn(windows: Windows, { acquired, foreign }: LockResult): boolean {
  if (acquired || !foreign) return acquired;
  const deadline = readPause(windows)?.deadline ?? null;
  return deadline === null || new Date(deadline) <= new Date(windows.getTime());
}
