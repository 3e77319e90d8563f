/** Writes docs/commands.md anew, out of the tree of commands: `npm run command-docs`. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Argument, Command, Option } from "commander";
import * as prettier from "prettier";
import { fullName, leavesOf, specOf } from "../cli/command";
import { makeProgram } from "../cli/program";
import { EXIT_MEANINGS } from "../console/exit-codes";
import { ownLine } from "../console/own-command";

export const COMMANDS_PAGE = path.resolve(__dirname, "../docs/commands.md");

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

const optionRow = ({ flags, description, mandatory, defaultValue }: Option) => {
  const needed = mandatory ? " (required)" : "";
  const otherwise = typeof defaultValue === "string" ? ` (default: ${defaultValue})` : "";
  return [code(flags), cell(`${description}${needed}${otherwise}`)];
};

const argumentRow = (argument: Argument) => {
  const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return [code(name), cell(argument.description)];
};

function section(command: Command): string[] {
  const { changing, examples, on } = specOf(command)!;
  const name = fullName(command).split(" ").slice(1).join(" ");
  const effect = { stack: "a stack, its servers or its tenant", sandbox: "the sandbox", files: "" }[on];
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  return [
    `## ${name}`,
    "",
    `${command.description()}. ${changing ? `**Changes ${effect}.**` : ""}`.trim(),
    "",
    ...table(["argument or option", "what it is"], rows),
    "```sh",
    ...examples.map((example) => ownLine(example)),
    "```",
    "",
  ];
}

/** The page as it should be. */
export async function commandsPage(): Promise<string> {
  const program = await makeProgram();
  const leaves = leavesOf(program).filter((command) => !specOf(command)!.hidden);
  const text = [
    "# The command",
    "",
    "<!-- Made by `npm run command-docs` from the commands themselves. -->",
    "",
    "`npx connect-sync-identity` in a clone, in a project that has the package, and in any folder below one with a",
    "`Pulumi.yaml`. A command that changes a stack chooses none: `--stack` or `PULUMI_STACK` names it, and without either the",
    "command ends with exit code 2 and lists the stacks. A command that only reads may take the stack that Pulumi has selected,",
    "and says which. What runs against the sandbox says so in the first and the last line of its output, and as",
    '`"sandbox": true` in `--json`.',
    "",
    ...table(["global option", "what it does"], program.options.map(optionRow)),
    "## Exit codes",
    "",
    ...table(
      ["exit code", "meaning"],
      EXIT_MEANINGS.map(({ code: number, meaning }) => [code(number), cell(meaning)]),
    ),
    ...leaves.flatMap(section),
  ].join("\n");
  const options = (await prettier.resolveConfig(COMMANDS_PAGE)) ?? {};
  return prettier.format(text, { ...options, parser: "markdown" });
}

if (require.main === module) void commandsPage().then((page) => fs.writeFileSync(COMMANDS_PAGE, page));
