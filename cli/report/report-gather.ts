/** Reads all that a report shows. Changes nothing anywhere. */
import * as os from "node:os";
import { currentReader } from "../../console/current-reader";
import { observe } from "../../remote/observe";
import { readPipelineIdentity } from "../../remote/pipeline-identity";
import { gatherFacts } from "../stack/gather-facts";
import type { Workbench } from "../stack/stack-context";
import type { ReportFacts } from "./report-facts";

/**
 * Reads state, servers and tenant. What of servers and tenant cannot be seen is part of what was seen.
 * @throws SandboxError where the stack's state cannot be read
 */
export async function gather(bench: Workbench): Promise<ReportFacts> {
  const { stack, project, configuration, tenantAccess: access, program } = bench;
  const pipeline = readPipelineIdentity(access).catch(() => null);
  const facts = await gatherFacts({
    ...{ stack, configuration, access, programSha256: program.sha256, now: new Date(), tenant: true },
    state: bench.state(),
    // A report only reads, so an identity that owns nothing is no obstacle to it.
    observe: (server) =>
      observe(bench.sshTarget(server), bench.identity(server.name), access, program, false, server.renamedFrom),
  });
  const { state, roles } = facts;
  const asked = { state: state ?? [], roles: roles! };
  return {
    reader: currentReader(),
    ...{ ...facts, ...asked, project, tenantId: access.tenantId, machine: os.hostname() },
    pipelineAppId: (await pipeline)?.appId ?? null,
  };
}
