/**
 * Reports a step on a server that takes longer than all of its own limits together. Pulumi's command plugin limits neither
 * the handshake nor a command, and no run can end a step of the engine's: so a person has to know which server it is.
 */
import * as pulumi from "@pulumi/pulumi";
import { diagnose } from "../model/diagnostics/diagnostic";
import { fetchHostKey } from "../remote/host-key";
import { logWarning } from "./log";
import { REGISTRATION_BOUNDS } from "./host-registration";
import { lineOf } from "./this-reader";
import type { SshTarget } from "../remote/ssh-target";

const { replicationSeconds, cycleSeconds, cmdletSeconds, verifySeconds } = REGISTRATION_BOUNDS;

/** Seconds after which a step is overdue: the sum of the waits that it may contain, and a margin for the rest. */
export const STEP_SECONDS = {
  program: 300,
  certificate: 600,
  // A running cycle is waited for before and after the pause; a switch that is not verified is switched back.
  registration: replicationSeconds + 2 * cycleSeconds + 2 * cmdletSeconds + verifySeconds + 300,
};

/** Resolves once a resource is done in this run; never if it fails, which ends the program. */
const doneOf = (resource: pulumi.Resource) => new Promise<void>((resolve) => resource.urn.apply(() => resolve()));

/** Whether the server answers at this moment, in words. */
async function answers(target: SshTarget): Promise<string> {
  const seen = await fetchHostKey(target);
  return seen.kind === "failed" ? `its SSH port does not answer (${seen.problem.actual})` : "its SSH port answers";
}

/**
 * Watches a resource from the moment on at which all that it waits for is done.
 *
 * @param step its part of the name
 * @param after what it waits for
 * @param target how its server is reached
 */
export function watchStep(
  resource: pulumi.Resource,
  step: keyof typeof STEP_SECONDS,
  after: readonly pulumi.Resource[],
  target: Promise<SshTarget>,
): void {
  if (pulumi.runtime.isDryRun()) return;
  const seconds = STEP_SECONDS[step];
  const report = async (begun: Date) => {
    const to = await target;
    const since = begun.toISOString().slice(11, 16);
    const values = { step, since, minutes: Math.round(seconds / 60), now: await answers(to) };
    logWarning(lineOf(diagnose("STEP_OVERDUE", to.server, values)), resource);
  };
  void Promise.all(after.map(doneOf)).then(() => {
    const begun = new Date();
    const timer = setTimeout(() => void report(begun), seconds * 1000);
    // The step itself keeps the program waiting.
    timer.unref();
    void doneOf(resource).then(() => clearTimeout(timer));
  });
}
