/**
 * Rules about a server whose application and certificate are the product's own: it is held against what the product
 * promises, and nothing of it is changed. Pure.
 */
import { daysBefore, daysBetween } from "../configuration/duration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostObservation } from "../protocol/host-protocol";
import { isManagedName } from "../tenant/managed-application";
import { shortHash } from "../text/short-hash";
import { credentialExpired, removalFailure, signInRefused } from "./event-meanings";
import { applicationMarker, generationOf } from "./labels";
import type { ObservedApplication, ObservedKey } from "./observation";
import { modeUndeclared, roleChanged, synchronisationOverdue } from "./scheduler-findings";
import type { ServerFacts } from "./server-facts";
import { serviceProxyUnreachable } from "./service-proxy";
import { writebackUndeclared } from "./writeback";

/** A managed server, and the application that its connector uses. */
export interface ManagedJudged {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
  /** Null if the tenant has none with that id. */
  application: ObservedApplication | null;
}

/**
 * The product rotates at 150 days before the end by the older documentation, at 70 % of the lifetime by the newer one: it is
 * late once both have passed, and a day more.
 */
const ROTATION_DAYS = 150;
const ROTATION_SHARE = 0.7;
const GRACE_DAYS = 1;
const DAY = 86_400_000;

const day = (date: Date) => date.toISOString().slice(0, 10);

/** What a connector signs in with, by what can be seen: the documents do not list the values of its parameters. */
function otherIdentity({ host, application }: ManagedJudged): string | null {
  const { connector, certificates } = host;
  if (connector.identityType === "ServiceAccount") return `the password account ${connector.userName}`;
  if (!application) return `application ${connector.appId ?? connector.userName}, which the tenant does not have`;
  if (!isManagedName(application.displayName)) return `application ${application.appId}, which someone else made`;
  // A certificate of the product is in the service account's own store.
  const own = certificates.some(({ sha256 }) => sha256 === connector.certificateSha256);
  return own ? "the application of Entra Connect with a certificate in LocalMachine\\My" : null;
}

function identityOther(judged: ManagedJudged): Diagnostic[] {
  const actual = otherIdentity(judged);
  if (actual === null) return [];
  const remedy = judged.host.connector.identityType === "ServiceAccount" ? "wizard" : "declare";
  return [diagnose("managed-identity-other", judged.server, { actual }, { remedy })];
}

function parametersBlank({ server, host: { connector } }: ManagedJudged): Diagnostic[] {
  const blank = Object.entries(connector.parameters).flatMap(([name, value]) => (value ? [] : [name]));
  return blank.length === 0 ? [] : [diagnose("managed-parameters-blank", server, { parameters: blank.join(", ") })];
}

/** The key credential of the certificate that the connector uses. */
export function usedKey({ host, application }: Omit<ManagedJudged, "server">): ObservedKey | undefined {
  const { certificateSha256 } = host.connector;
  return application?.keys.find(({ sha256 }) => sha256 !== null && sha256 === certificateSha256);
}

function keyMissing(judged: ManagedJudged): Diagnostic[] {
  const { server, host, application } = judged;
  const { certificateSha256 } = host.connector;
  // A key that Entra shows without its bytes could be any.
  const unread = application?.keys.some(({ sha256 }) => sha256 === null) ?? true;
  if (!application || unread || certificateSha256 === null || usedKey(judged)) return [];
  const values = {
    certificate: shortHash(certificateSha256),
    appId: application.appId,
    count: application.keys.length,
  };
  return [diagnose("managed-key-missing", server, values)];
}

/** Keys of certificates that were made before the one in use: what a rotation left behind. */
function earlierKeys(judged: ManagedJudged): ObservedKey[] {
  const used = usedKey(judged);
  if (!used) return [];
  return judged.application!.keys.filter(({ keyId, startDateTime }) => {
    return keyId !== used.keyId && Date.parse(startDateTime) < Date.parse(used.startDateTime);
  });
}

function credentialForeign(judged: ManagedJudged): Diagnostic[] {
  const { server, application } = judged;
  const used = usedKey(judged);
  // Without the one in use no one can say which of the others is foreign.
  if (!application || !used) return [];
  const known = new Set([used, ...earlierKeys(judged)].map(({ keyId }) => keyId));
  const { principal } = application;
  const found = [
    ...application.keys.filter(({ keyId }) => !known.has(keyId)).map(({ keyId }) => ["the key", keyId]),
    ...application.secrets.map(({ keyId }) => ["the secret", keyId]),
    ...application.federatedCredentials.map(({ id }) => ["the federated credential", id]),
    ...(principal?.keys ?? []).map(({ keyId }) => ["the principal's key", keyId]),
    ...(principal?.secrets ?? []).map(({ keyId }) => ["the principal's secret", keyId]),
  ];
  return found.map(([what, id]) => diagnose("managed-credential-foreign", server, { what, id }));
}

