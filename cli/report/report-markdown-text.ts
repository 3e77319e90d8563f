/**
 * Markdown that holds texts of others: each in a code span, where it is neither markup, nor a link, nor a mention, nor
 * HTML, wherever the file ends up.
 */
import { visible } from "./report-clean";

/** A text of others as a code span. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === "") return "(nothing)";
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const padding = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** The same within a table, whose cells end at a bar wherever it stands. */
export const cell = (text: string) => code(text.replaceAll("|", "¦"));

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}
