/**
 * Markdown that holds texts of others: each in a code span, where it is neither markup, nor a link, nor a mention, nor
 * HTML, wherever the file ends up.
 */
import { encodeForMarkdown, encodeForMarkdownCell } from "../../model/text/encoders/markdown";

/** A text of others as a code span. */
export const code = (text: string): string => encodeForMarkdown(text);

/** The same within a table, whose cells end at a bar wherever it stands. */
export const cell = encodeForMarkdownCell;

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}
