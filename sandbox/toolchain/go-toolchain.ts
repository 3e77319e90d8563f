/** The Go that builds the toolchain: whether it exists, is new enough, and has enough disk space. */
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheRoot } from "./cache";
import { networkEnvironment } from "./environment";
import { runLimited } from "../../console/processes/run-limited";
import { isAtLeast } from "./version";

/** From this version, Go automatically downloads the later Go that a module requires. */
const FETCHES_LATER_GO = "1.21.0";

/**
 * Disk space that a build needs if Go's caches are empty, in bytes. Measured on Linux, Go 1.26: 1.7 GB of modules (1.2
 * GB unpacked, the rest as downloaded), 1.5 GB of compiled packages, and 0.14 GB of result, twice that while linking.
 */
const DISK_NEEDED = { modules: 1.8e9, compiled: 1.6e9, result: 0.3e9 } as const;

export interface GoEnvironment {
  GOVERSION: string;
  GOTOOLCHAIN: string;
  GOCACHE: string;
  GOMODCACHE: string;
}

/** Where Go stores its data and gets modules from; XDG_* because its own defaults depend on them. */
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

/** The user's settings of where Go stores its data and gets modules from. */
export function goSettings(from: NodeJS.ProcessEnv = process.env): Record<string, string | undefined> {
  return Object.fromEntries(GO_SETTINGS.map((name) => [name, from[name]]));
}

/**
 * Variables for running Go: the user's settings for module sources, and none that change how code is
 * compiled. Without C, so that no C compiler is needed and two machines build the same.
 */
export function goVariables(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const settings = goSettings(from);
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
 * The output of `go env` for the Go on PATH.
 *
 * @throws an error with the remedy if there is none.
 */
export async function readGoEnvironment(env: NodeJS.ProcessEnv, needed: string): Promise<GoEnvironment> {
  const remedy = `Go ${needed} or later builds the Pulumi CLI; install it (https://go.dev/dl), or install Pulumi itself`;
  const args = ["env", "-json", "GOVERSION", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"];
  // Outside any module: inside one, an old Go would download the later one just to answer this.
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

/** The Go version that a go.mod requires. */
export function goVersionOf(goModule: string): string {
  const text = fs.readFileSync(path.join(goModule, "go.mod"), "utf8");
  const line = /^go (\S+)$/m.exec(text);
  if (!line) throw new Error(`${path.join(goModule, "go.mod")} does not state a Go version`);
  return line[1];
}

/**
 * Whether this Go can build the module.
 *
 * @returns a line to show if it must first download a later Go; undefined if it is new enough.
 * @throws an error that names both versions and the remedy if it cannot.
 */
export function checkGoVersion(go: GoEnvironment, needed: string): string | undefined {
  if (isAtLeast(go.GOVERSION, needed)) return undefined;
  const found = go.GOVERSION.replace(/^go/, "");
  if (isAtLeast(go.GOVERSION, FETCHES_LATER_GO) && go.GOTOOLCHAIN !== "local") {
    return `Go ${found} will download Go ${needed}, which the build needs`;
  }
  const local = go.GOTOOLCHAIN === "local" ? " (GOTOOLCHAIN=local prevents the download of a later one)" : "";
  throw new Error(
    `Go ${found} is too old to build the Pulumi CLI${local}: install Go ${needed} or later, or Pulumi itself.`,
  );
}

/** A folder and the bytes that the build may add there. */
export interface Need {
  folder: string;
  bytes: number;
}

/** What the build adds to each folder; modules that exist already need no more space. */
export function diskNeeds(go: GoEnvironment, cache: string, pulumiVersion: string): Need[] {
  const module = path.join(go.GOMODCACHE, "github.com/pulumi/pulumi/pkg", `v3@v${pulumiVersion}`);
  return [
    { folder: cache, bytes: DISK_NEEDED.result },
    { folder: go.GOCACHE, bytes: DISK_NEEDED.compiled },
    { folder: go.GOMODCACHE, bytes: fs.existsSync(module) ? 0 : DISK_NEEDED.modules },
  ];
}

/**
 * Checks for disk space, summed for each file system.
 *
 * @throws an error that names the folder, the bytes needed and the bytes free.
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
        `Building the Pulumi CLI needs ${gigabytes(bytes)} of disk, and ${folder} has ${gigabytes(free)}: free some space, ` +
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

/** The folder itself, or its nearest existing parent. */
function existing(folder: string): string {
  return fs.existsSync(folder) ? folder : existing(path.dirname(folder));
}
