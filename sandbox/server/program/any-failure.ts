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
  const [message, remedy] =
    kind === "disk-full"
      ? ["The server cannot write files.", "Free space on the server's system drive, then run again."]
      : [
          "A step failed in a way that this program does not know.",
          `Look at the Application log of ${windows.getHost().computerName}, then run again.`,
        ];
  return new Refusal("UNEXPECTED", { message, expected: "the step to succeed", actual, remedy }).error;
}
