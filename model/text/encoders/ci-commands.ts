/**
 * What CI systems read as commands in a log, and how a text stops being one. Pure.
 *
 * GitHub's runner takes `::name::` at the beginning of a line, blanks before it or not, and `##[name]` anywhere in one. The
 * agent of Azure DevOps takes `##vso[` anywhere, and colours lines by `##[`. Every encoder breaks all of them: a text may be
 * copied from one log into another.
 */

/**
 * The second `#` of a command, wherever it begins; also of one that a text only begins or goes on with, as the next write
 * could complete it.
 */
const HASHED = /(?<=^#|^)#(?=(?:vso)?\[|(?:v(?:so?)?)?$)|(?<=#)#(?=(?:vso)?\[|(?:v(?:so?)?)?$)/gi;
/** A command at the beginning of a line, or the first half of its mark. */
const COLONS = /^(\s*):(?=:|$)/;

/** How a character that is taken out of a command is written. */
export type Writing = (character: string) => string;

/** A line without anything that a CI system reads as a command, alone and beside others of its kind. */
export function withoutCommands(line: string, write: Writing): string {
  return line.replace(HASHED, write).replace(COLONS, (_mark, blanks: string) => `${blanks}${write(":")}`);
}

/** Whether a log's line holds a command of any of the CI systems. */
export function holdsCommand(line: string): boolean {
  return /^\s*::/.test(line) || /##(?:vso)?\[/i.test(line);
}
