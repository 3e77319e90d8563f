/**
 * What every command of the tree is: a name, arguments, and what it does, which is loaded only when it runs. A command has
 * to say whether it changes anything; test/unit/cli/changing-commands.test.ts walks all that do.
 */
import { Command, type CommanderError } from "commander";
import { EXIT_MEANINGS } from "../console/exit-codes";
import { UsageError } from "../console/errors";
import { ownLine, PROGRAM } from "../console/own-command";

/** What a command works on. */
type Target =
  /** A Pulumi stack, its servers and its tenant. */
  | "stack"
  /** The sandbox, which has no other stack and no other tenant. */
  | "sandbox"
  /** Files that an option or an argument names. */
  | "files";

export interface CommandSpec<Options = object> {
  name: string;
  /** One sentence, in the imperative, without a full stop. */
  description: string;
  on: Target;
  /** Whether it changes something that outlives it: a server, a tenant, a state, a configuration, the sandbox. */
  changing: boolean;
  /** Whether no help lists it: it is for a program, not for a person. @default false */
  hidden?: boolean;
  /** Command lines without the name of the program. */
  examples: readonly string[];
  /** Adds arguments and options. */
  define?(command: Command): void;
  /** More for the end of its help, which is expensive to load. */
  explain?(): Promise<string>;
  /** @returns the exit code */
  run(args: readonly string[], options: Options): Promise<number>;
}

/** Commands under a common name. */
export interface CommandGroup {
  name: string;
  description: string;
  commands: readonly (CommandSpec | CommandGroup)[];
}

export const isGroup = (entry: CommandSpec | CommandGroup): entry is CommandGroup => "commands" in entry;

const specs = new WeakMap<Command, CommandSpec>();

/** What a command of the tree was made from; undefined for a group. */
export const specOf = (command: Command): CommandSpec | undefined => specs.get(command);

/** The full name of a command as typed: `connect-sync-identity sandbox break`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** The commands that do something, with those of all groups. */
export function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

/** Wrong use as commander found it, as one sentence with the nearest name. */
function usageError(error: CommanderError, command: Command): UsageError {
  if (error.code === "commander.help") return named(new UsageError(missingCommand(command)), command);
  const text = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)$/s, "; did you mean $1?");
  return named(new UsageError(text), command);
}

/** Gives wrong use the command whose `--help` shows more. */
export function named(error: UsageError, command: Command): UsageError {
  error.command ??= fullName(command);
  return error;
}

/** What all commands and groups share. */
function prepare(command: Command): Command {
  return (
    command
      .helpOption("-h, --help", "show this help")
      .helpCommand(false)
      .showSuggestionAfterError()
      .allowExcessArguments(false)
      .configureHelp({ showGlobalOptions: true, subcommandTerm: (child) => child.name() })
      // Wrong use is reported in one place: console/run-command.ts.
      .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
      .exitOverride((error) => {
        throw error.exitCode === 0 ? error : usageError(error, command);
      })
  );
}

function list(title: string, lines: readonly string[]): string {
  return `\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** The exit codes, for the end of a help text. */
export function exitCodeHelp(): string {
  const width = Math.max(...EXIT_MEANINGS.map(({ code }) => code.length));
  return list(
    "Exit codes",
    EXIT_MEANINGS.map(({ code, meaning }) => `${code.padEnd(width)}  ${meaning}`),
  );
}

export function exampleHelp(examples: readonly string[]): string {
  if (examples.length === 0) return "";
  return list(
    examples.length === 1 ? "Example" : "Examples",
    examples.map((example) => ownLine(example)),
  );
}

/** Adds a command, or a group with all its commands. */
export function addCommand(parent: Command, entry: CommandSpec | CommandGroup, done: (code: number) => void): void {
  const hidden = !isGroup(entry) && entry.hidden === true;
  const command = prepare(parent.command(entry.name, { hidden })).description(entry.description);
  if (isGroup(entry)) {
    for (const child of entry.commands) addCommand(command, child, done);
    return;
  }
  specs.set(command, entry);
  entry.define?.(command);
  command.addHelpText("after", exampleHelp(entry.examples)).addHelpText("after", exitCodeHelp());
  command.action(async () => {
    try {
      done(await entry.run(command.args, command.opts()));
    } catch (error) {
      throw error instanceof UsageError ? named(error, command) : error;
    }
  });
}

function missingCommand(command: Command): string {
  const names = command
    .createHelp()
    .visibleCommands(command)
    .map((child) => child.name());
  return `missing command after "${fullName(command)}"; there is ${names.join(", ")}`;
}

/** The root of the tree. */
export function makeRoot(description: string): Command {
  return prepare(new Command(PROGRAM)).description(description);
}
