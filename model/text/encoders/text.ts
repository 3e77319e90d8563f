/** Text for people, in one line or more: the common part of what a terminal and the logs of CI systems get. Pure. */
import { withoutCommands } from "./ci-commands";
import { codeOf, cut, visible, visibleLines } from "./visible";

/** Longer lines are cut: no name, message or row of a table that means something is. */
export const LONGEST_LINE = 4000;
/** One text of others, within a sentence of ours. */
export const LONGEST_TEXT = 1000;

const lineOf = (line: string, longest: number) => cut(withoutCommands(line, codeOf), longest);

/** A text of others as part of a line of ours: one line, in which everything can be seen and nothing is a command. */
export function encodeText(text: string, longest = LONGEST_TEXT): string {
  return lineOf(visible(text), longest);
}

/** Lines of ours with texts of others in them. */
export function encodeLines(text: string, longest = LONGEST_LINE): string {
  return visibleLines(text)
    .split("\n")
    .map((line) => lineOf(line, longest))
    .join("\n");
}
