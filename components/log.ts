/**
 * What the components say through Pulumi's log: the one place that calls it. Pulumi prints a message as it is, so it is
 * encoded here, for the log of whatever CI system the run is in.
 */
import * as pulumi from "@pulumi/pulumi";
import { encodeLines } from "../model/text/encoders/text";

/** @param resource beside which Pulumi shows the message */
type Log = (message: string, resource?: pulumi.Resource) => void;

/**
 * A message beside a resource waits for its registration here: the SDK would wait with every message that comes after it,
 * also with the one that ends a run in which the resource is never registered.
 */
function beside(log: (message: string, resource?: pulumi.Resource) => Promise<void>): Log {
  return (message, resource) => {
    const text = encodeLines(message);
    if (resource) resource.urn.apply(() => log(text, resource));
    else void log(text);
  };
}

export const logInfo = beside((message, resource) => pulumi.log.info(message, resource));
export const logWarning = beside((message, resource) => pulumi.log.warn(message, resource));
export const logError = beside((message, resource) => pulumi.log.error(message, resource));

/** Errors of the run as a whole; resolves when the engine has them. */
export async function logErrors(messages: readonly string[]): Promise<void> {
  await Promise.allSettled(messages.map((message) => pulumi.log.error(encodeLines(message))));
}
