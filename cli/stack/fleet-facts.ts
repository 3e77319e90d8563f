/** The facts of a fleet out of what was gathered: what a preview compares the same observations with. Pure. */
import type { StackConfiguration, ServerConfiguration } from "../../model/configuration/configuration";
import type { DeclaredServer, FleetFacts } from "../../model/fleet/facts";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { inFleet } from "../../model/fleet/shared-identities";
import type { AuditEntry } from "../../model/guard/guard-audit";
import type { CredentialDeclaration } from "../../model/guard/guard-view";
import { fingerprint, parseHostKey, proxyText } from "../../model/server/host-key";
import type { Observation, TenantRolesObservation } from "../../model/server/observation";
import type { ServerFacts } from "../../model/server/server-facts";
import { requiredServices, type Cloud } from "../../model/tenant/clouds";
import type { StateResource } from "./stack-context";
import { remembered, rememberedManaged, rememberedPrincipals, type RememberedServer } from "./state-memory";

/** What was seen of one declared server. */
export interface SeenServer {
  observation: Observation;
  /** What the audit log says of its application and principal; null if it may not be read, undefined if not requested. */
  audit: AuditEntry[] | null | undefined;
}

/** Configuration, state, and one observation of each server and of the tenant. */
export interface GatheredFacts {
  stack: string;
  configuration: StackConfiguration;
  /** The cloud that the tenant is in. */
  cloud: Cloud;
  /** ISO 8601 in UTC, by the clock of the machine that read the facts. */
  takenAt: string;
  /** Object id of the principal that read the tenant; null if no token says. */
  pipelineObjectId: string | null;
  /** Ids of application roles that servers are given, by value; empty if the tenant could not be read. */
  roleIds: Readonly<Record<string, string>>;
  /** Microsoft services that servers need and the tenant does not have. */
  missingServices?: readonly Diagnostic[];
  /** Null if it is not at hand. */
  state: readonly StateResource[] | null;
  /** By the name of the declared server. */
  servers: Readonly<Record<string, SeenServer>>;
  /** Null if the tenant as a whole was not requested. */
  roles: TenantRolesObservation | null;
  /** What the audit log says of those who may synchronise. */
  rolesAudit: AuditEntry[] | null | undefined;
  /** Hash of the host program of this project. */
  programSha256: string;
}

function memoryOf({ state }: GatheredFacts, { name, renamedFrom }: ServerConfiguration): RememberedServer | undefined {
  return state === null ? undefined : remembered(state, name, renamedFrom);
}

export function declarationOf(
  { stack, programSha256 }: Pick<GatheredFacts, "stack" | "programSha256">,
  server: ServerConfiguration,
): ServerFacts["declaration"] {
  const { host, port, user, hostKey, proxy } = server.connection;
  const { name, role, passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify } = server;
  return {
    ...{ stack, server: name, role, host, port, user, renamedFrom: server.renamedFrom },
    ...(server.mode === "byoa" ? {} : { mode: server.mode }),
    ...{ serviceAccount: server.serviceAccount, minimumVersionReason: server.minimumVersionReason },
    ...{ passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify },
    programSha256: server.mode === "managed" ? "" : programSha256,
    hostKeyFingerprint: fingerprint(parseHostKey(hostKey)!.blob),
    ...(proxy ? { proxy: proxyText(proxy) } : {}),
    rotate: server.rotate ?? "",
    adopt: server.adopt?.certificateSha256 ?? "",
  };
}

/** Object ids of the pipeline as an owner; null if no one can say which principal that is. */
function pipelineOwners(facts: GatheredFacts, server: ServerConfiguration): string[] | null {
  const { configuration, pipelineObjectId } = facts;
  const declared = configuration.owners.filter((owner) => owner !== "pipeline");
  const guard = memoryOf(facts, server)?.guard;
  // The reader need not be the pipeline: state knows which principal that was.
  if (guard) return guard.owners.filter((owner) => !declared.includes(owner));
  if (configuration.pipelineObjectId) return [configuration.pipelineObjectId];
  const { application } = facts.servers[server.name].observation.tenant;
  const isOwner = application?.owners.some(({ id }) => id === pipelineObjectId) ?? true;
  return pipelineObjectId !== null && isOwner ? [pipelineObjectId] : null;
}

function declaredCredentials(facts: GatheredFacts, server: ServerConfiguration): CredentialDeclaration {
  const { stack, configuration, cloud, roleIds } = facts;
  const memory = memoryOf(facts, server);
  const others = configuration.owners.filter((owner) => owner !== "pipeline");
  const pipeline = configuration.owners.includes("pipeline") ? pipelineOwners(facts, server) : [];
  const wanted = requiredServices(cloud, server.passwordWriteback).flatMap(({ roles }) => roles);
  const found = wanted.flatMap((role) => roleIds[role] ?? []);
  return {
    server: server.name,
    policy: configuration.credentialPolicy,
    application: memory?.guard?.application,
    identities: [server.name, server.renamedFrom].flatMap((name) => (name === null ? [] : [{ stack, server: name }])),
    owners: pipeline && [...pipeline, ...others],
    principalOwners: pipeline ?? [],
    roles: found.length === wanted.length ? found : [...found, ...(memory?.guard?.roles ?? [])],
    keys: memory ? memory.keys : null,
  };
}

function serverFacts(facts: GatheredFacts, server: ServerConfiguration): DeclaredServer {
  const memory = memoryOf(facts, server);
  const seen = Object.entries(facts.servers).map(([name, { observation }]) => {
    return { stack: facts.stack, server: name, observation };
  });
  const { application } = facts.servers[server.name].observation.tenant;
  const declared = declaredCredentials(facts, server);
  const guard = memory?.guard?.application === application?.objectId ? memory?.guard : undefined;
  // Without state a server whose application has keys was onboarded as it is declared now.
  const onboarded = memory === undefined && application && application.keys.length > 0;
  const assumed = onboarded ? { owners: declared.owners ?? [], roles: declared.roles } : null;
  return {
    declaration: declarationOf(facts, server),
    observation: inFleet(seen, server.name),
    memory: memory === undefined ? undefined : (memory.server ?? null),
    credentials: { declared, earlier: guard ?? assumed, audit: facts.servers[server.name].audit },
  };
}

/** Object ids of the declared servers' principals, with the server if it is still declared. */
function declaredPrincipals(facts: GatheredFacts): Map<string, string | null> {
  const known = new Map<string, string | null>(rememberedPrincipals(facts.state ?? []).map((id) => [id, null]));
  for (const server of facts.configuration.servers) {
    const { application } = facts.servers[server.name].observation.tenant;
    // Without state the marker says whose an application is.
    const marked = application?.principal ? [application.principal.objectId] : [];
    for (const id of memoryOf(facts, server)?.principals ?? marked) known.set(id, server.name);
  }
  return known;
}

/** Combines the facts. */
export function fleetFacts(facts: GatheredFacts): FleetFacts {
  const { configuration, roles, rolesAudit: audit, takenAt } = facts;
  const principals = declaredPrincipals(facts);
  const unread = Object.values(facts.servers).some(({ observation }) => observation.tenant.problem !== null);
  const principalsKnown = facts.state !== null || !unread;
  const used = facts.state && rememberedManaged(facts.state);
  const tenant = roles && {
    roles,
    principals,
    principalsKnown,
    used,
    allowed: configuration.allowedRoleHolders,
    audit,
  };
  return { servers: configuration.servers.map((server) => serverFacts(facts, server)), tenant, takenAt };
}
