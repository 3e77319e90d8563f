/** What several parts of the page are made of. */
import type { LinkState, ReportServer, ServerStatus } from "../report-document";
import { STATUS_WORDS } from "../report-words";
import { html, type Html, type Part } from "./html";
import { icon, type Icon } from "./icons";

/** A state with its picture and its colour, which say the same as its words. */
export function badge(tone: "good" | "bad" | "warn" | "mute", name: Icon, words: string): Html {
  return html`<span class="badge ${tone}">${icon(name)}${words}</span>`;
}

const STATUS: Record<ServerStatus, [tone: "good" | "bad" | "warn" | "mute", name: Icon]> = {
  "as-declared": ["good", "ok"],
  planned: ["mute", "none"],
  waiting: ["warn", "waiting"],
  differs: ["bad", "finding"],
  unobserved: ["mute", "unknown"],
};

export const statusBadge = ({ status }: Pick<ReportServer, "status">) => badge(...STATUS[status], STATUS_WORDS[status]);

export const linkIcon: Record<LinkState, Icon> = { ok: "ok", finding: "finding", none: "none", unknown: "unknown" };

/**
 * A table that fits its page. On a narrow screen each cell is a line of its own with its column's title before it; roles
 * keep it a table there. A screen reader has the titles from the head of the table.
 */
export function table(id: string, caption: string, head: readonly string[], rows: readonly (readonly Part[])[]): Html {
  const cell = (value: Part, index: number) => {
    const title = html`<span class="column" aria-hidden="true">${head[index + 1]}</span>`;
    return value === ""
      ? html`<td role="cell" class="blank"></td>`
      : html`<td role="cell">
          ${title}
          <div>${value}</div>
        </td>`;
  };
  return html`<div class="sheet">
    <table role="table" aria-labelledby="${id}">
      <caption id="${id}">
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${head.map((title) => html`<th scope="col" role="columnheader">${title}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr role="row">
              <th scope="row" role="rowheader">${first}</th>
              ${rest.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A drawing; a screen too narrow for it shows the table with the same content. */
export function drawing(
  id: string,
  { title, description, width, height }: { title: string; description: string; width: number; height: number },
  content: Part,
): Html {
  return html`<figure class="sheet drawing">
    <svg
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-labelledby="${id}-title ${id}-description"
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-description">${description}</desc>
      ${content}
    </svg>
  </figure>`;
}

/** Room that characters take, in those of usual width. */
const roomOf = (characters: readonly string[]) =>
  characters.reduce((room, character) => {
    if (/[\u1100-\uffff]/.test(character) || character.length > 1) return room + 1.8;
    return room + (/[MW@%]/.test(character) ? 1.4 : 1);
  }, 0);

/** The most characters of a list that have room, beginning with its first one. */
function most(characters: readonly string[], room: number): string[] {
  const taken: string[] = [];
  for (const character of characters) {
    if (roomOf([...taken, character]) > room) break;
    taken.push(character);
  }
  return taken;
}

/** A text cut to what a box has room for. */
export function fit(text: string, characters: number): string {
  const all = [...text];
  return roomOf(all) > characters ? `${most(all, characters - 1).join("")}…` : text;
}

/** The same for names that differ in their ends. */
export function fitMiddle(text: string, characters: number): string {
  const all = [...text];
  if (roomOf(all) <= characters) return text;
  const end = most([...all].reverse(), Math.ceil((characters - 1) / 2)).reverse();
  return `${most(all, characters - 1 - roomOf(end)).join("")}…${end.join("")}`;
}

/** Slices of a list, so that a drawing of it fits on a printed page. */
export function slices<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** Servers that want attention first. */
export function byAttention(servers: readonly ReportServer[]): ReportServer[] {
  const rank = ({ status }: ReportServer) =>
    ["differs", "unobserved", "waiting", "planned", "as-declared"].indexOf(status);
  return [...servers].sort((left, right) => rank(left) - rank(right));
}

/** A list of terms with what is known of them. */
export const facts = (entries: readonly [string, Part][]): Html =>
  html`<dl class="facts">
    ${entries.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
