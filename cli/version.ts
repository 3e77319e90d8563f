/** The version of this program, with its commit if that is known. */
import * as fs from "node:fs";
import * as path from "node:path";
import { commitOf, git } from "./work-tree";

const ROOT = path.resolve(__dirname, "..");

/** What a result was made with. */
export interface ProgramVersion {
  version: string;
  /** Null in a folder that is no clone, and in a package whose build did not know it. */
  commit: string | null;
  /** Whether files of the clone differ from its commit; null in a package, or if git does not say. */
  modified: boolean | null;
}

const manifestOf = (folder: string) =>
  JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string; gitHead?: string };

/** The version of this program. A package has its commit from its build. */
export function programVersion(folder: string = ROOT): ProgramVersion {
  const { version, gitHead } = manifestOf(folder);
  if (gitHead !== undefined) return { version, commit: gitHead, modified: null };
  const changes = git(folder, ["--no-optional-locks", "status", "--porcelain", "--untracked-files=no"]);
  return { version, commit: commitOf(folder), modified: changes === null ? null : changes !== "" };
}

/** `0.1.0 (commit 0123456789ab)`. */
export function versionText(folder: string = ROOT): string {
  const { version, gitHead } = manifestOf(folder);
  const commit = gitHead ?? commitOf(folder);
  return commit === null ? version : `${version} (commit ${commit.slice(0, 12)})`;
}
