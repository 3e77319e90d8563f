/** Markdown of ours around text of others: nothing that a server, a tenant or a configuration says is ever read as markup. */
import { encodeForMarkdown } from "../../model/text/encoders/markdown";

/** What is shown of one text of others, in characters. */
const LONGEST_TEXT = 700;

/** Text of others as a code span. */
export const quoted = (text: string): string => encodeForMarkdown(text, LONGEST_TEXT);

/** A comment in the source that no page shows; what it holds is reduced to harmless characters. */
export function hidden(text: string): string {
  return `<!-- ${text.replaceAll(/[^A-Za-z0-9 :=._/-]/g, "_").replaceAll("--", "-_")} -->`;
}

/** "1 finding", "2 findings". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The whole lines at the beginning: a text that ended within a code span would let out what the span holds. */
export function wholeLines(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, text.lastIndexOf("\n", longest) + 1).trimEnd();
}

/**
 * Joins sections as long as they fit, and says how many are left out.
 *
 * @param limit of the whole, in characters
 */
export function bounded(sections: readonly string[], limit: number): string {
  const note = (left: number) =>
    `_${counted(left, "section")} left out, as this would be too long: see the run's log._`;
  const room = limit - note(sections.length).length - 4;
  let text = "";
  for (const [index, section] of sections.entries()) {
    const next = text === "" ? section : `${text}\n\n${section}`;
    if (next.length > room)
      return `${text === "" ? wholeLines(section, room) : text}\n\n${note(sections.length - index)}\n`;
    text = next;
  }
  return `${text}\n`;
}
