/** Completion for four shells, out of the tree of commands. */
import { checkName } from "../../console/errors";
import { PROGRAM } from "../../console/own-command";
import type { CommandSpec } from "../command";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export const completionCommand: CommandSpec = {
  name: "completion",
  description: "Print a shell's completion script for this command",
  on: "files",
  changing: false,
  examples: ["completion bash > ~/.local/share/bash-completion/completions/connect-sync-identity"],
  define: (command) => void command.argument("<shell>", SHELLS.join(", ")),
  async run([shell]) {
    const known = checkName("shell", shell, SHELLS);
    const { default: tab } = await import("@bomb.sh/tab");
    tab.setup(PROGRAM, PROGRAM, known);
    return 0;
  },
};

/** What that script calls with the words so far. */
export const completeCommand: CommandSpec = {
  name: "complete",
  hidden: true,
  description: "Answer a shell's completion",
  on: "files",
  changing: false,
  examples: [],
  define: (command) => void command.argument("[words...]").allowUnknownOption(),
  async run(words) {
    const { commandTree, makeProgram } = await import("../program");
    const { default: complete } = await import("@bomb.sh/tab/commander");
    // It adds its own commands with these names, so it gets a tree without them.
    const others = (await commandTree()).filter(({ name }) => !["completion", "complete"].includes(name));
    const program = await makeProgram(undefined, others);
    complete(program, { completionCommandName: "completion" }).parse(words);
    return 0;
  },
};
