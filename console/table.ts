/** Tables for people: drawn on a terminal, plain columns where a file or a program reads. */
import Table from "cli-table3";

const PLACES = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
const BETWEEN = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
/** Nothing but two blanks between columns. */
const PLAIN = { ...Object.fromEntries([...PLACES, ...BETWEEN].map((place) => [place, ""])), middle: "  " };

export interface TableOptions {
  /** @default whether stdout is a terminal */
  drawn?: boolean;
  /** No blank lines between rows. @default false */
  compact?: boolean;
  wordWrap?: boolean;
}

/** A table without colours. */
export function drawTable(head: string[], rows: string[][], options: TableOptions = {}): string {
  const { drawn = process.stdout.isTTY === true, compact = false, wordWrap = false } = options;
  const padding = drawn ? {} : { "padding-left": 0, "padding-right": 0 };
  const style = { head: [], border: [], compact: compact || !drawn, ...padding };
  const table = new Table({ head, style, wordWrap, ...(drawn ? {} : { chars: PLAIN }) });
  table.push(...rows);
  const text = table.toString();
  return drawn ? text : text.replace(/ +$/gm, "");
}
