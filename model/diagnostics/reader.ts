/** Who reads what a process shows: known from its environment. Pure. */
import type { Cloud } from "../tenant/clouds";
import type { Reader } from "./remedy";

/** The stack that belongs to the sandbox. */
export const SANDBOX_STACK = "dev";
/** Set by the sandbox for what it starts: the folder of the sandbox. */
export const SANDBOX_VARIABLE = "SANDBOX_STARTED";
/** The folder of the project that the sandbox runs, as the reader typed it; not set for this repository's own. */
export const PROJECT_VARIABLE = "SANDBOX_PROJECT";

/**
 * @param environment of the process that shows the text
 * @param folder the project's folder as the reader typed it; null if the reader is in it, as readers of Pulumi's output are
 * @param cloud of the stack's tenant, if it is known
 */
export function readerOf(
  stack: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string | null = null,
  cloud?: Cloud,
): Reader {
  const sandbox = stack === SANDBOX_STACK && environment[SANDBOX_VARIABLE] !== undefined;
  const project = sandbox && environment[PROJECT_VARIABLE] ? { project: environment[PROJECT_VARIABLE] } : {};
  return { stack, sandbox, folder, ...project, ...(cloud === undefined ? {} : { cloud }) };
}