const schedulerOf = ({ scheduler }: HostObservation) => {
  if (!scheduler.SyncCycleEnabled) return "the scheduler is off";
  return scheduler.SchedulerSuspended ? "the scheduler is suspended" : "the scheduler is on";
};

/** The day by which the product should have rotated. */
export function rotationDay({ startDateTime, endDateTime }: Pick<ObservedKey, "startDateTime" | "endDateTime">): Date {
  const [start, end] = [new Date(startDateTime), new Date(endDateTime)];
  const share = new Date(start.getTime() + (end.getTime() - start.getTime()) * ROTATION_SHARE);
  const due = Math.max(share.getTime(), daysBefore(end, ROTATION_DAYS).getTime());
  return new Date(due + GRACE_DAYS * DAY);
}

function certificateLate(judged: ManagedJudged): Diagnostic[] {
  const { server, host } = judged;
  const used = usedKey(judged);
  if (!used) return [];
  const now = new Date(host.takenAt);
  const end = day(new Date(used.endDateTime));
  const scheduler = schedulerOf(host);
  if (now >= new Date(used.endDateTime)) return [diagnose("managed-certificate-expired", server, { end, scheduler })];
  const due = rotationDay(used);
  if (daysBetween(due, now) < 0 || now < due) return [];
  const start = day(new Date(used.startDateTime));
  return [diagnose("managed-rotation-overdue", server, { due: day(due), start, end, scheduler })];
}

/** What is looked at of a connector that is on an application of the product. */
const OF_THE_IDENTITY = [parametersBlank, keyMissing, credentialForeign, certificateLate] as const;

/** What differs from what the product promises; of another identity nothing else is worth saying. */
function managedFindings(judged: ManagedJudged): Diagnostic[] {
  const other = identityOther(judged);
  return other.length > 0 ? other : OF_THE_IDENTITY.flatMap((rule) => rule(judged));
}

/** All findings of such a server: those of its host that every mode has, and those of its identity. */
export function findingsOfManaged(
  { declaration, observation, memory }: ServerFacts,
  host: HostObservation,
): Diagnostic[] {
  const { server } = declaration;
  const judged = { server, host, declaration, exporting: observation.exporting ?? [], formerRole: memory?.role };
  return [
    ...[roleChanged, modeUndeclared, synchronisationOverdue, serviceProxyUnreachable, writebackUndeclared].flatMap(
      (rule) => rule(judged),
    ),
    ...managedFindings({ server, host, application: observation.tenant.application }),
    ...[signInRefused, credentialExpired].flatMap((rule) => rule({ server, host })),
  ];
}

/** Keys that a rotation left, unless the server is on another identity than declared. */
export function managedNotices(judged: ManagedJudged): Diagnostic[] {
  if (otherIdentity(judged) !== null) return [];
  const { server, host, application } = judged;
  const { appId, keys } = application!;
  const ids = keys.map(({ keyId }) => keyId);
  return earlierKeys(judged).map(({ keyId, startDateTime }) => {
    const left = { keyId, start: day(new Date(startDateTime)), appId };
    const event = removalFailure(host, keyId, ids);
    return event === null
      ? diagnose("managed-key-left", server, left)
      : diagnose("managed-key-removal-failed", server, { ...left, ...event });
  });
}

/** A server that was on an own application, whose connector has not left it: nothing of that may go yet. */
export function stillOwn({ declaration, observation, memory }: ServerFacts): Diagnostic | null {
  const { stack, server } = declaration;
  const { appId } = observation.host.facts!.connector;
  const { application } = observation.tenant;
  const marked = application?.tags.includes(applicationMarker({ stack, server })) ?? false;
  const remembered = memory?.mode !== "byoc" && memory?.appId === appId;
  if (appId === null || (!marked && !remembered)) return null;
  return diagnose("MODE_NEEDS_A_PERSON", server, { what: `application ${appId}`, server }, { remedy: "application" });
}

/** A server whose connector has not left the own certificate on the product's application. */
export function stillOwnCertificate({ declaration, observation }: ServerFacts): Diagnostic | null {
  const { stack, server } = declaration;
  const { connector, certificates } = observation.host.facts!;
  const used = certificates.find(({ sha256 }) => sha256 === connector.certificateSha256);
  if (!used || generationOf({ stack, server }, used.label) === null) return null;
  const what = `certificate ${shortHash(used.sha256)}`;
  return diagnose("MODE_NEEDS_A_PERSON", server, { what }, { remedy: "certificate" });
}
