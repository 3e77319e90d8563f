/** The timeline: the life of each certificate with the window in which it is replaced, as a drawing and as a table. */
import type { ReportCertificate, ReportDocument } from "../report-document";
import { certificateTone, placeWords, useWords } from "../certificate-words";
import { dayOf, foundNone, short } from "../report-words";
import { foreign, html, mono, type Html } from "./html";
import { iconAt, type Icon } from "./icons";
import { badge, drawing, fit, slices, table } from "./build-parts";

interface Row {
  server: string;
  /** Null if none was found; then `none` says what that means. */
  certificate: ReportCertificate | null;
  none: string;
}

const WIDTH = 1129;
const PLOT = { left: 214, right: WIDTH - 16, top: 58, row: 62, bar: 16 };
const ROWS = 11;
const DAY = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Room that a date takes beside the next one. */
const DATE_WIDTH = 86;

const ICON: Record<ReturnType<typeof certificateTone>, Icon> = {
  ...{ good: "ok", warn: "waiting", bad: "finding", mute: "unknown" },
};

type Scale = (instant: string) => number;

function scaleOf(rows: readonly Row[], today: string): { x: Scale; from: number; to: number } {
  const instants = rows.flatMap(({ certificate }) =>
    certificate ? [certificate.notBefore, certificate.notAfter] : [],
  );
  const times = [...instants, today].map((instant) => Date.parse(instant));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const padding = Math.max((last - first) * 0.03, 15 * DAY);
  const [from, to] = [first - padding, last + padding];
  const x = (instant: string) =>
    Math.round((PLOT.left + ((Date.parse(instant) - from) / (to - from)) * (PLOT.right - PLOT.left)) * 10) / 10;
  return { x, from, to };
}

/** First days of months, quarters or years, as many as can be read. */
function ticks(from: number, to: number): string[] {
  const months = (to - from) / DAY / 30.4;
  const step = [1, 2, 3, 6, 12, 24, 60].find((candidate) => months / candidate <= 14) ?? 120;
  const start = new Date(from);
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth() + 1;
  const begin = Math.ceil(first / step) * step;
  return Array.from({ length: 40 }, (_, index) => begin + index * step)
    .map((month) => new Date(Date.UTC(Math.floor(month / 12), month % 12, 1)).toISOString())
    .filter((instant) => Date.parse(instant) <= to);
}

function axis(x: Scale, from: number, to: number, height: number): Html {
  const lines = ticks(from, to).map((instant, index) => {
    const at = x(instant);
    const month = Number(instant.slice(5, 7)) - 1;
    const words = index === 0 || month === 0 ? `${MONTHS[month]} ${instant.slice(0, 4)}` : MONTHS[month];
    return html`<path class="grid" d="M${at} ${PLOT.top - 14}V${height}" /><text
        class="axis"
        x="${at}"
        y="${PLOT.top - 20}"
        text-anchor="middle"
        >${words}</text
      >`;
  });
  return html`${lines}`;
}

/** Dates under a bar, those left out for which there is no room. */
function dates(certificate: ReportCertificate, x: Scale, y: number): Html {
  const [start, end] = [x(certificate.notBefore), x(certificate.notAfter)];
  const turn = certificate.rotationFrom === null ? null : x(certificate.rotationFrom);
  const label = (at: number, anchor: string, instant: string, words = "") =>
    html`<text class="date" x="${at}" y="${y}" text-anchor="${anchor}">${words}${dayOf(instant)}</text>`;
  const room = end - start;
  const turnFits = turn !== null && turn - start > DATE_WIDTH * 1.6 && end - turn > DATE_WIDTH * 1.6;
  // A short bar at the right edge has its date end there.
  const [endAt, endAnchor] = room > DATE_WIDTH || end > PLOT.right - DATE_WIDTH ? [end, "end"] : [start, "start"];
  return html`${room > DATE_WIDTH * 2.1 && label(start, "start", certificate.notBefore)}${turnFits && label(turn, "middle", certificate.rotationFrom!, "rotates ")}${label(endAt, endAnchor, certificate.notAfter)}`;
}

