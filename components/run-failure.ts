/** How a program fails and still registers all resources. */
import type * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import { construction } from "./construction";
import { logError, logErrors } from "./log";
import { lineOf } from "./this-reader";

/**
 * The exit code by which a program signals to the language host that it failed and has logged why. A logged error alone
 * does not fail a preview, and a thrown error would leave resources unregistered (cmd/run of the SDK and the host).
 */
const FAILED_AND_SAID_WHY = 32;

/** Logs an error, and lets the run fail with it after the program has finished. */
export function failRun(message: string, resource: pulumi.Resource): void {
  logError(message, resource);
  const constructing = construction();
  if (constructing) constructing.fail(message);
  else process.exitCode = FAILED_AND_SAID_WHY;
}

/**
 * Ends the run now, as an error in the configuration does: what is not registered yet stays as it is, because the engine
 * deletes nothing behind a program that failed.
 */
export function endRun(problems: readonly Diagnostic[]): void {
  const constructing = construction();
  if (constructing) {
    constructing.end(problems.map(lineOf).join("\n"));
    return;
  }
  // Also if nothing is left to wait for: a program that ends with 0 has its missing resources deleted.
  process.exitCode = FAILED_AND_SAID_WHY;
  void logErrors(problems.map(lineOf)).then(() => process.exit(FAILED_AND_SAID_WHY));
}

/** What a call to the engine fails with after the engine has ended the run, or while it does (grpc-js, and the SDK's own words). */
const ENGINE_GONE = new RegExp(
  [
    ...["Channel has been shut down", "Channel closed before call started", "^Resource monitor is terminating"],
    ...["^1 CANCELLED: .*context canceled", "^14 UNAVAILABLE: resource monitor shut down"],
  ].join("|"),
);

/** Whether an error says only that the engine has ended the run before. */
export const isEngineGone = (error: unknown) =>
  ENGINE_GONE.test(error instanceof Error ? error.message : String(error));

/**
 * Ends the program quietly if the engine has ended the run before it: the engine has printed why, and the failed calls of a
 * program that was still at work say nothing about the stack. Goes before the SDK's own handler, which prints all of them.
 */
export function endWithTheEngine(): void {
  const end = (error: unknown) => {
    if (isEngineGone(error)) process.exit(FAILED_AND_SAID_WHY);
  };
  process.prependListener("uncaughtException", end);
  process.prependListener("unhandledRejection", end);
}
