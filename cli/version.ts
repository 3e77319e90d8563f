/** The version of this program, with its commit if that is known. */
import { execFileSync, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "..");

/** What git prints in a clone; null if it is none, or git does not answer. */
function git(folder: string, args: readonly string[]): string | null {
  // In a folder within another clone, git would speak of that one.
  if (!fs.existsSync(path.join(folder, ".git"))) return null;
  try {
    const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", timeout: 5000, stdio }).trim();
  } catch {
    return null;
  }
}

/** The commit of a clone; null if git does not say one, or says that of a folder above. */
export const commitOf = (folder: string): string | null => git(folder, ["rev-parse", "HEAD"]);

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
