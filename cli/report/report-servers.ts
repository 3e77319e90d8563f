/** One server of the report: what was observed, without secrets. Pure. */
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE, type Cloud } from "../../model/tenant/clouds";
import type { ServerConfiguration } from "../../model/configuration/configuration";
import { daysBefore, toDays } from "../../model/configuration/duration";
import { observedTable } from "../../model/certificate/certificate-table";
import { certificateOf, type CertificateReference } from "../../model/certificate/generations";
import { fingerprint, parseHostKey } from "../../model/server/host-key";
import type { HostObservation } from "../../model/protocol/host-protocol";
import { generationOf } from "../../model/server/labels";
import type { Observation, ObservedApplication, ObservedKey } from "../../model/server/observation";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import type { Reader } from "../../model/diagnostics/remedy";
import { knownIssues, supportEnd } from "../../model/server/versions";
import type {
  ReportApplication,
  ReportCertificate,
  ReportFinding,
  ReportServer,
  ServerStatus,
} from "./report-document";
import type { ReportFacts } from "./report-facts";
import type { ServerVerdict } from "../../model/fleet/assessment";
import { certificateState, certificateWords } from "./certificate-words";
import { chainOf } from "./report-links";

/** A point in time as the report writes it: to the second, in UTC. */
export function instantOf(value: string | Date): string {
  return new Date(value).toISOString().replace(/\.\d+Z$/, "Z");
}

const optionalInstant = (value: string | null) =>
  value === null || Number.isNaN(Date.parse(value)) ? null : instantOf(value);

const byName = <T>(values: readonly T[], name: (value: T) => string): T[] =>
  [...values].sort((left, right) => (name(left) < name(right) ? -1 : name(left) > name(right) ? 1 : 0));

function hostOf(facts: HostObservation, cloud: Cloud): NonNullable<ReportServer["host"]> {
  const { product, service, tpm, scheduler } = facts;
  const events = facts.events.filter(({ id }) => id === 906);
  const last = byName(events, ({ time }) => time).at(-1);
  return {
    takenAt: instantOf(facts.takenAt),
    computerName: facts.computerName,
    machineIdentifier: facts.machineIdentifier ?? null,
    version: product.version,
    supportEnds: supportEnd(product.version),
    knownIssues: knownIssues(product.version, cloud).map(({ summary }) => summary),
    serviceAccount: service.account,
    tpm: tpm && { present: tpm.present, ready: tpm.ready, version: tpm.specVersion },
    scheduler: {
      enabled: scheduler.SyncCycleEnabled,
      suspended: scheduler.SchedulerSuspended,
      staging: scheduler.StagingModeEnabled,
      interval: scheduler.CurrentlyEffectiveSyncCycleInterval,
    },
    passwordWriteback: facts.passwordWriteback,
    refusedSignIns: {
      count: events.length,
      last: last ? optionalInstant(last.time) : null,
      // The rest of a message may hold anything.
      code: last ? (/AADSTS\d+/.exec(last.message)?.[0] ?? null) : null,
    },
  };
}

function credentialsOf({ keys, secrets, federatedCredentials, principal }: ObservedApplication) {
  type Credential = ReportApplication["credentials"][number];
  const key = (kind: Credential["kind"]) => (one: ObservedKey) => {
    return { keyId: one.keyId, kind, name: one.subject, sha256: one.sha256, until: optionalInstant(one.endDateTime) };
  };
  const secret =
    (kind: Credential["kind"]) => (one: { keyId: string; displayName: string; endDateTime: string | null }) => {
      return { keyId: one.keyId, kind, name: one.displayName, sha256: null, until: optionalInstant(one.endDateTime) };
    };
  const federated = federatedCredentials.map(({ id, name, issuer, subject }): Credential => {
    return {
      keyId: id,
      kind: "federated-credential",
      name: `${name}: ${subject} of ${issuer}`,
      sha256: null,
      until: null,
    };
  });
  const found: Credential[] = [
    ...[...keys.map(key("key")), ...secrets.map(secret("secret")), ...federated],
    ...(principal?.keys ?? []).map(key("principal-key")),
    ...(principal?.secrets ?? []).map(secret("principal-secret")),
  ];
  return byName(found, ({ kind, keyId }) => `${kind} ${keyId}`);
}

function applicationOf(application: ObservedApplication, roleIds: ReportFacts["roleIds"]): ReportApplication {
  const { principal } = application;
  const names = Object.fromEntries(
    [SYNC_ROLE, ...PASSWORD_WRITEBACK_ROLES].flatMap((role) => (roleIds[role] ? [[roleIds[role], role]] : [])),
  ) as Record<string, string | undefined>;
  const roles = (principal?.appRoles ?? []).map(({ appRoleId, resourceName }) => {
    return { id: appRoleId, name: names[appRoleId] ?? appRoleId, resource: resourceName };
  });
  return {
    appId: application.appId,
    objectId: application.objectId,
    name: application.displayName,
    principalId: principal?.objectId ?? null,
    enabled: principal?.accountEnabled ?? false,
    locked: application.lock,
    credentials: credentialsOf(application),
    owners: byName(application.owners, ({ id }) => id).map(({ id, name }) => ({ id, name })),
    roles: byName(roles, ({ name, id }) => `${name} ${id}`),
  };
}

