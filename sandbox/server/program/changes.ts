/** What a run changed, for the server's event log. */
import { CHANGE_EVENTS, LONGEST_CHANGE_STATE } from "../../../model/protocol/host-constants";
import type { HostError } from "../../../model/protocol/host-protocol";
import type { Context } from "./context";

/** Writes an entry; a log that takes none ends no operation, but is reported. */
export function writeChange(
  { windows, request, operation, run, progress }: Context<{ server: string }>,
  kind: keyof typeof CHANGE_EVENTS,
  lines: string[],
): void {
  const own = [`Operation: ${operation} of ${request.server}`, `By: ${windows.getCaller().account}`, `Run: ${run}`];
  try {
    windows.writeEvent(CHANGE_EVENTS[kind], [...lines, ...own].join("\r\n"));
  } catch {
    progress.report("noEvent");
  }
}

/** Writes what an operation changed, or changed before it failed. */
export function writeOutcome(context: Context<{ server: string }>, result: unknown, error: HostError | null): void {
  if (!context.changed) return;
  if (error) {
    const { code, message, expected, actual } = error;
    writeChange(context, "failed", [
      "ConnectSyncIdentity changed this server before it failed.",
      `Error: ${code}: ${message} Expected ${expected}; found ${actual}.`,
    ]);
    return;
  }
  const states = result as { before?: unknown; after?: unknown };
  const lines = (["before", "after"] as const)
    .filter((name) => name in states)
    .map((name) => `${name}: ${stateText(states[name])}`);
  writeChange(context, "changed", ["ConnectSyncIdentity changed this server.", ...lines]);
}

/** A state as text; the certificate itself is left out, its hashes are there. */
function stateText(value: unknown): string {
  const text = JSON.stringify(value, (key, entry: unknown) => (key === "certificate" ? "..." : entry));
  return text.slice(0, LONGEST_CHANGE_STATE);
}
