/**
 * What the components say through Pulumi's log: the one place that calls it. Pulumi prints a message as it is, so it is
 * encoded here, for the log of whatever CI system the run is in.
 */
import * as pulumi from "@pulumi/pulumi";
import { encodeLines } from "../model/text/encoders/text";

/** @param resource beside which Pulumi shows the message */
type Log = (message: string, resource?: pulumi.Resource) => void;

export const logInfo: Log = (message, resource) => void pulumi.log.info(encodeLines(message), resource);
export const logWarning: Log = (message, resource) => void pulumi.log.warn(encodeLines(message), resource);
export const logError: Log = (message, resource) => void pulumi.log.error(encodeLines(message), resource);

/** Errors of the run as a whole; resolves when the engine has them. */
export async function logErrors(messages: readonly string[]): Promise<void> {
  await Promise.allSettled(messages.map((message) => pulumi.log.error(encodeLines(message))));
}
