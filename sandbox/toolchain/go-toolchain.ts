/** The Go that builds the toolchain: is it there, is it new enough, is there room for what it keeps? */
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheRoot } from "./cache";
import { networkEnvironment } from "./environment";
import { runLimited } from "../../console/processes/run-limited";
import { isAtLeast } from "./version";

/** Since this version Go fetches, by itself, the later Go that a module asks for. */
const FETCHES_LATER_GO = "1.21.0";

/**
 * Room that a build needs where Go's caches are cold, in bytes. Measured on Linux with Go 1.26: 1.7 GB of modules (1.2 GB
 * unpacked, the rest as fetched), 1.5 GB of compiled packages, and 0.14 GB of result, as much again while linking.
 */
const DISK_NEEDED = { modules: 1.8e9, compiled: 1.6e9, result: 0.3e9 } as const;

export interface GoEnvironment {
  GOVERSION: string;
  GOTOOLCHAIN: string;
  GOCACHE: string;
  GOMODCACHE: string;
}

/** Where Go keeps things and takes modules from; XDG_* because its own defaults depend on them. */
const GO_SETTINGS = [
  "GOPATH",
  "GOCACHE",
  "GOMODCACHE",
  "GOENV",
  "GOTOOLCHAIN",
  "GOPROXY",
  "GOSUMDB",
  "GOPRIVATE",
  "GONOPROXY",
  "GONOSUMDB",
  "GOINSECURE",
  "GOAUTH",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
] as const;

/**
 * Variables for running Go: the user's own settings for where modules come from, and nothing of what changes how code is
 * compiled. Without C, so that no compiler is needed and two machines build the same.
 */
export function goVariables(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const settings = Object.fromEntries(GO_SETTINGS.map((name) => [name, from[name]]));
  // Of the two folders that Go keeps at home, XDG_CACHE_HOME moves only one.
  if (!from.GOPATH && !from.GOMODCACHE && !isWritableFolder(from.HOME)) {
    settings.GOMODCACHE = path.join(cacheRoot(from), "go-modules");
  }
  return networkEnvironment(
    { ...settings, GOFLAGS: "-mod=readonly -trimpath -buildvcs=false", GOWORK: "off", CGO_ENABLED: "0" },
    from,
  );
}

function isWritableFolder(folder = ""): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return fs.statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/**
 * What `go env` says of the Go on PATH.
 *
 * @throws an error with the remedy where there is none.
 */
export async function readGoEnvironment(env: NodeJS.ProcessEnv, needed: string): Promise<GoEnvironment> {
  const remedy = `Go ${needed} or later builds the Pulumi CLI; install it (https://go.dev/dl), or install Pulumi itself`;
  const args = ["env", "-json", "GOVERSION", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"];
  // Outside of any module: inside, an old Go would already fetch the later one, only to answer this.
  const result = await runLimited("go", args, { env, cwd: path.parse(process.cwd()).root, limitSeconds: 30 }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Error(
        error.code === "ENOENT" ? `"go" is not on PATH. ${remedy}.` : `"go env" failed: ${error.message}`,
      );
    },
  );
  if (result.exitCode !== 0) throw new Error(`"go env" ended with exit code ${result.exitCode}. ${remedy}.`);
  return JSON.parse(result.stdout) as GoEnvironment;
}

/** The Go version that a go.mod asks for. */
export function goVersionOf(goModule: string): string {
  const text = fs.readFileSync(path.join(goModule, "go.mod"), "utf8");
  const line = /^go (\S+)$/m.exec(text);
  if (!line) throw new Error(`${path.join(goModule, "go.mod")} does not say which Go it needs`);
  return line[1];
}

/**
 * Whether this Go can build the module.
 *
 * @returns a line to show where it first has to fetch a later Go; undefined where it is new enough by itself.
 * @throws an error that names both versions and the remedy where it cannot.
 */
export function checkGoVersion(go: GoEnvironment, needed: string): string | undefined {
  if (isAtLeast(go.GOVERSION, needed)) return undefined;
  const found = go.GOVERSION.replace(/^go/, "");
  if (isAtLeast(go.GOVERSION, FETCHES_LATER_GO) && go.GOTOOLCHAIN !== "local") {
    return `Go ${found} will fetch Go ${needed} by itself, as the build needs it`;
  }
  const local = go.GOTOOLCHAIN === "local" ? " (GOTOOLCHAIN=local keeps it from fetching a later one)" : "";
  throw new Error(
    `Go ${found} is too old to build the Pulumi CLI${local}: install Go ${needed} or later, or Pulumi itself.`,
  );
}

/** A place on disk and the bytes that the build may add there. */
export interface Need {
  folder: string;
  bytes: number;
}

/** What the build adds where; modules that are already there need no room again. */
export function diskNeeds(go: GoEnvironment, cache: string, pulumiVersion: string): Need[] {
  const module = path.join(go.GOMODCACHE, "github.com/pulumi/pulumi/pkg", `v3@v${pulumiVersion}`);
  return [
    { folder: cache, bytes: DISK_NEEDED.result },
    { folder: go.GOCACHE, bytes: DISK_NEEDED.compiled },
    { folder: go.GOMODCACHE, bytes: fs.existsSync(module) ? 0 : DISK_NEEDED.modules },
  ];
}

/**
 * Checks for room, summed up for each file system.
 *
 * @throws an error that names folder, bytes needed and bytes free.
 */
export function checkDisk(
  needs: readonly Need[],
  deviceOf: (folder: string) => number = (folder) => fs.statSync(existing(folder)).dev,
  freeIn: (folder: string) => number = freeBytes,
): void {
  const devices = new Map<number, Need>();
  for (const { folder, bytes } of needs) {
    const device = deviceOf(folder);
    const before = devices.get(device);
    devices.set(device, { folder: before?.folder ?? folder, bytes: (before?.bytes ?? 0) + bytes });
  }
  for (const { folder, bytes } of devices.values()) {
    const free = freeIn(folder);
    if (free < bytes) {
      throw new Error(
        `Building the Pulumi CLI needs ${gigabytes(bytes)} of disk, and ${folder} has ${gigabytes(free)}: make room, ` +
          "set XDG_CACHE_HOME, GOCACHE and GOMODCACHE to a larger disk, or install Pulumi itself.",
      );
    }
  }
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function freeBytes(folder: string): number {
  const disk = fs.statfsSync(existing(folder));
  return disk.bavail * disk.bsize;
}

/** The folder itself, or the nearest one above it that exists. */
function existing(folder: string): string {
  return fs.existsSync(folder) ? folder : existing(path.dirname(folder));
}
