/** What fits on a screen: no error is longer, as the person who reads it at night has one. */

export const SCREEN = { lines: 24, columns: 100 };

/** Lines of a list, so that what Pulumi prints around it fits as well. */
export const LIST_LINES = SCREEN.lines - 4;

/** How many lines of a terminal a text takes. */
export function screenLines(text: string): number {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / SCREEN.columns)), 0);
}

/** As many entries from the front as fit into so many lines of a terminal; one at least. */
function fitting(entries: readonly string[], lines: number): string[] {
  const kept: string[] = [];
  let left = lines;
  for (const entry of entries) {
    left -= screenLines(entry);
    if (left < 0 && kept.length > 0) break;
    kept.push(entry);
  }
  return kept;
}

/**
 * A list that fits on a screen together with the text around it.
 *
 * @param more what is said of entries for which there is no room
 */
export function fitList(entries: readonly string[], more: (count: number) => string): string[] {
  const kept = fitting(entries, LIST_LINES);
  return kept.length === entries.length ? kept : [...kept, more(entries.length - kept.length)];
}

/** A text of any length with its beginning and, for the larger part, its end: that is where programs say why they failed. */
export function fitText(text: string): string {
  if (screenLines(text) <= SCREEN.lines) return text;
  const width = SCREEN.columns;
  const lines = text.split("\n").flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "g")) ?? [""]);
  const head = lines.slice(0, 5);
  const tail = lines.slice(-(SCREEN.lines - head.length - 1));
  const left = lines.length - head.length - tail.length;
  return [...head, `... ${left} lines left out; DEBUG=1 shows all ...`, ...tail].join("\n");
}
