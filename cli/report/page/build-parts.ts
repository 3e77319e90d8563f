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

export const statusBadge = ({ status }: ReportServer) => badge(...STATUS[status], STATUS_WORDS[status]);

export const linkIcon: Record<LinkState, Icon> = { ok: "ok", finding: "finding", none: "none", unknown: "unknown" };

/** A table in a box of its own that scrolls sideways if it is wider than the page. */
export function table(id: string, caption: string, head: readonly string[], rows: readonly (readonly Part[])[]): Html {
  return html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
    <table>
      <caption id="${id}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${rest.map((value) => html`<td>${value}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A drawing that scrolls sideways if it is wider than the page. */
export function drawing(
  id: string,
  { title, description, width, height }: { title: string; description: string; width: number; height: number },
  content: Part,
): Html {
  return html`<figure class="scroll drawing" role="group" aria-labelledby="${id}-title" tabindex="0">
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

/** A text cut to what a box has room for. */
export const fit = (text: string, characters: number) =>
  [...text].length > characters ? `${[...text].slice(0, characters - 1).join("")}…` : text;

/** The same for names that differ in their ends. */
export function fitMiddle(text: string, characters: number): string {
  const all = [...text];
  if (all.length <= characters) return text;
  const end = Math.ceil((characters - 1) / 2);
  return `${all.slice(0, characters - 1 - end).join("")}…${all.slice(-end).join("")}`;
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
