/** Names with their meaning, for the end of a help text. */
import { SERVER_NAMES } from "../../sandbox/folder/settings";

/** The servers of the sandbox, as a help text names them. */
export const servers = SERVER_NAMES.join(", ");

export function glossary(title: string, entries: Record<string, string>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  const lines = Object.entries(entries).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join("\n")}`;
}
