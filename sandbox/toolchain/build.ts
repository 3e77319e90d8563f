/** Builds the Pulumi CLI and the language host from Go modules, for machines that reach package registries only. */
import * as fs from "node:fs";
import * as path from "node:path";
import { builtFolder, GO_MODULE, isComplete } from "./cache";
import { childEnvironment } from "./environment";
import { makeExclusively } from "./exclusive";
import { checkGo, goBuild, lastLines } from "./go-build";
import { checkDisk, diskNeeds, gigabytes, goVariables } from "./go-toolchain";
import { showProgress } from "./progress";
import { runLimited } from "../../console/processes/run-limited";
import { PULUMI_VERSION } from "./version";

const PROGRAMS = [
  { name: "pulumi-language-nodejs", source: "./language-nodejs" },
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
  const go = await checkGo(goModule, env, log);
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
  try {
    for (const program of PROGRAMS) await goBuild(program, path.join(folder, program.name), goModule, env);
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
