/** `npm run policy -- check <file> | build <folder>`: a configuration file of the policy pack, or the pack by itself. */
import * as fs from "node:fs";
import { Command, CommanderError } from "commander";
import { configurationProblems } from "../../policy/check-configuration";
import { RULES } from "../../policy/pack";
import { EXCEPTIONS_IN_USE } from "../../policy/to-policy";
import { buildPolicyPack } from "./policy-build";
import { print, printError } from "../../console/output";

const FAILED = 1;
const USAGE = 2;

function check(file: string): void {
  if (!fs.existsSync(file)) {
    printError(`error: there is no file ${file}`);
    process.exitCode = USAGE;
    return;
  }
  const problems = configurationProblems(fs.readFileSync(file, "utf8"), RULES, [EXCEPTIONS_IN_USE.name]);
  if (problems.length === 0) return print(`${file}: every policy and setting in it is known`);
  for (const problem of problems) printError(`error: ${file}: ${problem}`);
  process.exitCode = FAILED;
}

function build(folder: string): void {
  const files = buildPolicyPack(folder);
  const next = [
    "Next:",
    `  npm install --prefix ${folder}`,
    `  pulumi policy publish   (in ${folder}, for Pulumi Cloud)`,
  ];
  print([`${folder}: ${files.length} files`, ...next].join("\n"));
}

const command = new Command("npm run policy --").description("The policy pack").exitOverride();
command
  .command("check")
  .description("find unknown names and levels in a configuration file")
  .argument("<file>", "a file for --policy-pack-config")
  .action(check);
command
  .command("build")
  .description("compile the pack so that it stands alone")
  .argument("<folder>", "a new or empty folder")
  .action(build);
for (const subcommand of command.commands) subcommand.exitOverride();

try {
  command.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) printError(`error: ${(error as Error).message}`);
  const help = error instanceof CommanderError && error.exitCode === 0;
  if (!help) process.exitCode = error instanceof CommanderError ? USAGE : FAILED;
}
