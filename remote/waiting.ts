/** Reports that a request waits to the one who runs it: a command's progress, Pulumi's log, or no one. */

type Listener = (text: string) => void;

let listener: Listener = () => undefined;

/** @param say is called with one line for each wait that is long enough to be noticed */
export function sayWaits(say: Listener): void {
  listener = say;
}

/** Shorter waits are not worth a line. */
const NOTICEABLE_MILLISECONDS = 1000;

/**
 * @param what is waited for, such as a host
 * @param why as a clause
 */
export function waits(what: string, why: string, milliseconds: number): void {
  if (milliseconds < NOTICEABLE_MILLISECONDS) return;
  listener(`${what}: ${why}; trying again in ${Math.ceil(milliseconds / 1000)} s`);
}
