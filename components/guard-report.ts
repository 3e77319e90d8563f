/** Reports what a guard found once: in the run that found it. */
import * as pulumi from "@pulumi/pulumi";
import { thisRun } from "./this-run";
import { logWarning } from "./log";

/**
 * Logs findings from the resource's outputs: in a preview what `check` found, in an `up` what was found and done.
 *
 * @returns the findings of this run; empty if the resource only repeats what an earlier run stored in state
 */
export function reportFindings(
  guard: pulumi.Resource,
  findings: pulumi.Output<string[]>,
  run: pulumi.Output<string>,
): pulumi.Output<string[]> {
  const current = thisRun();
  const own = pulumi.all([findings, run]).apply(([lines, of]) => (of === current ? lines : []));
  own.apply((lines) => lines.forEach((line) => logWarning(line, guard)));
  return own;
}
