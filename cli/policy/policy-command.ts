/** `policy check <file>` and `policy build <folder>`: a configuration file of the policy pack, and the pack by itself. */
import * as fs from "node:fs";
import { EXIT, UsageError } from "../../console/errors";
import { print, printJson } from "../../console/output";
import { announce } from "../../console/progress";
import { loadFromClone } from "../clone";
import type { CommandGroup, CommandSpec } from "../command";

/** Of policy-build.ts, which a package does not have. */
interface Build {
  buildPolicyPack(folder: string): string[];
}

interface Options {
  json?: boolean;
}

const JSON_OPTION = ["--json", "print the result as one JSON object"] as const;

const check: CommandSpec<Options> = {
  name: "check",
  description: "Check a configuration file of the policy pack for unknown names and levels",
  on: "files",
  changing: false,
  examples: ["policy check policy/config.production.json"],
  define: (command) =>
    void command.argument("<file>", "the file, as given to --policy-pack-config").option(...JSON_OPTION),
  async run([file], { json }) {
    if (!fs.existsSync(file)) throw new UsageError(`${file} does not exist`);
    const [{ configurationProblems }, { RULES }, { EXCEPTIONS_IN_USE }] = await Promise.all([
      import("../../policy/check-configuration"),
      import("../../policy/pack"),
      import("../../policy/to-policy"),
    ]);
    const problems = configurationProblems(fs.readFileSync(file, "utf8"), RULES, [EXCEPTIONS_IN_USE.name]);
    if (json) printJson({ file, problems });
    else if (problems.length === 0) print(`${file}: no unknown policies or settings`);
    for (const problem of problems) announce(`error: ${file}: ${problem}`);
    return problems.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

const build: CommandSpec<Options> = {
  name: "build",
  description: "Compile the policy pack into a folder of its own",
  on: "files",
  changing: false,
  examples: ["policy build ../connect-sync-policy"],
  define: (command) => void command.argument("<folder>", "a new or empty folder").option(...JSON_OPTION),
  async run([folder], { json }) {
    const { buildPolicyPack } = await loadFromClone<Build>("policy build", "policy", "policy-build");
    const files = buildPolicyPack(folder);
    if (json) printJson({ folder, files });
    else {
      print(`${folder}: ${files.length} files\nNext:\n  npm install --prefix ${folder}`);
      print(`  pulumi policy publish   (in ${folder}, for Pulumi Cloud)`);
    }
    return EXIT.ok;
  },
};

export const policyCommands: CommandGroup = {
  name: "policy",
  description: "Check and build the policy pack",
  commands: [check, build] as CommandSpec[],
};
