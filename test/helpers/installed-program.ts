/** The host program on an emulated machine, where CopyToRemote puts it: the restore task runs that one. */
import * as fs from "node:fs";
import { PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { readHostProgram } from "../../remote/host-program-files";
import type { Machine } from "../../sandbox/server/machine";

export function installProgram({ files }: Machine): void {
  fs.cpSync(readHostProgram().folder, files.local(PROGRAM_FOLDER), { recursive: true });
}
