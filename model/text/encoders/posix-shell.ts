/** For a command that is pasted into a POSIX shell. Pure. */
import { withoutCommands } from "./ci-commands";
import { visible } from "./visible";

/** An argument: as it is if a shell takes it so, else in quotes. What cannot be seen is shown, and so is another argument. */
export function encodeForPosixShell(argument: string): string {
  if (/^[A-Za-z0-9_@%+=,./-][A-Za-z0-9_@%+=:,./-]*$/.test(argument)) return argument;
  const quoted = visible(argument).replaceAll("'", `'\\''`);
  // Between two pieces in quotes nothing is added; a CI system sees no command any more.
  return `'${withoutCommands(quoted, (character) => `''${character}`)}'`;
}
