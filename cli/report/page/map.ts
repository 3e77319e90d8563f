/** The map: each server with all that its right to synchronise hangs on, as a drawing and as a table. */
import { STEPS, type ReportDocument, type ReportLink, type ReportServer } from "../report-document";
import { LINK_WORDS, STEP_WORDS } from "../report-words";
import { foreign, html, type Html } from "./html";
import { iconAt } from "./icons";
import { drawing, fit, fitMiddle, linkIcon, slices, statusBadge, table } from "./build-parts";

const BOX = { width: 170, height: 54, gap: 22, row: 70, top: 34 };
const WIDTH = STEPS.length * BOX.width + (STEPS.length - 1) * BOX.gap;
/** Rows of one drawing, so that it fits on a printed page. */
const ROWS = 8;

const left = (column: number) => column * (BOX.width + BOX.gap);

/** Text of a box: the server by its declared name, all others by what was seen. */
function boxText({ name, role }: ReportServer, { step, text, detail }: ReportLink): [string, string] {
  if (step !== "server") return [text, detail];
  return [name, `${role}, ${text === "Not observed" ? "not observed" : text}`];
}

function box(server: ReportServer, link: ReportLink, column: number, y: number): Html {
  const { step } = link;
  const [text, detail] = boxText(server, link);
  const x = left(column);
  return html`<g class="box ${link.state}"
    ><title>${STEP_WORDS[link.step]}: ${text} ${detail} (${LINK_WORDS[link.state]})</title
    ><rect
      x="${x + 0.5}"
      y="${y + 0.5}"
      width="${BOX.width - 1}"
      height="${BOX.height - 1}"
      rx="7"
    />${iconAt(linkIcon[link.state], x + BOX.width - 23, y + 9)}<text class="box-text" x="${x + 11}" y="${y + 23}"
      >${step === "application" ? fitMiddle(text, 15.5) : fit(text, 15.5)}</text
    ><text class="box-detail" x="${x + 11}" y="${y + 42}">${fit(detail, 22)}</text></g
  > `;
}

/** The way from one link to the next: whole, broken or not known. */
function edge(to: ReportLink, column: number, y: number): Html {
  const [from, end] = [left(column) - BOX.gap + 3, left(column) - 4];
  const middle = y + BOX.height / 2;
  return html`<path class="edge ${to.state}" d="M${from} ${middle}H${end}m-6 -4l6 4l-6 4" />`;
}

function row(server: ReportServer, index: number): Html {
  const y = BOX.top + index * BOX.row;
  return html`${server.chain.map((link, column) => html`${column > 0 && edge(link, column, y)}${box(server, link, column, y)}`)}`;
}

function picture(servers: readonly ReportServer[], part: number, parts: number): Html {
  const height = BOX.top + servers.length * BOX.row - (BOX.row - BOX.height) + 4;
  const title =
    parts === 1 ? "Map of servers and identities" : `Map of servers and identities, part ${part + 1} of ${parts}`;
  const description = servers
    .map(({ name, chain }) => {
      const odd = chain.filter(({ state }) => state !== "ok");
      const rest = odd.map(({ step, state }) => `${STEP_WORDS[step].toLowerCase()} ${LINK_WORDS[state]}`).join(", ");
      return `${name}: ${rest === "" ? "all as declared" : rest}.`;
    })
    .join(" ");
  const heads = STEPS.map(
    (step, column) => html`<text class="axis" x="${left(column) + 2}" y="18">${STEP_WORDS[step]}</text>`,
  );
  return drawing(`map-${part + 1}`, { title, description, width: WIDTH, height }, html`${heads} ${servers.map(row)}`);
}

export function mapSection({ servers }: ReportDocument): Html {
  const parts = slices(servers, ROWS);
  const rows = servers.map((server) => [
    html`${foreign(server.name)} <small>${server.role}</small>`,
    statusBadge(server),
    ...server.chain.map(({ text, detail, state }) => {
      return html`${foreign(text)}${detail !== "" && html`<br /><small>${foreign(detail)}</small>`}${state !== "ok" && html`<br /><em class="${state === "finding" ? "differs" : "open"}">${LINK_WORDS[state]}</em>`}`;
    }),
  ]);
  const head = ["Declared as", "Status", ...STEPS.map((step) => STEP_WORDS[step])];
  return html`<section id="map" aria-labelledby="map-title">
    <h2 id="map-title">Map</h2>
    <p class="lead">
      What each server is, signs in with, and may do. A broken line ends at what differs from the declaration.
    </p>
    ${parts.map((part, index) => picture(part, index, parts.length))}
    <details class="instead">
      <summary>The map as a table</summary>
      ${table("map-table", "Each server and what its right to synchronise hangs on", head, rows)}
    </details>
  </section>`;
}
