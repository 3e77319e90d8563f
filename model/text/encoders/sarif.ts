/** For a message of SARIF 2.1.0, where brackets make links and numbers in braces mean arguments. Pure. */
import { encodeText } from "./text";

/** A text that is nothing but a text, in one line. */
export function encodeForSarif(text: string): string {
  return encodeText(text.replaceAll(/\s+/g, " "))
    .replace(/[\\[\]]/g, (character) => `\\${character}`)
    .replace(/\{(\d+)\}/g, "{{$1}}");
}
