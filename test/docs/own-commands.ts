/** `npx connect-sync-identity ...` of the documentation, held against the tree of commands. */
import { isGroup, type CommandGroup, type CommandSpec } from "../../cli/command";
import { commandTree, makeProgram } from "../../cli/program";
import { PROGRAM } from "../../console/own-command";
import { BREAKS } from "../../sandbox/world/breaks";
import { BASTION_FAULTS, SERVER_FAULTS, TENANT_FAULTS } from "../../sandbox/surroundings/faults";
import { DIRECTORY_BREAKS } from "../../sandbox/tenant/breaks";
import type { Command } from "./shell";

/** What `break` and `fault` know. */
const NAMES: Record<string, readonly string[]> = {
  break: [...Object.keys(BREAKS), ...Object.keys(DIRECTORY_BREAKS)],
  fault: [...Object.keys(SERVER_FAULTS), ...Object.keys(TENANT_FAULTS), ...Object.keys(BASTION_FAULTS), "clear"],
};

/** The arguments of a command of this project; null where it is another program's. */
export function ownArguments({ program, args }: Command): string[] | null {
  const [name, ...words] = args;
  return program === "npx" && name === PROGRAM ? words : null;
}

/** A tree whose commands do nothing but say that they were reached. */
function harmless(
  entry: CommandSpec | CommandGroup,
  reached: (name: string, args: readonly string[]) => void,
): CommandSpec | CommandGroup {
  if (isGroup(entry)) return { ...entry, commands: entry.commands.map((child) => harmless(child, reached)) };
  const run = async (args: readonly string[]) => {
    reached(entry.name, args);
    return 0;
  };
  return { ...entry, run };
}

/** Whether the words are the name of a command and nothing else, as prose has it. */
async function isName(words: readonly string[]): Promise<boolean> {
  let entries: readonly (CommandSpec | CommandGroup)[] = await commandTree();
  for (const word of words) {
    const found = entries.find(({ name }) => name === word);
    if (!found) return false;
    entries = isGroup(found) ? found.commands : [];
  }
  return true;
}

/** What is wrong with the words after the program's name. */
export async function ownProblems(words: readonly string[]): Promise<string[]> {
  if (await isName(words)) return [];
  const problems: string[] = [];
  const reached = (name: string, [, what]: readonly string[]) => {
    if (name in NAMES && what !== undefined && !NAMES[name].includes(what))
      problems.push(`nothing is called "${what}"`);
  };
  const tree = (await commandTree()).map((entry) => harmless(entry, reached));
  const program = await makeProgram(undefined, tree);
  const write = () => undefined;
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.configureOutput({ writeOut: write });
  }
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if ((error as { exitCode?: number }).exitCode !== 0) problems.push((error as Error).message);
  }
  return problems;
}
