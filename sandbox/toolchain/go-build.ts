/** Compiles programs of the Go module with the Go on PATH. */
import { runLimited } from "../../console/processes/run-limited";
import { checkGoVersion, goVersionOf, readGoEnvironment, type GoEnvironment } from "./go-toolchain";
import { PULUMI_VERSION } from "./version";

/** A limit for machines that are much slower than any measured one. */
const BUILD_LIMIT_SECONDS = 45 * 60;

const VERSION_FLAG = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;

/**
 * The Go on PATH, if it can build the module.
 *
 * @throws an error with the remedy if it is missing or too old
 */
export async function checkGo(
  goModule: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<GoEnvironment> {
  const needed = goVersionOf(goModule);
  const go = await readGoEnvironment(env, needed);
  const fetches = checkGoVersion(go, needed);
  if (fetches) log(fetches);
  return go;
}

/**
 * Runs the go command in the module's folder.
 *
 * @param what for errors: "Building pulumi-language-yaml"
 * @returns its output
 * @throws an error with the end of its messages if it fails
 */
export async function runGo(
  args: readonly string[],
  goModule: string,
  env: NodeJS.ProcessEnv,
  what: string,
): Promise<string> {
  const limits = { limitSeconds: BUILD_LIMIT_SECONDS, graceSeconds: 2, interrupt: "end" as const };
  const result = await runLimited("go", args, { env, cwd: goModule, ...limits });
  if (result.interrupted) throw new Error("The build was interrupted; the next start continues it.");
  if (result.timedOut) throw new Error(`${what} took more than ${BUILD_LIMIT_SECONDS / 60} minutes.`);
  if (result.exitCode !== 0) throw new Error(`${what} failed:\n${lastLines(result.stderr, 20)}`);
  return result.stdout;
}

/** Compiles one program of the module to a file. */
export async function goBuild(
  program: { name: string; source: string },
  file: string,
  goModule: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const args = ["build", "-ldflags", `-s -w ${VERSION_FLAG}`, "-o", file, program.source];
  await runGo(args, goModule, env, `Building ${program.name}`);
}

export function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
