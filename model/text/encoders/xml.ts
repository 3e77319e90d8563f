/** For XML 1.0: element content and quoted attributes. Pure. */
import { encodeText } from "./text";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** A text without markup, in one line, of characters that XML may hold. */
export function encodeForXml(text: string): string {
  return encodeText(text.replaceAll(/\s+/g, " ")).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
