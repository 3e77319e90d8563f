/** Reads all facts of servers and tenant concurrently. Changes nothing. */
import type { StackConfiguration, ServerConfiguration } from "../../model/configuration/configuration";
import { assessFleet } from "../../model/fleet/assessment";
import type { AuditEntry } from "../../model/guard/guard-audit";
import type { Observation } from "../../model/server/observation";
import { requiredServices } from "../../model/tenant/clouds";
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

/** Ids of the roles that the declared servers are given, by value. */
async function declaredRoleIds({ configuration, access }: Gathering): Promise<Record<string, string>> {
  if (!access) return {};
  const [first] = configuration.servers;
  const writesBack = configuration.servers.some(({ passwordWriteback }) => passwordWriteback);
  const wanted = requiredServices(configuration.cloud, writesBack);
  const services = await Promise.all(wanted.map((service) => orElse(findService(access, first.name, service), null)));
  return Object.assign({}, ...services.map((service) => service?.roles ?? {})) as Record<string, string>;
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
  const noCaller = { objectId: null, ownsOnly: false };
  const [state, servers, roles, caller, roleIds] = await Promise.all([
    ...([gathering.state, seen, gathering.tenant && access ? observeRoles(access) : null] as const),
    ...([access ? orElse(readCaller(access), noCaller) : noCaller, declaredRoleIds(gathering)] as const),
  ]);
  const facts: GatheredFacts = {
    ...{ stack, configuration, takenAt: now.toISOString(), programSha256, state, roles, rolesAudit: [] },
    ...{ pipelineObjectId: caller.objectId, roleIds, servers: Object.fromEntries(servers) },
  };
  return withAudit(access, facts);
}
