/** Coming days of a stack as an iCalendar (RFC 5545) that a calendar program subscribes to. Pure. */
import { deadlinesFor } from "../../../model/server/versions";
import { calendarLine, encodeForCalendar } from "../../../model/text/encoders/calendar";
import type { ReportDocument, ReportServer } from "../report-document";
import { lastingId } from "./judged";

interface Entry {
  /** What it is of, and the same for as long as it is that: a new certificate moves the entry of its server. */
  id: string;
  /** An instant, or a day `YYYY-MM-DD`. */
  at: string;
  summary: string;
  description: string;
}

const DAY = 86_400_000;

/** `20261126T214007Z`. */
const utc = (instant: string) => `${new Date(instant).toISOString().replace(/[-:]|\.\d+/g, "")}`;
const isDay = (at: string) => at.length === 10;
const nextDay = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);

function certificateEntries({ name, certificates }: ReportServer): Entry[] {
  const current = certificates.find((certificate) => certificate.current);
  if (!current) return [];
  const rotation = current.rotationFrom;
  return [
    ...(rotation === null
      ? []
      : [
          {
            ...{ id: `${name}/rotation`, at: rotation, summary: `${name}: certificate is due for rotation` },
            description: "From now on the next pulumi up replaces key and certificate.",
          },
        ]),
    {
      ...{ id: `${name}/expiry`, at: current.notAfter, summary: `${name}: certificate expires` },
      description: `${current.name}. From then on the server cannot synchronise.`,
    },
  ];
}

/** Secrets and keys of a server's application that are not certificates of the server itself. */
function credentialEntries({ name, certificates, application }: ReportServer): Entry[] {
  const own = new Set(certificates.map(({ sha256 }) => sha256));
  return (application?.credentials ?? []).flatMap(({ kind, keyId, name: title, sha256, until }): Entry[] => {
    if (until === null || (sha256 !== null && own.has(sha256))) return [];
    const summary = `${name}: ${kind} of the application expires`;
    return [{ id: `${name}/${kind}/${keyId}`, at: until, summary, description: `${title} (${keyId})` }];
  });
}

function productEntries({ name, host, connector }: ReportServer): Entry[] {
  if (!host) return [];
  const { version, supportEnds } = host;
  const support: Entry[] = supportEnds
    ? [
        {
          ...{ id: `${name}/support`, at: supportEnds, summary: `${name}: support of version ${version} ends` },
          description: "Upgrade Entra Connect Sync on this server.",
        },
      ]
    : [];
  const deadlines = deadlinesFor(version, connector?.identityType === "ServiceAccount").map(
    ({ day, what, source }): Entry => {
      return { id: `${name}/deadline/${day}`, at: day, summary: `${name}: ${what}`, description: source.url };
    },
  );
  return [...support, ...deadlines];
}

function holderEntries({ tenant }: ReportDocument): Entry[] {
  return tenant.holders.flatMap(({ id, name, role, reason, expires }): Entry[] => {
    if (expires === null) return [];
    const summary = `${name}: last day on which it may synchronise`;
    return [{ id: `holder/${id}/${role}`, at: expires, summary, description: reason ?? "" }];
  });
}

/** Every coming day, the nearest first; days that have passed are findings, and no longer coming. */
export function agendaOf(report: ReportDocument): Entry[] {
  const entries = [
    ...report.servers.flatMap((server) => [
      ...certificateEntries(server),
      ...credentialEntries(server),
      ...productEntries(server),
    ]),
    ...holderEntries(report),
  ];
  const today = report.today.slice(0, 10);
  const order = ({ at, id }: Entry) => `${at} ${id}`;
  return entries
    .filter(({ at }) => at.slice(0, 10) >= today)
    .sort((left, right) => (order(left) < order(right) ? -1 : 1));
}

function eventLines(report: ReportDocument, { id, at, summary, description }: Entry): string[] {
  const when = isDay(at)
    ? [`DTSTART;VALUE=DATE:${at.replaceAll("-", "")}`, `DTEND;VALUE=DATE:${nextDay(at).replaceAll("-", "")}`]
    : [`DTSTART:${utc(at)}`, "DURATION:PT30M"];
  const words = encodeForCalendar(summary);
  return [
    "BEGIN:VEVENT",
    `UID:${lastingId(report, id)}@connect-sync-identity`,
    `DTSTAMP:${utc(report.takenAt)}`,
    `LAST-MODIFIED:${utc(report.takenAt)}`,
    // A calendar that imported an earlier file takes the entry of the later one.
    `SEQUENCE:${Math.floor(Date.parse(report.takenAt) / 60_000)}`,
    ...when,
    `SUMMARY:${words}`,
    `DESCRIPTION:${encodeForCalendar(`${description} Stack ${report.stack}, report of ${report.takenAt}.`)}`,
    "TRANSP:TRANSPARENT",
    ...["BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${words}`, "TRIGGER:-P14D", "END:VALARM"],
    "END:VEVENT",
  ];
}

/** A calendar without any component would not be one. */
// prettier-ignore
const NO_EVENT = ["BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE"];

/** The file's text. */
export function iCalendarOf(report: ReportDocument): string {
  const events = agendaOf(report).flatMap((entry) => eventLines(report, entry));
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//connect-sync-identity//report//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `X-WR-CALNAME:${encodeForCalendar(`Entra Connect Sync: ${report.stack}`)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ...(events.length > 0 ? events : NO_EVENT),
    "END:VCALENDAR",
  ];
  return lines.map(calendarLine).join("");
}
