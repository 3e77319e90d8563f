/** Every command line of the documentation, in blocks and within lines. */
import { blocksOf, inlinesOf, pages } from "./blocks";
import { kindOf, OUTSIDE } from "./kinds";
import { commandLines, commandsIn, type Command } from "./shell";

export interface PlacedCommand extends Command {
  place: string;
  line: string;
}

/** Words that begin a command within a line; with an argument at least, as a name alone is prose. */
const BEGINS = /^(npm|pulumi|npx) \S/;

function placed(place: string, line: string): PlacedCommand[] {
  return commandsIn(line).map((command) => ({ ...command, place, line }));
}

/** @throws Error where a line that begins as a command cannot be read as one */
function allCommands(): PlacedCommand[] {
  return pages().flatMap((page) => [
    ...blocksOf(page)
      .filter((block) => kindOf(block) === "shell")
      .flatMap((block) => commandLines(block.text).flatMap((line) => placed(`${page}:${block.line}`, line))),
    ...inlinesOf(page)
      .filter(({ text }) => BEGINS.test(text))
      .flatMap(({ line, text }) => placed(`${page}:${line}`, text)),
  ]);
}

/** Commands that are this project's business. */
export const ownCommands = () => allCommands().filter(({ program }) => !(program in OUTSIDE));
