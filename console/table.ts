/**
 * Tables for people: drawn on a terminal, plain columns if a file or a program reads. What is wider than the terminal
 * is wrapped within its columns; if not even that fits, each row becomes a block of labels and values.
 */
import Table from "cli-table3";

const PLACES = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
const BETWEEN = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
/** Nothing but two blanks between columns. */
const PLAIN = { ...Object.fromEntries([...PLACES, ...BETWEEN].map((place) => [place, ""])), middle: "  " };

/** Below this many columns of a terminal no table is drawn. */
const NARROWEST = 60;
/** No column is wrapped to fewer characters than this. */
const NARROWEST_COLUMN = 8;

export interface TableOptions {
  /** @default whether stdout is a terminal */
  drawn?: boolean;
  /** Columns of the terminal. @default those of stdout; no limit if it is no terminal */
  columns?: number;
  /** No blank lines between rows. @default false */
  compact?: boolean;
}

const linesOf = (cell: string) => cell.split("\n");
const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));

/** Lines of at most `width` characters; a word that is longer is cut into pieces. */
export function wrapWords(text: string, width: number): string[] {
  return linesOf(text).flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      for (const piece of word.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""]) {
        if (line !== "" && line.length + 1 + piece.length > width) {
          lines.push(line);
          line = piece;
        } else line = line === "" ? piece : `${line} ${piece}`;
      }
    }
    return [...lines, line];
  });
}

/**
 * Widths that fit into so many characters, by taking from the widest columns; null if a word would have to be cut.
 *
 * @param cells by column
 */
function fittingWidths(cells: readonly string[][], room: number): number[] | null {
  const widths = cells.map((column) => longest(column.flatMap(linesOf)));
  const least = cells.map((column) => Math.max(NARROWEST_COLUMN, longest(column.flatMap((cell) => cell.split(/\s/)))));
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const spare = widths.map((width, index) => (width > least[index] ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) return null;
    widths[widest] -= 1;
    excess -= 1;
  }
  return widths;
}

/** Each row as a block: its first cell, then the others with their labels. A blank line ends the last one too. */
function drawBlocks(head: readonly string[], rows: readonly string[][], columns: number): string {
  const labels = head.slice(1);
  const label = longest(labels) + 2;
  const room = Math.max(NARROWEST_COLUMN, columns - 2 - label);
  const block = ([title = "", ...cells]: readonly string[]) => [
    ...wrapWords(title, columns),
    ...cells.flatMap((cell, index) =>
      wrapWords(cell, room).map((line, number) =>
        `  ${(number === 0 ? labels[index] : "").padEnd(label)}${line}`.trimEnd(),
      ),
    ),
  ];
  return rows.length === 0 ? `${head[0]}: none` : rows.map((row) => `${block(row).join("\n")}\n`).join("\n");
}

/** A table without colours. */
export function drawTable(head: string[], rows: string[][], options: TableOptions = {}): string {
  const { drawn = process.stdout.isTTY === true, columns = process.stdout.columns, compact = false } = options;
  const cells = head.map((title, index) => [title, ...rows.map((row) => row[index] ?? "")]);
  const between = drawn ? 3 * head.length + 1 : 2 * (head.length - 1);
  const widths = columns === undefined ? null : fittingWidths(cells, columns - between);
  if (columns !== undefined && (columns < NARROWEST || widths === null)) return drawBlocks(head, rows, columns);
  const wrapped = rows.map((row) =>
    row.map((cell, index) => (widths === null ? cell : wrapWords(cell, widths[index]).join("\n"))),
  );
  const padding = drawn ? {} : { "padding-left": 0, "padding-right": 0 };
  const style = { head: [], border: [], compact: compact || !drawn, ...padding };
  const title = (text: string, index: number) => (widths === null ? text : wrapWords(text, widths[index]).join("\n"));
  const table = new Table({ head: head.map(title), style, ...(drawn ? {} : { chars: PLAIN }) });
  table.push(...wrapped);
  const text = table.toString();
  return drawn ? text : text.replace(/ +$/gm, "");
}
