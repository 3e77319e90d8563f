/** Finds, installs or builds the Pulumi that the sandbox runs with. */
import * as path from "node:path";
import { buildToolchain } from "./build";
import { builtFolder, isComplete, releaseFolder } from "./cache";
import { installRelease } from "./installer";
import { findPulumiOnPath } from "./path-pulumi";
import type { Toolchain } from "./toolchain";
import { PULUMI_VERSION } from "./version";

type Source = Toolchain["source"];

/** The sources of a toolchain, each returning one or throwing its reason. Tests replace them. */
export interface Ways {
  onPath: () => Promise<Toolchain | string>;
  install: (log: (line: string) => void) => Promise<string>;
  build: (log: (line: string) => void) => Promise<string>;
  /** The folders for an installed and a built toolchain. */
  installedFolder: string;
  builtFolder: string;
}

export interface ResolveOptions {
  log: (line: string) => void;
  /** @default SANDBOX_TOOLCHAIN */
  forced?: string;
  ways?: Ways;
}

const SOURCES: readonly Source[] = ["path", "installer", "build"];

/** Why the installation failed: one process tries once, however often it is called. */
let installFailure: string | undefined;

/**
 * The Pulumi on PATH if it is supported, else Pulumi's own release, else one built from Go modules; the latter two
 * are cached per user. The cache is checked before any download. The reason for each skipped source is logged.
 *
 * @throws an error with the remedy if no source provides a toolchain.
 */
export async function resolveToolchain(options: ResolveOptions): Promise<Toolchain> {
  checkPlatform();
  const ways = options.ways ?? defaultWays();
  switch (forcedSource(options.forced ?? process.env.SANDBOX_TOOLCHAIN)) {
    case "path":
      return demand(await ways.onPath());
    case "installer":
      return cached("installer", await ways.install(options.log));
    case "build":
      return cached("build", await ways.build(options.log));
    default:
      return firstThatWorks(ways, options.log);
  }
}

async function firstThatWorks(ways: Ways, log: (line: string) => void): Promise<Toolchain> {
  const onPath = await ways.onPath();
  if (typeof onPath !== "string") return onPath;
  if (isComplete(ways.installedFolder)) return cached("installer", ways.installedFolder);
  if (isComplete(ways.builtFolder)) return cached("build", ways.builtFolder);
  log(onPath);
  if (installFailure === undefined) {
    try {
      return cached("installer", await ways.install(log));
    } catch (error) {
      installFailure = (error as Error).message;
      log(`Pulumi's own installer cannot be used here: ${installFailure}`);
    }
  }
  return cached("build", await ways.build(log));
}

/** Forgets a failed installation; for tests. */
export function forgetInstallFailure(): void {
  installFailure = undefined;
}

/** @throws on systems that the sandbox does not support */
export function checkPlatform(platform: NodeJS.Platform = process.platform): void {
  if (platform === "linux" || platform === "darwin") return;
  const remedy = platform === "win32" ? "Use WSL (Windows Subsystem for Linux)" : "Use one of those";
  throw new Error(`The sandbox runs on Linux and macOS, but this is ${platform}. ${remedy}.`);
}

function forcedSource(text: string | undefined): Source | undefined {
  if (!text) return undefined;
  const source = SOURCES.find((one) => one === text);
  if (!source) throw new Error(`SANDBOX_TOOLCHAIN is "${text}"; it must be one of ${SOURCES.join(", ")}.`);
  return source;
}

function demand(found: Toolchain | string): Toolchain {
  if (typeof found === "string") throw new Error(`SANDBOX_TOOLCHAIN requires the Pulumi on PATH, but ${found}.`);
  return found;
}

function cached(source: Source, folder: string): Toolchain {
  return { pulumi: path.join(folder, "pulumi"), version: PULUMI_VERSION, source, folder, languageHost: "beside" };
}

function defaultWays(): Ways {
  return {
    onPath: findPulumiOnPath,
    install: (log) => installRelease({ log }),
    build: (log) => buildToolchain({ log }),
    installedFolder: path.join(releaseFolder(), "bin"),
    builtFolder: builtFolder(),
  };
}
