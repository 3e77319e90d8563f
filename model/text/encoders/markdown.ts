/** For Markdown of ours around texts of others: comments, issues, reports. Pure. */
import { encodeText } from "./text";

/**
 * A text of others as a code span: no link, mention, reference, image or HTML in it is followed. Its fence is longer than any
 * run of backticks within.
 */
export function encodeForMarkdown(text: string, longest?: number): string {
  const shown = encodeText(text.replaceAll(/\s+/g, " ").trim(), longest);
  if (shown === "") return "(nothing)";
  const run = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(run + 1);
  const pad = run > 0 ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** The same within a table, whose cells end at a bar wherever it is. */
export const encodeForMarkdownCell = (text: string): string => encodeForMarkdown(text.replaceAll("|", "¦"));
