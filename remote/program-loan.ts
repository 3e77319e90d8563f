/** The host program on a server that has none, for the time of one operation that pauses the scheduler. */
import * as fs from "node:fs";
import * as path from "node:path";
import { removeProgramCommand } from "../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES, PROGRAM_FOLDER } from "../model/protocol/host-protocol";
import type { HostProgramFiles } from "./host-program-files";
import { SshConnection } from "./ssh";
import type { SshTarget } from "./ssh-target";

const REMOVAL_LIMIT_SECONDS = 120;

/**
 * Runs an operation while the program is installed: the task that puts the scheduler back runs that one. A program that was
 * copied for it is removed after success. After a failure it stays, as the task may still need it; the next run finds it.
 *
 * @throws ProblemError SFTP_REFUSED before anything is done, and what the operation throws
 */
export async function withProgram<T>(
  target: SshTarget,
  program: HostProgramFiles,
  operation: () => Promise<T>,
): Promise<T> {
  const names = [...PROGRAM_FILES, MANIFEST_FILE];
  const files = names.map((name) => ({ name, content: fs.readFileSync(path.join(program.folder, name)) }));
  const lent = await connected(target, (connection) => connection.putFiles(PROGRAM_FOLDER, files));
  const result = await operation();
  if (lent) await connected(target, (connection) => connection.run(removeProgramCommand(), "", REMOVAL_LIMIT_SECONDS));
  return result;
}

async function connected<T>(target: SshTarget, work: (connection: SshConnection) => Promise<T>): Promise<T> {
  const connection = await SshConnection.open(target);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
