/** Locks that a killed Pulumi left in a local file backend. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { filesBelow } from "./files";
import { isRunning, programName } from "../../console/processes/descendants";

/** The content of a lock file in Pulumi's file backend. */
interface LockContent {
  pid: number;
  hostname: string;
}

/**
 * Removes the locks of this host's dead processes, and returns their paths. Otherwise the run after a killed one would
 * need `pulumi cancel` first.
 *
 * A lock of another host remains, and so does one that cannot be read. Another process may have received the process id
 * since then, so a running process counts only if its program is Pulumi.
 *
 * @param backendFolder the folder of the file backend, which contains `.pulumi`
 */
export function staleLocks(
  backendFolder: string,
  isPulumi: (pid: number) => boolean = (pid) => isRunning(pid) && (programName(pid) ?? "pulumi").includes("pulumi"),
): string[] {
  return filesBelow(path.join(backendFolder, ".pulumi", "locks"))
    .filter((file) => file.endsWith(".json"))
    .filter((file) => {
      const content = readLock(file);
      if (!content || content.hostname !== os.hostname() || isPulumi(content.pid)) return false;
      fs.rmSync(file, { force: true });
      return true;
    });
}

function readLock(file: string): LockContent | undefined {
  try {
    const content = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<LockContent>;
    const readable = Number.isInteger(content.pid) && typeof content.hostname === "string";
    return readable ? (content as LockContent) : undefined;
  } catch {
    return undefined;
  }
}
