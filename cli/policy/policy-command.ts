/** `npm run policy -- check <file> | build <folder>`: a configuration file of the policy pack, or the pack by itself. */
import * as fs from "node:fs";
import { Command, CommanderError } from "commander";
import { configurationProblems } from "../../policy/check-configuration";
import { RULES } from "../../policy/pack";
import { EXCEPTIONS_IN_USE } from "../../policy/to-policy";
import { buildPolicyPack } from "./policy-build";

const FAILED = 1;
const USAGE = 2;

function check(file: string): void {
  if (!fs.existsSync(file)) {
    process.stderr.write(`error: there is no file ${file}\n`);
    process.exitCode = USAGE;
    return;
  }
  const problems = configurationProblems(fs.readFileSync(file, "utf8"), RULES, [EXCEPTIONS_IN_USE.name]);
  if (problems.length === 0) return void process.stdout.write(`${file}: every policy and setting in it is known\n`);
  for (const problem of problems) process.stderr.write(`error: ${file}: ${problem}\n`);
  process.exitCode = FAILED;
}

function build(folder: string): void {
  const files = buildPolicyPack(folder);
  const next = [
    "Next:",
    `  npm install --prefix ${folder}`,
    `  pulumi policy publish   (in ${folder}, for Pulumi Cloud)`,
  ];
  process.stdout.write(`${[`${folder}: ${files.length} files`, ...next].join("\n")}\n`);
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
  if (!(error instanceof CommanderError)) process.stderr.write(`error: ${(error as Error).message}\n`);
  const help = error instanceof CommanderError && error.exitCode === 0;
  if (!help) process.exitCode = error instanceof CommanderError ? USAGE : FAILED;
}
