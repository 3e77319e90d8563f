/**
 * Numbers of the report in the text format of OpenMetrics. Gauges only and no times beside values, so that the textfile
 * collector of node_exporter, which reads the older format, takes the same file. Pure.
 */
import { encodeForMetrics } from "../../../model/text/encoders/metrics";
import { LINK_STATES, SERVER_STATUS, type ReportDocument } from "../report-document";
import { judgedOf } from "./judged";

const PREFIX = "connect_sync_identity_";
const SEVERITIES = ["error", "finding", "notice"] as const;
const DAY = 86_400_000;

type Labels = Record<string, string>;
interface Gauge {
  name: string;
  help: string;
  samples: [Labels, number][];
}

/** Days with two digits; negative if it has passed. */
const daysUntil = (today: string, until: string) =>
  Math.round(((Date.parse(until) - Date.parse(today)) / DAY) * 100) / 100;
const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);

/** Gauges of a server each; a server of which a number is not known has no sample. */
function serverGauges({ servers, today }: ReportDocument): Gauge[] {
  const current = servers.flatMap(({ name, certificates }) =>
    certificates.filter((certificate) => certificate.current).map((certificate) => ({ server: name, certificate })),
  );
  const due = current.flatMap(({ server, certificate: { rotationFrom } }) =>
    rotationFrom === null ? [] : [{ server, rotationFrom }],
  );
  const ends = servers.flatMap(({ name, host }) =>
    host?.supportEnds ? [{ server: name, version: host.version, day: `${host.supportEnds}T00:00:00Z` }] : [],
  );
  return [
    {
      ...{ name: "server_status", help: "1 for the status that a declared server has, else 0." },
      samples: servers.flatMap(({ name: server, role, status }) =>
        SERVER_STATUS.map((one): [Labels, number] => [{ server, role, status: one }, Number(one === status)]),
      ),
    },
    {
      ...{ name: "server_scheduler_enabled", help: "Whether the scheduler of an observed server is on." },
      samples: servers.flatMap(({ name: server, host }): [Labels, number][] =>
        host ? [[{ server }, Number(host.scheduler.enabled && !host.scheduler.suspended)]] : [],
      ),
    },
    {
      ...{ name: "server_refused_sign_ins", help: "Sign-ins that Entra refused in the last 24 hours." },
      samples: servers.flatMap(({ name: server, host }): [Labels, number][] =>
        host ? [[{ server }, host.refusedSignIns.count]] : [],
      ),
    },
    {
      ...{ name: "certificate_expiry_days", help: "Days until the current certificate of a server expires." },
      samples: current.map(({ server, certificate }) => [{ server }, daysUntil(today, certificate.notAfter)]),
    },
    {
      ...{ name: "certificate_expiry_timestamp_seconds", help: "When it expires." },
      samples: current.map(({ server, certificate }) => [{ server }, seconds(certificate.notAfter)]),
    },
    {
      ...{ name: "certificate_rotation_days", help: "Days until a pulumi up replaces it." },
      samples: due.map(({ server, rotationFrom }) => [{ server }, daysUntil(today, rotationFrom)]),
    },
    {
      ...{ name: "support_end_days", help: "Days until the support of a server's version ends." },
      samples: ends.map(({ server, version, day }) => [{ server, version }, daysUntil(today, day)]),
    },
  ];
}

function stackGauges(report: ReportDocument): Gauge[] {
  const judged = judgedOf(report);
  const subjects = [...report.servers.map(({ name }) => name), "tenant"];
  const links = report.servers.flatMap(({ chain }) => chain);
  const { lastSynchronisation } = report.organization;
  return [
    { name: "healthy", help: "Whether all is as declared.", samples: [[{}, Number(report.healthy)]] },
    {
      ...{ name: "report_timestamp_seconds", help: "When the report was made." },
      samples: [[{}, seconds(report.takenAt)]],
    },
    {
      ...{ name: "findings", help: "Findings and notices by subject and severity." },
      samples: subjects.flatMap((subject) =>
        SEVERITIES.map((severity): [Labels, number] => {
          const own = judged.filter((one) => one.subject === subject && one.severity === severity);
          return [{ subject, severity }, own.length];
        }),
      ),
    },
    {
      ...{ name: "links", help: "Links from server to roles, by what was seen of them." },
      samples: LINK_STATES.map((state) => [{ state }, links.filter((link) => link.state === state).length]),
    },
    {
      ...{
        name: "last_synchronisation_timestamp_seconds",
        help: "Last synchronisation into the tenant, as Entra shows it.",
      },
      samples: lastSynchronisation === null ? [] : [[{}, seconds(lastSynchronisation)]],
    },
    {
      ...{ name: "synchronisers", help: "Grants of the right to synchronise, by why." },
      samples: [...new Set(report.tenant.holders.map(({ kind }) => kind))]
        .sort()
        .map((kind) => [{ kind }, report.tenant.holders.filter((holder) => holder.kind === kind).length]),
    },
  ];
}

function gaugeLines(stack: string, { name, help, samples }: Gauge): string[] {
  if (samples.length === 0) return [];
  const metric = `${PREFIX}${name}`;
  const unit = /_(seconds|days)$/.exec(name)?.[1];
  const line = ([labels, value]: [Labels, number]) => {
    const pairs = Object.entries({ stack, ...labels }).map(([key, text]) => `${key}="${encodeForMetrics(text)}"`);
    return `${metric}{${pairs.join(",")}} ${value}`;
  };
  return [
    `# TYPE ${metric} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${metric} ${unit}`]),
    `# HELP ${metric} ${help}`,
    ...samples.map(line),
  ];
}

/** The file's text. */
export function openMetricsOf(report: ReportDocument): string {
  const gauges = [...stackGauges(report), ...serverGauges(report)];
  return [...gauges.flatMap((gauge) => gaugeLines(report.stack, gauge)), "# EOF", ""].join("\n");
}
