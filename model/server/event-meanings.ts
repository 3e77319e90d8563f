/**
 * What each event of the synchronisation service means, each by its id: what it reports, of which certificate, and for how
 * long it holds. Pure.
 */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { tokenErrorIn } from "../tenant/token-errors";
import type { HostCertificateFacts, HostObservation } from "../protocol/host-protocol";
import { timeSpan } from "./time-span";

type HostEvent = HostObservation["events"][number];

/** The ids that the host program reads, with what each of them says. */
export const EVENT_MEANINGS = {
  906: "Entra refused a sign-in of the synchronisation service",
  1011: "the connector's certificate is due for rotation",
  1012: "the connector's certificate has expired",
  1014: "the key of the connector's certificate is not in a TPM",
} as const;
type EventId = keyof typeof EVENT_MEANINGS;

const HOUR = 60 * 60_000;
const USUAL_INTERVAL = HOUR / 2;

/** The connector's certificate, undefined if it is not in LocalMachine\My, as one that the product manages. */
function connectorCertificate({ certificates, connector }: HostObservation): HostCertificateFacts | undefined {
  return certificates.find(({ sha256 }) => sha256 === connector.certificateSha256);
}

/** The newest event of an id that is about the credential in use; null if there is none. */
function newestEvent(host: HostObservation, id: EventId): HostEvent | null {
  const used = connectorCertificate(host);
  const about = host.events.filter(({ id: own, time }) => {
    // Before the certificate was made it was another one's; what is in the future was written before the clock was set back.
    const at = Date.parse(time);
    return own === id && at <= Date.parse(host.takenAt) && !(used && at < Date.parse(used.notBefore));
  });
  return about.sort((left, right) => Date.parse(right.time) - Date.parse(left.time))[0] ?? null;
}

/** A refusal is repeated by each cycle: one that was not is over. Without cycles no one can say so. */
function isCurrent({ time }: HostEvent, { scheduler, takenAt }: HostObservation): boolean {
  if (!scheduler.SyncCycleEnabled || scheduler.SchedulerSuspended) return true;
  const interval = timeSpan(scheduler.CurrentlyEffectiveSyncCycleInterval) ?? USUAL_INTERVAL;
  return Date.parse(takenAt) - Date.parse(time) <= Math.max(2 * interval, HOUR);
}

/** Entra names the key that it refused: one that the connector no longer uses is of no interest. */
function namesOtherKey({ message }: HostEvent, host: HostObservation): boolean {
  const named = /Thumbprint of key used by client: '([0-9A-F]{40})'/i.exec(message)?.[1];
  const used = connectorCertificate(host);
  return named !== undefined && used !== undefined && named.toUpperCase() !== used.thumbprint.toUpperCase();
}

const LONGEST_LINE = 160;
/** How much of a line's beginning is shown if the code of Entra comes later. */
const LONGEST_BEGINNING = 60;

/**
 * The first line of a refusal, cut so that the code of Entra is in it, and the correlation id, by which the sign-in log
 * finds it: the product begins with a text of its library and ends with the ids.
 */
function evidenceOf(message: string): string {
  const line = message.split(/\r?\n/)[0];
  const [rest] = message.slice(message.search(/AADSTS\d/)).split(/\r?\n/);
  const within = line.slice(0, LONGEST_LINE - LONGEST_BEGINNING).includes(rest.slice(0, "AADSTS00000".length));
  const shown = within
    ? line.slice(0, LONGEST_LINE)
    : `${line.slice(0, LONGEST_BEGINNING)}... ${rest.slice(0, LONGEST_LINE - LONGEST_BEGINNING)}`;
  const correlation = /Correlation ID: ?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(message)?.[1];
  return correlation && !shown.includes(correlation) ? `${shown} (correlation id ${correlation})` : shown;
}

/** The remedy for each code that has one of its own. */
const REFUSAL_REMEDIES = {
  AADSTS700016: "unknown-application",
  AADSTS700024: "clock",
  AADSTS700027: "wrong-key",
  AADSTS53003: "policy",
  AADSTS7000112: "disabled",
  AADSTS7000222: "expired",
} as const;

function remedyOf(message: string) {
  const code = tokenErrorIn(message)?.code;
  return code && code in REFUSAL_REMEDIES ? REFUSAL_REMEDIES[code as keyof typeof REFUSAL_REMEDIES] : "other";
}

/** What rules about events are given. */
interface EventsJudged {
  server: string;
  host: HostObservation;
}

export function signInRefused({ server, host }: EventsJudged): Diagnostic[] {
  const event = newestEvent(host, 906);
  if (!event || !/AADSTS\d/.test(event.message) || !isCurrent(event, host) || namesOtherKey(event, host)) return [];
  const values = { time: event.time, message: evidenceOf(event.message) };
  return [diagnose("sign-in-refused", server, values, { remedy: remedyOf(event.message) })];
}

/** Only of a certificate that cannot be read: the dates of others are judged by themselves. */
export function credentialExpired({ server, host }: EventsJudged): Diagnostic[] {
  const event = newestEvent(host, 1012);
  if (!event || connectorCertificate(host) || host.connector.identityType !== "Application") return [];
  return [diagnose("credential-expired", server, { time: event.time, name: host.connector.userName })];
}

export function rotationReported({ server, host }: EventsJudged): Diagnostic[] {
  const event = newestEvent(host, 1011);
  if (!event || connectorCertificate(host) || host.connector.identityType !== "Application") return [];
  return [diagnose("rotation-reported", server, { time: event.time, name: host.connector.userName })];
}

/** @param inTpm whether the key is declared to be in the TPM: one that is declared to be elsewhere is as declared */
export function keyReported({ server, host }: EventsJudged, inTpm: boolean): Diagnostic[] {
  const event = newestEvent(host, 1014);
  if (!event || !inTpm || host.connector.identityType !== "Application") return [];
  return [diagnose("key-reported", server, { time: event.time })];
}

/**
 * The newest error about a key that could not be removed; its id is not documented, so that any other than those of
 * {@link EVENT_MEANINGS} may be one: the host program passes on those whose text reads like it.
 *
 * @param keyId the key that is still there
 * @param ids of all keys of the application: an event that names another one of them is about that one
 */
export function removalFailure({ events, takenAt }: HostObservation, keyId: string, ids: readonly string[]) {
  const names = (message: string, id: string) => message.toLowerCase().includes(id.toLowerCase());
  const found = events
    .filter(({ id, time }) => !(id in EVENT_MEANINGS) && Date.parse(time) <= Date.parse(takenAt))
    .filter(({ message }) => names(message, keyId) || !ids.some((id) => names(message, id)))
    .sort((left, right) => Date.parse(right.time) - Date.parse(left.time))[0] as HostEvent | undefined;
  if (!found) return null;
  const [line] = found.message.split(/\r?\n/);
  return { event: found.id, time: found.time, message: line.slice(0, LONGEST_LINE).replace(/\.$/, "") };
}
