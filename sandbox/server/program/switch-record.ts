/** The record of a switch across runs: one that waits for a sign-in, or one that is not verified yet. */
import type { RegisterRequest } from "../../../model/protocol/host-protocol";
import type { SwitchRecord, SwitchRecordName, Windows } from "../windows";

type Identity = Pick<RegisterRequest, "appId" | "certificateSha256">;

/** The record, if it concerns this application and certificate. */
export function readSwitch(windows: Windows, name: SwitchRecordName, identity: Identity): SwitchRecord | null {
  const record = windows.readSwitchRecord(name);
  const { appId, certificateSha256 } = identity;
  return record?.appId === appId && record.certificateSha256 === certificateSha256 ? record : null;
}

/** Writes the record; `since` remains if it concerned the same application and certificate already. */
export function rememberSwitch(
  windows: Windows,
  name: SwitchRecordName,
  { appId, certificateSha256 }: Identity,
  command: string | null = null,
): void {
  const since = readSwitch(windows, name, { appId, certificateSha256 })?.since ?? windows.getTime();
  windows.writeSwitchRecord(name, { since, appId, certificateSha256, command });
}

/** Removes the record, whichever identity it concerns. */
export function forgetSwitch(windows: Windows, name: SwitchRecordName): void {
  if (windows.readSwitchRecord(name)) windows.removeSwitchRecord(name);
}
