/** Any failure as an error of the protocol: a refusal, or what Windows threw. */
import type { HostError } from "../../../model/protocol/host-protocol";
import { WindowsError, type Windows } from "../windows";
import { keyUnavailable } from "./certificates";
import { notAdministrator } from "./preflight";
import { Refusal } from "./refusal";

export function toHostError(error: unknown, windows: Windows): HostError {
  if (error instanceof Refusal) return error.error;
  const kind = error instanceof WindowsError ? error.kind : "failed";
  const actual = error instanceof Error ? error.message : String(error);
  if (error instanceof WindowsError && kind === "key") return keyUnavailable(error.message, error.hresult).error;
  if (kind === "access-denied") return notAdministrator(actual).error;
  if (kind === "foreign-folder") {
    return new Refusal("DATA_FOLDER_FOREIGN", { expected: "a folder of administrators or SYSTEM", actual }).error;
  }
  const found = { expected: "the step to succeed", actual };
  if (kind === "disk-full") return new Refusal("UNEXPECTED.disk", found).error;
  return unexpected(windows, found).error;
}

/** @param found what was expected and what was found */
export function unexpected(windows: Windows, found: { expected: string; actual: string }): Refusal {
  return new Refusal("UNEXPECTED", { ...found, detail: [windows.getHost().computerName] });
}
