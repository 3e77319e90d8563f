/** The record of a switch across runs: one that waits for a sign-in, or one that is not verified yet. */
import type { RegisterRequest } from "../../../model/protocol/host-protocol";
import { writeChange } from "./changes";
import type { Context } from "./context";
import { WindowsError, type SwitchRecord, type SwitchRecordName } from "../windows";

type Identity = Pick<RegisterRequest, "appId" | "certificateSha256">;
type Changing = Context<{ server: string }>;

const isOf = (record: SwitchRecord | null, { appId, certificateSha256 }: Identity) =>
  record?.appId === appId && record.certificateSha256 === certificateSha256;

/** Moves a record that cannot be read aside, and reports it. One that cannot be moved stays, and costs nothing more. */
export function moveBroken(context: Changing, name: "pause" | SwitchRecordName): void {
  context.changed = true;
  context.progress.report("movingRecord");
  try {
    context.windows.moveBrokenRecord(name);
  } catch {
    // The operation goes on without it.
  }
  writeChange(context, "recordAside", [`The record ${name}.json could not be read, and was moved aside.`]);
}

/** The record, or "broken" if there was one that cannot be read, which is moved aside. */
function readSwitch(context: Changing, name: SwitchRecordName): SwitchRecord | "broken" | null {
  try {
    return context.windows.readSwitchRecord(name);
  } catch (error) {
    if (!(error instanceof WindowsError) || error.kind !== "broken-record") throw error;
    moveBroken(context, name);
    return "broken";
  }
}

/** Whether the switch to this identity is still to be verified; one whose record cannot be read is, and stays so recorded. */
export function isUnverified(context: Context<Identity & { server: string }>): boolean {
  const record = readSwitch(context, "verification");
  if (record !== "broken") return isOf(record, context.request);
  rememberSwitch(context, "verification");
  return true;
}

/** Writes the record; `since` remains if it concerned the same application and certificate already. */
export function rememberSwitch(
  context: Context<Identity & { server: string }>,
  name: SwitchRecordName,
  command: string | null = null,
): void {
  const { windows, request } = context;
  const { appId, certificateSha256 } = request;
  const record = readSwitch(context, name);
  const since = record && record !== "broken" && isOf(record, request) ? record.since : windows.getTime();
  windows.writeSwitchRecord(name, { since, appId, certificateSha256, command });
}

/** Removes the record, whichever identity it concerns. */
export function forgetSwitch(context: Changing, name: SwitchRecordName): void {
  if (readSwitch(context, name)) context.windows.removeSwitchRecord(name);
}

/** Reports cmdlets of earlier runs that could not be ended in time, and have ended since. */
export function reportLateOutcomes(context: Changing): void {
  for (const outcome of context.windows.removeLeftOutcomes()) {
    context.progress.report("lateCmdlet");
    writeChange(context, "lateCmdlet", [
      `A cmdlet of an earlier run, which could not be ended in time, ended: ${outcome}`,
    ]);
  }
}
