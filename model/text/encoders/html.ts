/** For HTML: element content and quoted attributes. Pure. */
import { encodeText } from "./text";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** A text without markup. */
export function encodeForHtml(text: string): string {
  return encodeText(text.replaceAll(/\s+/g, " ")).replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}

/** Lines for a `<pre>`, of any number. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}
