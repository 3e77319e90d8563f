/** `npm ...` of the documentation, held against package.json; and what of it is Pulumi's. */
import { scripts } from "../../package.json";
import { ownArguments } from "./own-commands";
import type { Command } from "./shell";

/** Scripts that take no arguments. */
const PLAIN = ["lint", "format", "manifest", "package", "api-docs", "record-previews"];
/** Stages of `npm test`. */
const STAGES = [
  "types",
  "lint",
  "format",
  "unit",
  "component",
  "contract",
  "pester",
  "sequences",
  "toolchain",
  "end-to-end",
];

/** What is wrong with an npm command. */
export function npmProblems({ args }: Command): string[] {
  const [verb, script, dashes, ...rest] = args;
  if (["ci", "start", "install", "pack", "publish"].includes(verb)) return [];
  if (verb === "test")
    return args
      .slice(2)
      .filter((stage) => !STAGES.includes(stage))
      .map((stage) => `no stage ${stage}`);
  if (verb !== "run") return [`npm ${verb} is not known here`];
  if (!(script in scripts)) return [`package.json has no script ${script}`];
  if (dashes === undefined) return [];
  if (dashes !== "--") return [`arguments of ${script} come after --`];
  return PLAIN.includes(script) && rest.length > 0 ? [`${script} takes no arguments`] : [];
}

/** A Pulumi command line that stands in a command of ours or by itself; null where it is another program. */
export function pulumiArguments(command: Command): string[] | null {
  if (command.program === "pulumi") return command.args;
  const [group, name, dashes, ...rest] = ownArguments(command) ?? [];
  return group === "sandbox" && name === "pulumi" ? (dashes === "--" ? rest : []) : null;
}