/** Every certificate of a server that host or application hold, the newest last. */
function certificatesOf(
  { host, tenant }: Observation,
  reference: CertificateReference,
  rotateBefore: ServerConfiguration["certificate"]["rotateBefore"],
  now: string,
): ReportCertificate[] {
  const current = host.facts ? certificateOf(host.facts, reference) : undefined;
  const dated = ({ startDateTime, endDateTime }: ObservedKey) => Date.parse(startDateTime) <= Date.parse(endDateTime);
  const keys = (tenant.application?.keys ?? []).filter((key) => key.sha256 !== null && dated(key));
  const held = new Map((host.facts?.certificates ?? []).map((certificate) => [certificate.sha256, certificate]));
  const known = [...new Set([...held.keys(), ...keys.map(({ sha256 }) => sha256!)])];
  const certificates = known.map((sha256): ReportCertificate => {
    const certificate = held.get(sha256);
    const key = keys.find((candidate) => candidate.sha256 === sha256);
    const [notBefore, notAfter] = certificate
      ? [certificate.notBefore, certificate.notAfter]
      : [key!.startDateTime, key!.endDateTime];
    const name = certificate?.label || (certificate?.subject ?? key!.subject);
    const generation = generationOf(reference.identity, name);
    const wanted = reference.adoptedSha256 ? sha256 === reference.adoptedSha256 : generation === reference.generation;
    // If the host is not seen, its generation in Entra is used instead.
    const isCurrent = current ? current.sha256 === sha256 : wanted;
    const rotationFrom = daysBefore(new Date(notAfter), toDays(rotateBefore));
    const seen = {
      onServer: host.facts && certificate !== undefined,
      onApplication: tenant.problem ? null : key !== undefined,
      inUse: host.facts && host.facts.connector.certificateSha256 === sha256,
    };
    const dates = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
    const keyUsable = certificate?.keyUsable ?? null;
    const own = isCurrent ? rotationFrom : null;
    const state = certificateState({ ...seen, ...dates, keyUsable, rotationFrom: own }, new Date(now));
    // What is not where it is to be does not wait for its rotation.
    const turn = ["missing", "unregistered", "dead"].includes(state) ? null : own;
    return {
      ...{ sha256, generation, name, current: isCurrent },
      notBefore: instantOf(notBefore),
      notAfter: instantOf(notAfter),
      rotationFrom: turn && instantOf(turn),
      ...{ state, stateWords: certificateWords({ state, current: isCurrent, generation, ...seen }), ...seen },
      key: certificate
        ? {
            provider: certificate.keyProvider,
            inHardware: certificate.keyInHardware,
            usable: certificate.keyUsable,
            readers: certificate.acl && readersOf(certificate.acl),
          }
        : null,
    };
  });
  return byName(certificates, ({ notBefore, sha256 }) => `${notBefore} ${sha256}`);
}

const readersOf = (acl: NonNullable<HostObservation["certificates"][number]["acl"]>) =>
  acl.filter(({ allow }) => allow).map(({ account, sid }) => account || sid);

function statusOf(findings: readonly ReportFinding[], unobserved: boolean, begun: boolean): ServerStatus {
  if (unobserved) return "unobserved";
  if (findings.some(({ code }) => code === "sign-in-awaited")) return "waiting";
  if (findings.length > 0) return "differs";
  return begun ? "as-declared" : "planned";
}

/** Why a server, or its application, was not observed; null if both were. */
function unobservedReason({ host, tenant }: Observation, reader: Reader): string | null {
  const problems = [host.problem, tenant.problem].flatMap((problem) => problem ?? []);
  return problems.length === 0 ? null : problems.map((problem) => formatDiagnostic(problem, reader)).join(" ");
}

/**
 * The report's entry for one server.
 *
 * @param findings those of this server
 * @param now the time for the check of certificates if the server's own clock was not read
 */
export function reportServer(
  facts: ReportFacts,
  server: ServerConfiguration,
  verdict: ServerVerdict,
  findings: readonly ReportFinding[],
  now: string,
): ReportServer {
  const { observation } = facts.servers[server.name];
  const { host, tenant } = observation;
  const { host: address, port, user, hostKey } = server.connection;
  const { rotateBefore, lifetime } = server.certificate;
  const clock = host.facts?.takenAt ?? now;
  const unobserved = unobservedReason(observation, facts.reader);
  const connector = host.facts?.connector;
  const shown = {
    host: host.facts && hostOf(host.facts, facts.cloud),
    connector: connector
      ? {
          identityType: connector.identityType,
          userName: connector.userName,
          appId: connector.appId,
          certificateSha256: connector.certificateSha256,
        }
      : null,
    certificates: certificatesOf(observation, verdict.reference, rotateBefore, clock),
    application: tenant.application && applicationOf(tenant.application, facts.roleIds),
  };
  const seen = {
    hostSeen: host.facts !== null,
    tenantSeen: tenant.problem === null,
    begun: verdict.begun,
    address: `${address}:${port}`,
  };
  const connectorCertificate = observedTable(observation, server.mode);
  return {
    name: server.name,
    role: server.role,
    status: statusOf(findings, unobserved !== null, verdict.begun),
    unobserved,
    connection: { host: address, port, user, hostKey: fingerprint(parseHostKey(hostKey)!.blob) },
    lifetime,
    rotateBefore,
    chain: chainOf(
      { ...shown, ...seen },
      findings.map(({ code }) => code),
    ),
    ...shown,
    connectorCertificate,
  };
}