function bar(certificate: ReportCertificate, x: Scale, y: number): Html {
  const { notBefore, notAfter, rotationFrom, current } = certificate;
  const [start, end] = [x(notBefore), x(notAfter)];
  const width = Math.max(3, end - start);
  const turn = rotationFrom === null ? end : Math.max(start, x(rotationFrom));
  const tone = current ? certificateTone(certificate) : "old";
  return html`<rect
      class="life ${tone}"
      x="${start}"
      y="${y}"
      width="${width}"
      height="${PLOT.bar}"
      rx="4"
    />${turn < end && html`<rect class="window" fill="url(#hatch)" x="${turn}" y="${y}" width="${end - turn}" height="${PLOT.bar}" /><path class="turn" d="M${turn} ${y - 4}v${PLOT.bar + 8}" />`}<rect
      class="outline"
      x="${start}"
      y="${y}"
      width="${width}"
      height="${PLOT.bar}"
      rx="4"
    />`;
}

function rowOf({ server, certificate, none }: Row, index: number, x: Scale): Html {
  const y = PLOT.top + index * PLOT.row;
  const name = html`<text class="box-text" x="2" y="${y + 14}">${fit(server, 24)}</text>`;
  if (!certificate) return html`${name}<text class="box-detail" x="2" y="${y + 31}">${none}</text>`;
  const { generation, sha256, stateWords } = certificate;
  const title = generation === null ? "other" : `generation ${generation}`;
  return html`<g
    ><title>${server}: ${certificate.name}, ${dayOf(certificate.notBefore)} to ${dayOf(certificate.notAfter)}</title
    >${name}<text class="box-detail" x="2" y="${y + 31}">${title}, ${short(sha256)}</text
    >${iconAt(ICON[certificateTone(certificate)], 2, y + 36, 11)}<text class="box-detail" x="17" y="${y + 46}"
      >${fit(`${stateWords}, ${useWords(certificate)}`, 42)}</text
    >${bar(certificate, x, y + 4)}${dates(certificate, x, y + 38)}</g
  > `;
}

function picture(rows: readonly Row[], all: readonly Row[], today: string, part: number, parts: number): Html {
  const height = PLOT.top + rows.length * PLOT.row - 4;
  // All parts have one scale, so that they can be compared.
  const { x, from, to } = scaleOf(all, today);
  const at = x(today);
  const title = parts === 1 ? "Timeline of certificates" : `Timeline of certificates, part ${part + 1} of ${parts}`;
  const description = `From ${dayOf(new Date(from).toISOString())} to ${dayOf(new Date(to).toISOString())}; today is ${dayOf(today)}. The hatched end of a bar is the time in which the certificate is replaced. The table below has the same dates.`;
  const anchor = at > WIDTH - 90 ? "end" : at < PLOT.left + 60 ? "start" : "middle";
  return drawing(
    `timeline-${part + 1}`,
    { title, description, width: WIDTH, height },
    html`${axis(x, from, to, height)} ${rows.map((row, index) => rowOf(row, index, x))}
      <path class="today" d="M${at} 16V${height}" /><text class="today-text" x="${at}" y="12" text-anchor="${anchor}"
        >Today, ${dayOf(today)}</text
      >`,
  );
}

export function timelineSection({ servers, today }: ReportDocument): Html {
  const rows: Row[] = servers.flatMap((server): Row[] => {
    const row = { server: server.name, none: foundNone(server) };
    const { certificates } = server;
    return certificates.length === 0
      ? [{ ...row, certificate: null }]
      : certificates.map((certificate) => ({ ...row, certificate }));
  });
  const parts = slices(rows, ROWS);
  const cells = rows.flatMap(({ server, certificate, none }) =>
    certificate
      ? [
          [
            foreign(server),
            html`${foreign(certificate.name)}<br />${mono(certificate.sha256)}`,
            badge(certificateTone(certificate), ICON[certificateTone(certificate)], certificate.stateWords),
            dayOf(certificate.notBefore),
            certificate.rotationFrom === null ? "" : dayOf(certificate.rotationFrom),
            dayOf(certificate.notAfter),
            placeWords(certificate),
          ],
        ]
      : [[foreign(server), none, "", "", "", "", ""]],
  );
  const head = ["Server", "Certificate", "State", "From", "Rotates from", "Until", "Use and place"];
  return html`<section id="timeline" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Certificates over time</h2>
    <p class="lead">
      From the first day of the hatched part on, the next <code>pulumi up</code> replaces a certificate.
    </p>
    ${parts.map((part, index) => picture(part, rows, today, index, parts.length))}
    ${
      cells.length > 0 &&
      html`<details class="instead">
        <summary>The timeline as a table, with whole hashes</summary>
        ${table("timeline-table", "Certificates of all servers", head, cells)}
      </details>`
    }
  </section>`;
}
