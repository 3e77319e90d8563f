/** The lines in which findings and problems reach logs and state, read back into what they were made from. */

/** A finding, split into what the program put together. */
export interface FindingLine {
  code: string;
  expected: string;
  actual: string;
  remedy: string;
}

const CODED = /^(?<subject>[A-Za-z][A-Za-z0-9-]*): (?<code>[a-z]+(?:-[a-z]+)+): (?<text>[\s\S]+)$/;

/** Splits what comes behind the code; what cannot be split stays whole. */
export function splitFinding(code: string, text: string): FindingLine {
  const match = /^expected (?<expected>[\s\S]+?), found (?<rest>[\s\S]+)$/.exec(text);
  if (!match) return { code, expected: "", actual: text, remedy: "" };
  const { expected, rest } = match.groups!;
  const end = /\.(?: (?=[A-Z`]|pulumi )|$)/.exec(rest);
  const actual = end ? rest.slice(0, end.index) : rest;
  return { code, expected, actual, remedy: end ? rest.slice(end.index + 1).trim() : "" };
}

/** Subject, code and text of the line of a finding or a notice; null if it is none. */
export function codedLine(line: string): { subject: string; code: string; text: string } | null {
  const groups = CODED.exec(line)?.groups;
  return groups ? { subject: groups.subject, code: groups.code, text: groups.text } : null;
}

const UNREAD = "not all identities that may synchronise were checked: the pipeline lacks ";

/** The line on what was not read, by the permissions that would allow it. */
export const unreadLine = (permissions: readonly string[]): string => `${UNREAD}${permissions.join(", ")}`;

/** The permissions of such a line; null if it is none. */
export function unreadPermissionsOf(line: string): string | null {
  return line.startsWith(UNREAD) ? line.slice(UNREAD.length) : null;
}

/** Code of the problem that a line ends with; null if it is none. */
export function problemCode(line: string): string | null {
  return /\[([A-Z][A-Z0-9_]+)\]$/.exec(line)?.[1] ?? null;
}
