/** What git says of a folder's work tree. */
import { execFileSync, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What git prints at the root of a work tree; null if it is none, or git does not answer. */
export function git(root: string, args: readonly string[]): string | null {
  // In a folder within another clone, git would speak of that one.
  if (!fs.existsSync(path.join(root, ".git"))) return null;
  try {
    const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { cwd: root, encoding: "utf8", timeout: 5000, stdio }).trim();
  } catch {
    return null;
  }
}

/** The commit that is checked out; null if git does not say one. */
export const commitOf = (root: string): string | null => git(root, ["rev-parse", "HEAD"]);

/** The root of the work tree that a folder is in; the folder itself if it is in none. */
export function repositoryOf(folder: string): string {
  let at = path.resolve(folder);
  while (!fs.existsSync(path.join(at, ".git"))) {
    const parent = path.dirname(at);
    if (parent === at) return path.resolve(folder);
    at = parent;
  }
  return at;
}

export interface WorkTree {
  commit: string;
  /** Whether files below the folder differ from the commit, new ones included; null if git does not say. */
  modified: boolean | null;
}

/** The commit that a folder's files are of; null if it is in no work tree, or that has no commit. */
export function workTreeOf(folder: string): WorkTree | null {
  const root = repositoryOf(folder);
  const commit = commitOf(root);
  if (commit === null) return null;
  const below = path.relative(root, path.resolve(folder)) || ".";
  const changes = git(root, ["--no-optional-locks", "status", "--porcelain", "--", below]);
  return { commit, modified: changes === null ? null : changes !== "" };
}
