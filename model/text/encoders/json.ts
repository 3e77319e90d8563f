/** For JSON that is printed or written: the same values, in characters that a log can hold. Pure. */
import { withoutCommands } from "./ci-commands";

/** JSON has an escape of its own for every UTF-16 unit, so nothing is lost. */
const unitsOf = (text: string) =>
  [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");

const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;

/** JSON as JSON.stringify writes it, in which everything can be seen and nothing is a command of a CI system. */
export function encodeForJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replace(UNSEEN, unitsOf)
    .split("\n")
    .map((line) => withoutCommands(line, unitsOf))
    .join("\n");
}
