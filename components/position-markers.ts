/** Errors that are made for their position alone, and what they would cost. */
import sdk = require("@pulumi/pulumi/runtime/debuggable");

/** How the SDK follows a promise until it is settled; not among its declared functions. */
interface Following {
  debuggablePromise<T>(promise: Promise<T>, context: unknown): Promise<T>;
}

const following = sdk as unknown as Following;
const withStack = following.debuggablePromise;

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
 * Leaves the stack out of errors that have no message, and of promises; once, if called again. The SDK makes one per resource, to
 * write its position into state, and one per promise, to find one that is never settled. Those of a fleet took as long as
 * everything else that the program computes, and a tenth of the state. With `PULUMI_DEBUG_PROMISE_LEAKS`, promises keep theirs.
 */
export function leaveOutPositions(): void {
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) following.debuggablePromise = withoutStack;
  if (installed && Error.prepareStackTrace === installed) return;
  const before = Error.prepareStackTrace;
  installed = (error, frames) => {
    if (error.constructor === Error && error.message === "") return "Error";
    return before ? before(error, frames) : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  Error.prepareStackTrace = installed;
}
