/** A server as a command sees it before it changes anything: one that belongs elsewhere is refused by name. */
import type { HostObservation } from "../../model/protocol/host-protocol";
import { ProblemError } from "../../model/diagnostics/diagnostic";
import { belongingProblem } from "../../remote/belonging";
import { observeHost } from "../../remote/observe-host";
import type { SshTarget } from "../../remote/ssh-target";
import type { StackContext } from "./stack-context";

/**
 * Observes a server of the stack, and changes nothing.
 * @throws ProblemError if it cannot be observed, or belongs elsewhere
 */
export async function observeServer(
  context: Pick<StackContext, "identity" | "program" | "tenantAccess">,
  name: string,
  target: SshTarget,
): Promise<HostObservation> {
  const facts = await observeHost(target, context.identity(name), context.program);
  const problem = await belongingProblem(context.tenantAccess, name, facts);
  if (problem) throw new ProblemError([problem]);
  return facts;
}
