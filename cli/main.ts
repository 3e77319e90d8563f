/** The one command: takes its arguments apart, runs what they name, and ends with its exit code. */
import { CommanderError, type Command } from "commander";
import { EXIT } from "../console/exit-codes";
import { announce, runCommand } from "../console/run-command";
import { sayWaits } from "../remote/waiting";
import { leavesOf, specOf } from "./command";
import { makeProgram } from "./program";

const HELP = ["-h", "--help"];

/** Adds what is expensive to load, if help on it is asked for. */
async function explain(program: Command, args: readonly string[]): Promise<void> {
  if (!args.some((arg) => HELP.includes(arg))) return;
  for (const command of leavesOf(program).filter((leaf) => args.includes(leaf.name()))) {
    const text = await specOf(command)?.explain?.();
    if (text !== undefined) command.addHelpText("after", text);
  }
}

async function run(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  sayWaits(announce);
  const program = await makeProgram((ended) => (code = ended));
  await explain(program, args);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return EXIT.ok; // Help was shown; wrong use is a UsageError.
    throw error;
  }
  return code;
}

/** Runs the command line of this process, and ends it. */
export function main(args: readonly string[] = process.argv.slice(2)): Promise<never> {
  return runCommand(() => run(args));
}
