/**
 * What the rules of preview and guards say of what was seen, with what state remembers: nothing is judged here that they
 * do not judge.
 */
import {
  certificateReference,
  firstCertificate,
  type CertificateMemory,
} from "../../model/certificate/certificate-state";
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE } from "../../model/tenant/clouds";
import type { ServerConfiguration } from "../../model/configuration/configuration";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { certificateOf, type CertificateReference } from "../../model/certificate/generations";
import type { GuardFinding } from "../../model/guard/guard-findings";
import { assessCredentials } from "../../model/guard/application-guard";
import { credentialView, type CredentialDeclaration } from "../../model/guard/guard-view";
import { assessRoleHolders } from "../../model/guard/guard-roles";
import { fingerprint, parseHostKey } from "../../model/server/host-key";
import { noticesOf } from "../../model/diagnostics/notices";
import type { Observation } from "../../model/server/observation";
import { assessServer, UNKNOWN } from "../../model/server/server-state";
import { sharedIdentities } from "../../model/fleet/shared-identities";
import { findingsOf, type StatelessInputs } from "../../model/fleet/findings-without-state";
import type { ReportFacts } from "./report-facts";
import { remembered, rememberedPrincipals, type RememberedServer } from "./report-state";

export interface ServerJudgement {
  findings: Diagnostic[];
  /** What stops the work on the server; null where nothing does. */
  problem: Diagnostic | null;
  /** The certificate that the server should be on. */
  reference: CertificateReference;
  notices: Diagnostic[];
  /** State knows the server, or Entra holds an application with its marker. */
  begun: boolean;
}

const memoryOf = (facts: ReportFacts, { name, renamedFrom }: ServerConfiguration): RememberedServer =>
  remembered(facts.state, name, renamedFrom);

/** The observation as a preview takes it: what two servers share stops both. */
function judgedObservation(facts: ReportFacts, name: string): Observation {
  const seen = Object.entries(facts.servers).map(([server, { observation }]) => {
    return { stack: facts.stack, server, observation };
  });
  const { observation } = facts.servers[name];
  const problem = sharedIdentities(seen).get(name);
  return observation.host.facts && problem ? { ...observation, host: { facts: null, problem } } : observation;
}

function inputsOf(facts: ReportFacts, server: ServerConfiguration, observation: Observation): StatelessInputs {
  const { host, port, user, hostKey } = server.connection;
  const { role, passwordWriteback, certificate, repairConnectivityParameters } = server;
  const { minimumVersion, renamedFrom, verify } = server;
  return {
    ...{ stack: facts.stack, server: server.name, role, host, port, user },
    ...{ passwordWriteback, certificate, repairConnectivityParameters, observation },
    ...{ minimumVersion, renamedFrom, verify },
    hostKeyFingerprint: fingerprint(parseHostKey(hostKey)!.blob),
    rotate: server.rotate ?? "",
    adopt: server.adopt?.certificateSha256 ?? "",
    programSha256: facts.programSha256,
  };
}

/** Findings, what stops the work, and notices of one server. */
export function judgeServer(facts: ReportFacts, server: ServerConfiguration): ServerJudgement {
  const old = memoryOf(facts, server).server;
  const observation = judgedObservation(facts, server.name);
  const inputs = inputsOf(facts, server, observation);
  const assessed = assessServer(old, { ...inputs, appId: old?.appId ?? UNKNOWN });
  // Without state the rules of a run's log tell what differs, beside what stops it.
  const findings = old ? assessed.findings : findingsOf(inputs);
  const raw = facts.servers[server.name].observation;
  const memory: CertificateMemory = old
    ? assessed.memory
    : firstCertificate(inputs, raw.host.facts, raw.tenant.application);
  const reference = certificateReference(facts.stack, memory);
  const notices = raw.host.facts
    ? noticesOf(server.name, raw.host.facts, reference, server.certificate, facts.roles.roles)
    : [];
  const begun = old !== undefined || raw.tenant.application !== null;
  return { findings, problem: assessed.problem, reference, notices, begun };
}

/** The certificate that the server should be on, undefined where the host does not hold it. */
export function currentCertificate({ host }: Observation, reference: CertificateReference) {
  return host.facts ? certificateOf(host.facts, reference) : undefined;
}

function declaredCredentials(
  facts: ReportFacts,
  server: ServerConfiguration,
  { guard, keys }: RememberedServer,
): CredentialDeclaration {
  const { owners, credentialPolicy: policy } = facts.configuration;
  const others = owners.filter((owner) => owner !== "pipeline");
  const byPipeline = owners.includes("pipeline");
  // Whoever makes the report need not be the pipeline: state tells which principal that was.
  const known = guard?.owners.filter((owner) => !others.includes(owner)) ?? [facts.pipelineObjectId ?? ""];
  const pipeline = byPipeline ? known.filter((owner) => owner !== "") : [];
  const wanted = [SYNC_ROLE, ...(server.passwordWriteback ? PASSWORD_WRITEBACK_ROLES : [])];
  const found = wanted.flatMap((role) => facts.roleIds[role] ?? []);
  return {
    server: server.name,
    policy,
    identities: [server.name, server.renamedFrom].flatMap((name) =>
      name === null ? [] : [{ stack: facts.stack, server: name }],
    ),
    owners: [...pipeline, ...others],
    principalOwners: pipeline,
    roles: found.length === wanted.length ? found : [...found, ...(guard?.roles ?? [])],
    keys,
  };
}

/** What is on application and principal of a server without having been declared. */
export function credentialFindings(facts: ReportFacts, server: ServerConfiguration): GuardFinding[] {
  const { observation, audit } = facts.servers[server.name];
  const memory = memoryOf(facts, server);
  const declared = declaredCredentials(facts, server, memory);
  const { guard } = memory;
  const earlier = guard && guard.application === observation.tenant.application?.objectId ? guard : null;
  const view = credentialView(declared.identities, server.adopt?.certificateSha256 ?? null, observation);
  return assessCredentials({ ...view, audit }, declared, earlier);
}

/** Object ids of the declared servers' principals, as state knows them. */
export function declaredPrincipals(facts: ReportFacts): Map<string, string | null> {
  const known = new Map<string, string | null>(rememberedPrincipals(facts.state).map((id) => [id, null]));
  for (const server of facts.configuration.servers) {
    for (const id of memoryOf(facts, server).principals) known.set(id, server.name);
  }
  return known;
}

/** Who may synchronise into the tenant without having been declared or allowed. */
export function roleFindings(facts: ReportFacts): GuardFinding[] {
  const { roles } = facts.roles;
  if (!roles) return [];
  const hosts = Object.values(facts.servers).map(({ observation }) => {
    return { computerName: observation.host.facts?.computerName ?? null };
  });
  const principals = [...declaredPrincipals(facts).keys()];
  const allowed = facts.configuration.allowedRoleHolders;
  return assessRoleHolders(roles, { principals, allowed, hosts, today: facts.takenAt.slice(0, 10) }, facts.rolesAudit);
}
