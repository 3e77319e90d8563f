/** Where toolchains are cached: per user, per version, and built ones per content of the Go module in `go/`. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { filesBelow } from "./files";
import { PULUMI_VERSION } from "./version";

/** The Go module that a toolchain is built from. */
export const GO_MODULE = path.join(__dirname, "go");

/** Programs and scripts of a toolchain, all in one folder. */
export const TOOLCHAIN_FILES = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

/** The folder of all cached toolchains of this user: `$XDG_CACHE_HOME/connect-sync-identity`, or in `~/.cache`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG specification requires relative paths to be ignored.
  const usable = base !== undefined && path.isAbsolute(base);
  return path.join(usable ? base : path.join(os.homedir(), ".cache"), "connect-sync-identity");
}

/** The folder for the toolchain built from this Go module; its last part changes with any file of the module. */
export function builtFolder(goModule = GO_MODULE, root = cacheRoot()): string {
  return path.join(root, `pulumi-${PULUMI_VERSION}-${contentHash(goModule)}`);
}

/** The folder of Pulumi's own release. */
export function releaseFolder(root = cacheRoot()): string {
  return path.join(root, `pulumi-${PULUMI_VERSION}-release`);
}

/** Whether a folder contains a complete toolchain. Folders are moved into place as a whole: a short check is enough. */
export function isComplete(folder: string): boolean {
  return TOOLCHAIN_FILES.every((name) => fs.existsSync(path.join(folder, name)));
}

/** The first 12 hexadecimal digits of a SHA-256 over names and contents of all files in a folder. */
export function contentHash(folder: string): string {
  const hash = createHash("sha256");
  for (const file of filesBelow(folder)) {
    const content = fs.readFileSync(file);
    hash.update(`${path.relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/** Bytes that cached toolchains occupy. */
export function toolchainSize(root = cacheRoot()): number {
  return cachedFolders(root).reduce((sum, folder) => sum + folderSize(folder), 0);
}

/** Removes all cached toolchains of this user; returns the bytes freed. `go clean -cache` removes Go's own caches. */
export function removeToolchain(root = cacheRoot()): number {
  const freed = toolchainSize(root);
  for (const folder of cachedFolders(root)) fs.rmSync(folder, { recursive: true, force: true });
  return freed;
}

/** Complete toolchains, and the remains of incomplete builds. */
function cachedFolders(root: string): string[] {
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root)
    .filter((name) => name.startsWith("pulumi-") || name.startsWith(UNFINISHED))
    .map((name) => path.join(root, name));
}

/** Prefix of the names of folders that are being filled. */
export const UNFINISHED = "unfinished-";

function folderSize(folder: string): number {
  return filesBelow(folder).reduce((sum, file) => sum + fs.statSync(file).size, 0);
}
