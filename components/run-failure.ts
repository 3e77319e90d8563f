/** How a program fails without leaving resources unregistered. */
import type * as pulumi from "@pulumi/pulumi";
import { logError } from "./log";

/**
 * The exit code with which a program tells the language host that it failed and has said why. A logged error alone does
 * not fail a preview, and to throw would leave resources unregistered (cmd/run of the SDK and the language host).
 */
const FAILED_AND_SAID_WHY = 32;

/** Logs an error and lets the run fail with it once the program is through. */
export function failRun(message: string, resource: pulumi.Resource): void {
  logError(message, resource);
  process.exitCode = FAILED_AND_SAID_WHY;
}
