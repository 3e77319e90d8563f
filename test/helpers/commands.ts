/** What a command line that is sent to a server starts, as cmd.exe passes it on. */
import { parseBootstrap, type Bootstrap } from "../../model/protocol/host-bootstrap";
import { startedBy } from "../../sandbox/server/shell";

/** The script of a command line that has one, else "". */
export function scriptOf(command: string): string {
  const call = startedBy(command, "cmd");
  return "script" in call ? call.script : "";
}

export const bootstrapOf = (command: string): Bootstrap | null => parseBootstrap(startedBy(command, "cmd"));
