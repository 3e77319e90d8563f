/** The Pulumi of a command that was killed: it leads a session of its own and outlives that command. */
import * as os from "node:os";
import type { SandboxFolder } from "./folder";
import { JsonFile } from "./json-file";
import { identityOf, mayLive, type ProcessIdentity } from "./process-identity";
import { killTree } from "./process-tree";
import { programName } from "./toolchain/processes";

const record = (folder: SandboxFolder) => new JsonFile<ProcessIdentity>(folder.runningFile);

/** Notes that this Pulumi runs; the function that is returned notes its end. */
export function noteRunning(folder: SandboxFolder, pid: number): () => void {
  record(folder).write(identityOf(pid));
  return () => record(folder).remove();
}

/** Ends a Pulumi that nobody waits for any more. The caller holds the folder's lock, so nobody else can. */
export function endOrphan(folder: SandboxFolder, log: (line: string) => void): void {
  const orphan = record(folder).read();
  if (orphan === undefined) return;
  const isPulumi = (programName(orphan.pid) ?? "").includes("pulumi");
  if (orphan.host === os.hostname() && isPulumi && mayLive(orphan)) {
    log(`ending the Pulumi of a command that was killed (process ${orphan.pid})`);
    killTree(orphan.pid);
  }
  record(folder).remove();
}
