/** The Pulumi process of a killed command: it has its own session and continues after that command. */
import * as os from "node:os";
import { JsonFile } from "./json-file";
import { identityOf, mayLive, type ProcessIdentity } from "./process-identity";
import { killTree } from "./process-tree";
import { programName } from "./descendants";

const record = (file: string) => new JsonFile<ProcessIdentity>(file);

/** Notes that this Pulumi runs; the function that is returned notes its end. */
export function noteRunning(file: string, pid: number): () => void {
  record(file).write(identityOf(pid));
  return () => record(file).remove();
}

/** Ends a Pulumi process that no command waits for. The caller holds the lock of the file's folder, so no other process can. */
export function endOrphan(file: string, log: (line: string) => void): void {
  const orphan = record(file).read();
  if (orphan === undefined) return;
  const isPulumi = (programName(orphan.pid) ?? "").includes("pulumi");
  if (orphan.host === os.hostname() && isPulumi && mayLive(orphan)) {
    log(`stopping the Pulumi process of a killed command (process ${orphan.pid})`);
    killTree(orphan.pid);
  }
  record(file).remove();
}
