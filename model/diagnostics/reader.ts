/** Who reads what a process shows: known from its environment and from where the program is. Pure. */
import type { Reader } from "./remedy";

/** The stack that belongs to the sandbox. */
export const SANDBOX_STACK = "dev";
/** Set by the sandbox for what it starts: the folder of the sandbox. */
export const SANDBOX_VARIABLE = "SANDBOX_STARTED";

/** Set by GitHub Actions and most other pipelines, and by Azure Pipelines. */
const PIPELINE_VARIABLES = ["CI", "GITHUB_ACTIONS", "TF_BUILD"];

/**
 * @param environment of the process that shows the text
 * @param folder where this project's code is
 */
export function readerOf(
  stack: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Reader {
  const sandbox = stack === SANDBOX_STACK && environment[SANDBOX_VARIABLE] !== undefined;
  const pipeline = PIPELINE_VARIABLES.some((name) => environment[name]);
  const packaged = /[\\/]node_modules[\\/]/.test(folder);
  return { stack, sandbox, started: pipeline ? "pipeline" : packaged ? "package" : "clone" };
}
