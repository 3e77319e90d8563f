/** Reads all facts of servers and tenant concurrently. Changes nothing. */
import type { StackConfiguration, ServerConfiguration } from "../../model/configuration/configuration";
import { ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { assessFleet } from "../../model/fleet/assessment";
import type { AuditEntry } from "../../model/guard/guard-audit";
import type { Observation } from "../../model/server/observation";
import { requiredServices, type Cloud, type RequiredService } from "../../model/tenant/clouds";
import { observeAudit } from "../../remote/audit-log";
import { observeRoles } from "../../remote/observe";
import { findService, readCaller } from "../../remote/services";
import type { TenantAccess } from "../../remote/tenant-access";
import { fleetFacts, type GatheredFacts, type SeenServer } from "./fleet-facts";
import type { StateResource } from "./stack-context";

/** What is read, and how. */
export interface Gathering {
  stack: string;
  configuration: StackConfiguration;
  /** Null if there is no way to the tenant: what is observed of it says why. */
  access: TenantAccess | null;
  programSha256: string;
  now: Date;
  /** Null if state is not at hand. */
  state: Promise<readonly StateResource[] | null>;
  /** Whether to read who may synchronise. */
  tenant: boolean;
  observe(server: ServerConfiguration): Promise<Observation>;
}

/** What the tenant does not say is part of the observations; here it is only left out. */
const orElse = <T>(work: Promise<T>, otherwise: T): Promise<T> => work.catch(() => otherwise);

/** The services that the declared servers need: ids of their roles by value, and those that the tenant does not have. */
async function declaredServices({ configuration, access }: Gathering, cloud: Cloud) {
  const roleIds: Record<string, string> = {};
  const missingServices: Diagnostic[] = [];
  if (!access) return { roleIds, missingServices };
  const writesBack = configuration.servers.some(({ passwordWriteback }) => passwordWriteback);
  const look = async (service: RequiredService): Promise<void> => {
    try {
      Object.assign(roleIds, (await findService(access, null, service)).roles);
    } catch (error) {
      if (!(error instanceof ProblemError)) return;
      missingServices.push(...error.problems.filter(({ code }) => code === "SERVICE_MISSING"));
    }
  };
  await Promise.all(requiredServices(cloud, writesBack).map(look));
  return { roleIds, missingServices };
}

/** Who made the changes that the guards would show; read only if there are any. */
async function withAudit(access: TenantAccess | null, facts: GatheredFacts): Promise<GatheredFacts> {
  const ask = (ids: string[]): Promise<AuditEntry[] | null> =>
    access === null || ids.length === 0 ? Promise.resolve([]) : observeAudit(access, ids);
  const { servers: verdicts, tenant } = assessFleet(fleetFacts(facts));
  const asked = verdicts.map(async ({ server, undeclared }): Promise<[string, SeenServer]> => {
    const seen = facts.servers[server];
    const { application } = seen.observation.tenant;
    const shown = undeclared.length > 0 && application !== null;
    const ids = shown ? [application.objectId, ...(application.principal ? [application.principal.objectId] : [])] : [];
    return [server, { ...seen, audit: await ask(ids) }];
  });
  const holders = [...new Set((tenant?.undeclared ?? []).flatMap(({ object }) => object ?? []))];
  const [servers, rolesAudit] = await Promise.all([Promise.all(asked), ask(holders)]);
  return { ...facts, servers: Object.fromEntries(servers), rolesAudit };
}

/**
 * Reads state, servers and tenant. What cannot be read of servers and tenant is part of the result.
 * @throws what the state's reader throws
 */
export async function gatherFacts(gathering: Gathering): Promise<GatheredFacts> {
  const { stack, configuration, access, programSha256, now } = gathering;
  const seen = Promise.all(
    configuration.servers.map(async (server): Promise<[string, SeenServer]> => {
      return [server.name, { observation: await gathering.observe(server), audit: [] }];
    }),
  );
  const cloud = access?.cloud ?? configuration.cloud ?? "global";
  const noCaller = { objectId: null, ownsOnly: false };
  const [state, servers, roles, caller, services] = await Promise.all([
    ...([gathering.state, seen, gathering.tenant && access ? observeRoles(access) : null] as const),
    ...([access ? orElse(readCaller(access), noCaller) : noCaller, declaredServices(gathering, cloud)] as const),
  ]);
  const facts: GatheredFacts = {
    ...{ stack, configuration, cloud, takenAt: now.toISOString(), programSha256, state, roles, rolesAudit: [] },
    ...{ pipelineObjectId: caller.objectId, ...services, servers: Object.fromEntries(servers) },
  };
  return withAudit(access, facts);
}
