/** Reads all that a report tells, all servers and the tenant at once. Changes nothing anywhere. */
import * as os from "node:os";
import { CLOUDS, PASSWORD_WRITEBACK_ROLES, SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import type { AuditEntry } from "../../model/guard/guard-audit";
import { currentReader } from "../../console/current-reader";
import { observeAudit } from "../../remote/audit-log";
import { observe, observeRoles } from "../../remote/observe";
import { readPipelineIdentity } from "../../remote/pipeline-identity";
import { findService, readCaller } from "../../remote/services";
import type { StackContext } from "../stack/stack-context";
import type { ReportFacts, SeenServer } from "./report-facts";
import { credentialFindings, roleFindings } from "./report-judgement";

/** What the tenant does not tell is told as such by the observations; here it is only left out. */
const orElse = <T>(work: Promise<T>, otherwise: T): Promise<T> => work.catch(() => otherwise);

/** Ids of the roles that the declared servers are given, by value. */
async function declaredRoleIds({ configuration, tenantAccess }: StackContext): Promise<Record<string, string>> {
  const [first] = configuration.servers;
  const wanted: [string, readonly string[]][] = [[SYNC_SERVICE_APP_ID, [SYNC_ROLE]]];
  if (configuration.servers.some(({ passwordWriteback }) => passwordWriteback)) {
    wanted.push([CLOUDS[configuration.cloud].passwordResetAppId, PASSWORD_WRITEBACK_ROLES]);
  }
  const services = await Promise.all(
    wanted.map(([appId, roles]) => orElse(findService(tenantAccess, first.name, appId, roles), null)),
  );
  return Object.assign({}, ...services.map((service) => service?.roles ?? {})) as Record<string, string>;
}

/** Who brought what the guards would tell; asked only where there is something to tell. */
async function withAudit(context: StackContext, facts: ReportFacts): Promise<ReportFacts> {
  const { tenantAccess } = context;
  const ask = (ids: string[]): Promise<AuditEntry[] | null> =>
    ids.length === 0 ? Promise.resolve([]) : observeAudit(tenantAccess, ids);
  const subjects = [...new Set(roleFindings(facts).flatMap(({ object }) => object ?? []))];
  const asked = facts.configuration.servers.map(async (server): Promise<[string, SeenServer]> => {
    const seen = facts.servers[server.name];
    const { application } = seen.observation.tenant;
    const told = credentialFindings(facts, server).length > 0 && application !== null;
    const ids = told ? [application.objectId, ...(application.principal ? [application.principal.objectId] : [])] : [];
    return [server.name, { ...seen, audit: await ask(ids) }];
  });
  const [servers, rolesAudit] = await Promise.all([Promise.all(asked), ask(subjects)]);
  return { ...facts, servers: Object.fromEntries(servers), rolesAudit };
}

/**
 * Reads state, servers and tenant. What of servers and tenant cannot be seen is part of what was seen.
 * @throws CommandError where the stack's state cannot be read
 */
export async function gather(context: StackContext): Promise<ReportFacts> {
  const { configuration, tenantAccess } = context;
  const state = context.state();
  const servers = Promise.all(
    configuration.servers.map(async (server): Promise<[string, SeenServer]> => {
      const { name, renamedFrom } = server;
      const target = context.sshTarget(server);
      // A report only reads, so an identity that owns nothing is no obstacle to it.
      const seen = observe(target, context.identity(name), tenantAccess, context.program, { renamedFrom });
      return [name, { observation: await seen, audit: [] }];
    }),
  );
  const noCaller = { objectId: null, ownsOnly: false };
  const [resources, seen, roles, caller, pipeline, roleIds] = await Promise.all([
    ...([state, servers, observeRoles(tenantAccess), orElse(readCaller(tenantAccess), noCaller)] as const),
    ...([orElse(readPipelineIdentity(tenantAccess), null), declaredRoleIds(context)] as const),
  ]);
  const facts: ReportFacts = {
    reader: currentReader(),
    ...{ stack: context.stack, project: context.project, tenantId: tenantAccess.tenantId, configuration },
    ...{ takenAt: new Date().toISOString(), machine: os.hostname(), programSha256: context.program.sha256 },
    ...{ pipelineAppId: pipeline?.appId ?? null, pipelineObjectId: caller.objectId, roleIds },
    ...{ state: resources, servers: Object.fromEntries(seen), roles, rolesAudit: [] },
  };
  return withAudit(context, facts);
}
