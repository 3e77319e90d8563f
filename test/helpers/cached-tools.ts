/** Programs of others that tests ask: fetched once for each user, by an exact version. Where one cannot be had, its test is skipped. */
import * as fs from "node:fs";
import * as path from "node:path";
import { findOnPath } from "../../console/processes/find-on-path";
import { runLimited } from "../../console/processes/run-limited";
import { cacheRoot } from "../../sandbox/toolchain/cache";
import { networkEnvironment } from "../../sandbox/toolchain/environment";
import { makeExclusively } from "../../sandbox/toolchain/exclusive";

export const LIMIT_SECONDS = 100;

const quiet = () => undefined;

export async function must(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, stderr } = await runLimited(program, args, { env, limitSeconds: LIMIT_SECONDS });
  if (exitCode !== 0) throw new Error(`${program} ${args[0]}: ${stderr.trim().split("\n").at(-1)}`);
}

/** A tool in the user's cache; null where it cannot be had. */
export async function cachedTool(
  name: string,
  program: string,
  fill: (folder: string) => Promise<void>,
): Promise<string | null> {
  const folder = path.join(cacheRoot(), name);
  const isComplete = (made: string) => fs.existsSync(path.join(made, program));
  try {
    await makeExclusively({ folder, isComplete, fill, what: name, log: quiet });
    return path.join(folder, program);
  } catch (error) {
    console.error(`      ${name} cannot be had here: ${(error as Error).message}`);
    return null;
  }
}

/**
 * A package of Python in a folder of its own, for the Python of this machine.
 *
 * @param module its file or folder below that
 * @returns the environment to run python3 in; null where it cannot be had
 */
export async function pythonWith(name: string, version: string, module: string): Promise<NodeJS.ProcessEnv | null> {
  if (!findOnPath("python3")) return null;
  const found = await cachedTool(`${name}-${version}`, module, (folder) => {
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder];
    return must("python3", [...args, `${name}==${version}`], networkEnvironment());
  });
  return found === null ? null : { ...networkEnvironment(), PYTHONPATH: path.dirname(found) };
}
