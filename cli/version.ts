/** The version of this program, with its commit if that is known. */
import { execFileSync, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "..");

/** The commit of a clone; null if git does not say one, or says that of a folder above. */
export function commitOf(folder: string): string | null {
  if (!fs.existsSync(path.join(folder, ".git"))) return null;
  try {
    const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8", timeout: 5000, stdio }).trim();
  } catch {
    return null;
  }
}

/** `0.1.0 (commit 0123456789ab)`. A package has its commit from its build. */
export function versionText(folder: string = ROOT): string {
  const file = path.join(folder, "package.json");
  const { version, gitHead } = JSON.parse(fs.readFileSync(file, "utf8")) as { version: string; gitHead?: string };
  const commit = gitHead ?? commitOf(folder);
  return commit === null ? version : `${version} (commit ${commit.slice(0, 12)})`;
}
