/** What the host program reports while it runs: short lines on stderr, which Pulumi shows beside the resource. */

/** Each step, in the words of host/ConnectSyncHost.ps1; host-program/PROTOCOL.md lists them. */
export const STEPS = {
  makingKey: "making a key and its certificate",
  enrolling: "asking the CA for a certificate",
  collecting: "asking the CA for the certificate that it was asked for before",
  keepingIssued: "leaving the certificate of a CA, and its key, where they are",
  endingPause: "ending the pause of an interrupted run",
  movingRecord: "moving a record that cannot be read aside",
  lateCmdlet: "a cmdlet of an earlier run has ended since",
  provingToken: "proving the certificate with a token from Entra",
  awaitingEntra: "waiting for Entra to accept the certificate",
  pausing: "pausing the scheduler",
  awaitingCycle: "waiting for the running synchronisation cycle to end",
  linking: "linking the connector to its application",
  rotating: "rotating the certificate of the connector",
  settling: "waiting for the connector to settle",
  restoring: "putting the scheduler back",
  verifying: "verifying by a delta cycle",
  goingBack: "going back to the certificate before",
  leaving: "moving the connector to its service account",
  removingAccount: "removing the service account from Entra",
  noEvent: "the event log of the server took no entry",
} as const;

export type Step = keyof typeof STEPS;

/** Lines that one run prints at most: they remain in state, and are part of the error of a run that fails. */
export const MOST_STEP_LINES = 12;
/** Seconds of a wait at which it is reported again. */
export const TELL_AT_SECONDS: readonly number[] = [10, 60, 300, 900];

/** For how long a step has been waited for, and may be. */
export interface Waiting {
  elapsed: number;
  bound: number;
}

/** One line of progress. */
export function formatStep(server: string, step: Step, waiting?: Waiting): string {
  const time = waiting ? ` (${Math.floor(waiting.elapsed)} s of ${waiting.bound} s)` : "";
  return `${server}: ${STEPS[step]}${time}`;
}

/** Whether a line that a host printed is one of these. */
export function isStepLine(server: string, line: string): boolean {
  return Object.values(STEPS).some((text) => line.startsWith(`${server}: ${text}`));
}
