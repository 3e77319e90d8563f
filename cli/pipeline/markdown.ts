/** Markdown of ours around text of others: nothing that a server, a tenant or a configuration says is ever read as markup. */

/** What is shown of one text of others, in characters. */
const LONGEST_TEXT = 700;

/**
 * Text as a code span: no link, mention, reference, image or HTML in it is followed. Its fence is longer than any run of
 * backticks within, and line ends become blanks.
 *
 * @param text of others
 */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const shown = line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT - 3)}...` : line;
  if (shown === "") return "(nothing)";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A comment in the source that no page shows; what it holds is reduced to harmless characters. */
export function hidden(text: string): string {
  return `<!-- ${text.replaceAll(/[^A-Za-z0-9 :=._/-]/g, "_").replaceAll("--", "-_")} -->`;
}

/** "1 finding", "2 findings". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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
      return `${text === "" ? section.slice(0, room) : text}\n\n${note(sections.length - index)}\n`;
    text = next;
  }
  return `${text}\n`;
}
