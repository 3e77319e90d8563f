/** Builds the Pulumi CLI and the language host from Go modules, for machines that reach package registries only. */
import * as fs from "node:fs";
import * as path from "node:path";
import { builtFolder, GO_MODULE, isComplete } from "./cache";
import { childEnvironment } from "./environment";
import { makeExclusively } from "./exclusive";
import {
  checkDisk,
  checkGoVersion,
  diskNeeds,
  gigabytes,
  goVariables,
  goVersionOf,
  readGoEnvironment,
} from "./go-toolchain";
import { showProgress } from "./progress";
import { runLimited } from "../../console/processes/run-limited";
import { PULUMI_VERSION } from "./version";

/** A limit for machines that are much slower than any measured one. */
const BUILD_LIMIT_SECONDS = 45 * 60;

const PROGRAMS = [
  { name: "pulumi-language-nodejs", source: "./language-host" },
  { name: "pulumi", source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
] as const;

const LAUNCHERS = ["pulumi-resource-pulumi-nodejs"] as const;

export interface BuildOptions {
  log: (line: string) => void;
  /** @default the Go module beside this file */
  goModule?: string;
  /** @default the place of this module's toolchain in the user's cache */
  folder?: string;
  /** The environment that provides Go and its settings. @default that of this process */
  env?: NodeJS.ProcessEnv;
}

/**
 * The folder of the toolchain built from the Go module; builds it now if it does not exist.
 *
 * @throws an error with the remedy if Go is missing or too old, the disk is too small, or the build fails.
 */
export async function buildToolchain(options: BuildOptions): Promise<string> {
  const goModule = options.goModule ?? GO_MODULE;
  const folder = options.folder ?? builtFolder(goModule);
  await makeExclusively({
    folder,
    isComplete,
    what: `the Pulumi CLI ${PULUMI_VERSION}`,
    log: options.log,
    fill: (empty) => fill(empty, goModule, goVariables(options.env), options.log),
  });
  return folder;
}

async function fill(
  folder: string,
  goModule: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const needed = goVersionOf(goModule);
  const go = await readGoEnvironment(env, needed);
  const fetches = checkGoVersion(go, needed);
  if (fetches) log(fetches);
  const needs = diskNeeds(go, folder, PULUMI_VERSION);
  checkDisk(needs);
  const room = gigabytes(needs.reduce((sum, need) => sum + need.bytes, 0));
  log(`building the Pulumi CLI ${PULUMI_VERSION} from Go modules: once per user and version, up to ${room} of disk`);
  await compile(folder, goModule, env, log);
  for (const name of LAUNCHERS) {
    fs.copyFileSync(path.join(goModule, "launchers", name), path.join(folder, name));
    fs.chmodSync(path.join(folder, name), 0o755);
  }
  await checkBuilt(folder);
}

async function compile(
  folder: string,
  goModule: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const stop = showProgress(
    (seconds) =>
      `building the Pulumi CLI ${PULUMI_VERSION} from Go modules: ${seconds} s, usually 3 to 6 minutes on two cores`,
    log,
  );
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;
  try {
    for (const { name, source } of PROGRAMS) {
      const args = ["build", "-ldflags", `-s -w ${version}`, "-o", path.join(folder, name), source];
      const limits = { limitSeconds: BUILD_LIMIT_SECONDS, graceSeconds: 2, interrupt: "end" as const };
      const result = await runLimited("go", args, { env, cwd: goModule, ...limits });
      if (result.interrupted) throw new Error("The build was interrupted; the next start continues it.");
      if (result.timedOut) throw new Error(`Building ${name} took more than ${BUILD_LIMIT_SECONDS / 60} minutes.`);
      if (result.exitCode !== 0) throw new Error(`Building ${name} failed:\n${lastLines(result.stderr, 20)}`);
    }
  } finally {
    stop();
  }
}

/** A CLI that does not start, or has another version than expected, must not enter the cache. */
async function checkBuilt(folder: string): Promise<void> {
  const env = childEnvironment({ PULUMI_HOME: path.join(folder, "home"), PULUMI_SKIP_UPDATE_CHECK: "true" });
  const result = await runLimited(path.join(folder, "pulumi"), ["version"], { env, limitSeconds: 60 });
  fs.rmSync(path.join(folder, "home"), { recursive: true, force: true });
  if (result.exitCode !== 0 || result.stdout.trim() !== `v${PULUMI_VERSION}`) {
    throw new Error(
      `The built Pulumi CLI does not run as ${PULUMI_VERSION}: ${lastLines(result.stdout + result.stderr, 5)}`,
    );
  }
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
