/** Writes data as a PowerShell data file: ASCII, lines of 140 columns at most, equal data gives equal text. */

export type PowerShellData = string | number | boolean | null | readonly PowerShellData[] | PowerShellTable;
export interface PowerShellTable {
  readonly [name: string]: PowerShellData;
}

const WIDTH = 140;
const INDENT = 4;

const isTable = (data: PowerShellData): data is PowerShellTable =>
  typeof data === "object" && data !== null && !Array.isArray(data);

function scalar(data: string | number | boolean | null): string {
  if (data === null || typeof data === "boolean") return `$${String(data)}`;
  if (typeof data === "number") return String(data);
  if (/[^ -~]/.test(data)) throw new Error(`not ASCII: ${data}`);
  return `'${data.replaceAll("'", "''")}'`;
}

const nameOf = (name: string) => (/^[A-Za-z]\w*$/.test(name) ? name : scalar(name));

/** On one line. */
function inline(data: PowerShellData): string {
  if (Array.isArray(data)) return `@(${data.map(inline).join(", ")})`;
  if (!isTable(data)) return scalar(data as string);
  const members = Object.entries(data).map(([name, value]) => `${nameOf(name)} = ${inline(value)}`);
  return members.length === 0 ? "@{}" : `@{ ${members.join("; ")} }`;
}

/** Whether a table contains tables or lists: each is on lines of its own, so that a reader compares them. */
const isDeep = (data: PowerShellTable) =>
  Object.values(data).some((value) => typeof value === "object" && value !== null);

/** Whether data goes on one line from a column on. */
function isShort(data: PowerShellData, column: number): boolean {
  return !(isTable(data) && isDeep(data)) && column + inline(data).length <= WIDTH;
}

/**
 * Data as it is written in PowerShell.
 *
 * @param column what is before it on its line
 */
export function powerShellData(data: PowerShellData, indent = 0, column = indent): string {
  if (typeof data === "string" && column + scalar(data).length > WIDTH) {
    return powerShellData(parts(data, WIDTH - indent - INDENT - 2), indent, column);
  }
  if (isShort(data, column) || typeof data !== "object" || data === null) return inline(data);
  const inner = indent + INDENT;
  const space = " ".repeat(inner);
  const close = " ".repeat(indent);
  if (!isTable(data)) {
    return `@(\n${data.map((entry) => `${space}${powerShellData(entry, inner)}\n`).join("")}${close})`;
  }
  const width = isDeep(data) ? 0 : Math.max(...Object.keys(data).map((name) => nameOf(name).length));
  const lines = Object.entries(data).map(([name, value]) => {
    const start = `${space}${nameOf(name).padEnd(width)} = `;
    return `${start}${powerShellData(value, inner, start.length)}\n`;
  });
  return `@{\n${lines.join("")}${close}}`;
}

/** A text too long for a line, cut after spaces where it has some: a data file cannot join them, so its reader does. */
function parts(text: string, width: number): string[] {
  const words = text.match(new RegExp(`\\S{1,${width / 2}}\\s*|\\s+`, "g")) ?? [];
  const cut: string[] = [];
  for (const word of words) {
    const last = cut.at(-1);
    if (last !== undefined && scalar(last + word).length <= width) cut[cut.length - 1] = last + word;
    else cut.push(word);
  }
  return cut;
}
