/** Errors that are made for their position alone, and what their text would cost. */

let installed: typeof Error.prepareStackTrace | undefined;

/**
 * Leaves the stack out of errors that have no message; once, if called again. The SDK makes one per promise and one per resource, and takes its
 * text at once: to find a promise that is never settled, and to write each resource's position into state. The texts
 * of a fleet took as long as everything else that the program computes, and a tenth of the state.
 */
export function leaveOutPositions(): void {
  if (installed && Error.prepareStackTrace === installed) return;
  const before = Error.prepareStackTrace;
  installed = (error, frames) => {
    if (error.constructor === Error && error.message === "") return "Error";
    return before ? before(error, frames) : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  Error.prepareStackTrace = installed;
}
