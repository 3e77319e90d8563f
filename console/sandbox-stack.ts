/** The stack that belongs to the sandbox, and how a command detects that it runs inside one. */

/** The stack that the sandbox works on, and what it sets for everything that it starts. */
export { PROJECT_VARIABLE, SANDBOX_STACK as STACK, SANDBOX_VARIABLE } from "../model/diagnostics/reader";

/** Set as well: the file in which a running Pulumi is noted, so that the next command finds one that is still running. */
export const RUNNING_FILE_VARIABLE = "SANDBOX_RUNNING_FILE";
