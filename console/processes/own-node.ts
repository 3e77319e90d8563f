/** Which Node.js children run on. */
import * as fs from "node:fs";
import * as path from "node:path";
import { findOnPath } from "./find-on-path";

/**
 * The search path, with the Node.js of this process in front if "node" is another one there: Pulumi starts the program,
 * its providers and policy packs with the first "node" on PATH.
 */
export function withOwnNode(searchPath: string, ownNode = process.execPath): string {
  const found = findOnPath("node", searchPath);
  if (found !== undefined && fs.realpathSync(found) === fs.realpathSync(ownNode)) return searchPath;
  return [path.dirname(ownNode), searchPath].filter(Boolean).join(path.delimiter);
}
