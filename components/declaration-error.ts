/** DeclarationError: invalid arguments of a class of this package. */
import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import { lineOf } from "./this-reader";

/**
 * Invalid arguments of {@link ConnectSyncIdentity}, {@link TenantDirectory} or {@link SyncRoleGuard}. Thrown before the
 * class has registered anything; `message` has one line for each problem, and Pulumi shows it without a stack trace.
 */
export class DeclarationError extends pulumi.ResourceError {
  /** Code of the first problem, for scripts. */
  readonly code: string;

  /**
   * @param subject what was being created, e.g. `"ConnectSyncIdentity sync01"`
   * @param problems all problems found, at least one
   * @param resource the resource that Pulumi shows with the error: the parent, as the resource itself does not exist
   */
  constructor(
    subject: string,
    /** Every problem found. */
    readonly problems: readonly Diagnostic[],
    resource?: pulumi.Resource,
  ) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${lineOf(problem)}`);
    super(`the arguments of ${subject} have ${count}:\n${lines.join("\n")}`, resource, true);
    this.name = "DeclarationError";
    this.code = problems[0].code;
  }
}
