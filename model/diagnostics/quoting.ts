/** Words for a shell: as they are if the shell takes them as they are, else quoted. Pure. */

const PLAIN_POSIX = /^[A-Za-z0-9_@%+=:,./-]+$/;
/** Without `@`, `%` and `,`, which mean something to PowerShell; a backslash means nothing. */
const PLAIN_POWERSHELL = /^[A-Za-z0-9_+=:./\\-]+$/;

export function quotePosix(word: string): string {
  return PLAIN_POSIX.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** PowerShell takes typographic quotes for quotes as well. */
export function quotePowerShell(word: string): string {
  return PLAIN_POWERSHELL.test(word) ? word : `'${word.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}
