/** How a program fails and still registers all resources. */
import type * as pulumi from "@pulumi/pulumi";
import { logError } from "./log";

/**
 * The exit code by which a program signals to the language host that it failed and has logged why. A logged error alone
 * does not fail a preview, and a thrown error would leave resources unregistered (cmd/run of the SDK and the host).
 */
const FAILED_AND_SAID_WHY = 32;

/** Logs an error, and lets the run fail with it after the program has finished. */
export function failRun(message: string, resource: pulumi.Resource): void {
  logError(message, resource);
  process.exitCode = FAILED_AND_SAID_WHY;
}
