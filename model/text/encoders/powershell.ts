/** For a command that is pasted into PowerShell. Pure. */
import { withoutCommands } from "./ci-commands";
import { visible } from "./visible";

/** PowerShell takes typographic quotes for quotes as well. */
const QUOTES = /['\u2018-\u201b]/g;

/** An argument: as it is if PowerShell takes it so, else in quotes. What cannot be seen is shown, and so is another argument. */
export function encodeForPowerShell(argument: string): string {
  if (/^[A-Za-z0-9_./\\-]+$/.test(argument) && !argument.startsWith("-")) return argument;
  const quoted = visible(argument).replace(QUOTES, "$&$&");
  const shown = withoutCommands(quoted, (character) => `'+'${character}`);
  return shown === quoted ? `'${quoted}'` : `('${shown}')`;
}
