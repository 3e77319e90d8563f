/** What the SDK does for a person who searches for an error in it, and what that would cost in every run. */
import * as log from "@pulumi/pulumi/log";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/** How the SDK follows a promise until it is settled; not among its declared functions. */
interface Following {
  debuggablePromise<T>(promise: Promise<T>, context: unknown): Promise<T>;
}

const following = debuggable as unknown as Following;
const withStack = following.debuggablePromise;
const sdkLog = log as { debug: typeof log.debug };

/** The SDK's own, without the stack of where the promise was made. */
function withoutStack<T>(promise: Promise<T>, context: unknown): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return withStack(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

let installed: typeof Error.prepareStackTrace | undefined;

/**
 * Leaves out what only a person needs who debugs the SDK; once, if called again:
 *
 * - the stack of errors that have no message: the SDK makes one for each resource, to write its position into state;
 * - the stack of each promise, and three messages to the engine for each resource, which it shows with `--debug` only. A person who needs
 *   them sets `PULUMI_DEBUG_PROMISE_LEAKS`, which is the SDK's own switch for the first.
 *
 * For fifty servers, all that took a third of the program's time, and a tenth of the state.
 */
export function leaveOutDebugging(): void {
  const searching = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);
  if (!searching) {
    following.debuggablePromise = withoutStack;
    sdkLog.debug = () => Promise.resolve();
  }
  if (installed && Error.prepareStackTrace === installed) return;
  const before = Error.prepareStackTrace;
  installed = (error, frames) => {
    const ofPromise = searching && frames[0]?.getFunctionName() === withStack.name;
    if (error.constructor === Error && error.message === "" && !ofPromise) return "Error";
    return before ? before(error, frames) : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  Error.prepareStackTrace = installed;
}
