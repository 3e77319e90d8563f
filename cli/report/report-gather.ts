/** Reads all that a report shows. Changes nothing. */
import * as os from "node:os";
import { issuedHash } from "../../model/certificate/certificate-source";
import { currentReader } from "../../console/current-reader";
import { observe } from "../../remote/observe";
import { observeOrganization } from "../../remote/organization";
import { readPipelineIdentity } from "../../remote/pipeline-identity";
import { observeSignedIn } from "../../remote/signed-in";
import { gatherFacts } from "../stack/gather-facts";
import type { StackContext } from "../stack/stack-context";
import { programVersion } from "../version";
import { workTreeOf } from "../work-tree";
import { pipelineRun } from "./origin/pipeline-run";
import type { ReportFacts } from "./report-facts";

/**
 * Reads state, servers and tenant. What cannot be read of servers and tenant is part of the result.
 * @throws CommandError if the stack's state cannot be read
 */
export async function gather(context: StackContext): Promise<ReportFacts> {
  const { stack, project, configuration, tenantAccess: access, program } = context;
  const pipeline = readPipelineIdentity(access).catch(() => null);
  const signedIn = observeSignedIn(access);
  const organization = observeOrganization(access);
  const deployment = context.deployment();
  const facts = await gatherFacts({
    ...{ stack, configuration, access, programSha256: program.sha256, now: new Date(), tenant: true },
    state: deployment.then(({ resources }) => resources),
    // A report only reads, so an identity that owns nothing may run it.
    observe: (server) =>
      observe(context.sshTarget(server), context.identity(server.name), access, program, {
        mode: server.mode,
        renamedFrom: server.renamedFrom,
        applicationName: server.applicationName,
        issuedSha256: issuedHash(server.certificate),
      }),
  });
  const { state, roles } = facts;
  const asked = { state: state ?? [], roles: roles! };
  return {
    reader: currentReader(),
    ...{ ...facts, ...asked, project, tenantId: access.tenantId, machine: os.hostname() },
    pipelineAppId: (await pipeline)?.appId ?? null,
    ...{ signedIn: await signedIn, run: pipelineRun(process.env), organization: await organization },
    ...{ tool: programVersion(), declaration: workTreeOf(context.projectFolder) },
    stateUpdatedAt: (await deployment).updatedAt,
  };
}
