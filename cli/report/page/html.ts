/** HTML put together from parts: whatever is not made by this tag itself is escaped. */
import { encodeForHtml } from "../../../model/text/encoders/html";

/** Markup that is as it should be. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Part = Html | string | number | null | false | readonly Part[];

function render(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string" || typeof part === "number") return encodeForHtml(String(part));
  return part.map(render).join("");
}

/** A template whose values are escaped unless they are templates themselves; null and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(strings.map((text, index) => text + (index < values.length ? render(values[index]) : "")).join(""));
}

/** A text of others, whose direction of writing stays its own. */
export const foreign = (text: string) => html`<bdi>${text}</bdi>`;

/** The same for an id, hash or command. */
export const mono = (text: string) => html`<code><bdi>${text}</bdi></code>`;

/** The same for a name with dots, which breaks after a dot only. */
export const dotted = (text: string) =>
  html`<bdi class="whole">${text.split(".").map((part, index) => (index === 0 ? part : html`.<wbr />${part}`))}</bdi>`;
