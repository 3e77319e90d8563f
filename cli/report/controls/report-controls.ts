/** Holds a report against the published controls. Pure. */
import { READINGS, SOURCES, type Reading, type SourceId } from "../../../model/controls/control";
import { assessControl, type Seen } from "../../../model/controls/control-state";
import { CONTROLS } from "../../../model/controls/controls";
import type { ReportDocument, ReportServer } from "../report-document";
import type { ReportControls } from "./controls-document";

const DAY = 86_400_000;

/** What of a report the controls are held against. */
type Reported = Pick<ReportDocument, "servers" | "tenant" | "findings" | "notices" | "declaration" | "changes">;

const names = (servers: readonly ReportServer[], why: string) =>
  servers.length === 0 ? [] : [`${servers.map(({ name }) => name).join(", ")}: ${why}`];

function unreadOfServers({ servers, notices }: Reported): string[] {
  const facts = new Set(notices.filter(({ code }) => code === "fact-unreadable").map(({ server }) => server));
  return [
    ...names(
      servers.filter(({ host }) => host === null),
      "not observed",
    ),
    ...names(
      servers.filter(({ name }) => facts.has(name)),
      "a fact could not be read",
    ),
  ];
}

function unreadOfApplications({ servers }: Reported): string[] {
  const without = servers.filter(({ application }) => application === null);
  return [
    ...names(
      without.filter(({ status }) => status === "planned"),
      "not set up yet",
    ),
    ...names(
      without.filter(({ status }) => status !== "planned"),
      "not observed, or there is none",
    ),
  ];
}

function unreadOfKeys({ servers }: Reported): string[] {
  const isRead = ({ certificates }: ReportServer) =>
    certificates.some(({ current, key }) => current && key !== null && key.readers !== null);
  return names(
    servers.filter((server) => !isRead(server)),
    "not read",
  );
}

function unreadOfTenant({ tenant }: Reported): [Reading, string[]][] {
  const all = tenant.unobserved === null ? [] : [tenant.unobserved];
  const lacks = (permission: string) => tenant.unread.some((one) => one.permission === permission);
  return [
    ["synchronisers", all],
    [
      "directory-roles",
      tenant.directoryRolesRead ? all : [...all, "the permission RoleManagement.Read.Directory is missing"],
    ],
    ["delegated-permissions", lacks("Directory.Read.All") ? ["the permission Directory.Read.All is missing"] : all],
  ];
}

/** Each reading that is not complete, with the reason. */
function unreadOf(report: Reported): Map<Reading, string> {
  const { notices, declaration, changes } = report;
  const unchecked = notices.filter(({ code }) => code === "revocation-unchecked").map(({ server }) => server);
  const readings: [Reading, string[]][] = [
    ["servers", unreadOfServers(report)],
    ["applications", unreadOfApplications(report)],
    ["key-access", unreadOfKeys(report)],
    ...unreadOfTenant(report),
    ["revocation", unchecked.length > 0 ? [`${unchecked.join(", ")}: not checked`] : []],
    [
      "declaration",
      declaration?.modified === false ? [] : [declaration ? "files differ from the commit" : "not known"],
    ],
    ["earlier-report", changes === null ? ["this is the first one"] : []],
  ];
  return new Map(readings.flatMap(([reading, why]) => (why.length > 0 ? [[reading, why.join("; ")] as const] : [])));
}

/** Days that the certificates in use, or to be used, are valid for. */
function lifetimesOf({ servers }: Reported): Seen["lifetimes"] {
  return servers.flatMap(({ name, certificates }) =>
    certificates
      .filter(({ current, inUse }) => current || inUse === true)
      .map(({ notBefore, notAfter }) => {
        return { server: name, days: Math.floor((Date.parse(notAfter) - Date.parse(notBefore)) / DAY) };
      }),
  );
}

export function reportControls(report: Reported): ReportControls {
  const unread = unreadOf(report);
  const seen: Seen = {
    ...{ findings: report.findings, notices: report.notices, unread, lifetimes: lifetimesOf(report) },
  };
  const used = [...new Set(CONTROLS.map(({ source }) => source))];
  return {
    sources: used.map((id: SourceId) => {
      const { name, title, version, address } = SOURCES[id];
      return { id, name, title, version, address };
    }),
    unread: [...unread].map(([name, why]) => ({ name, what: READINGS[name], why })),
    entries: CONTROLS.map((control) => {
      const { id, title, source, address = SOURCES[source].address, shows, notShown, confidence } = control;
      return { id, title, source, address, ...assessControl(control, seen), shows, notShown, confidence };
    }),
  };
}
