/** `npm ...` of the documentation, held against package.json and the help that each command prints of itself. */
import { spawn } from "node:child_process";
import { scripts } from "../../package.json";
import { ROOT } from "./blocks";
import type { Command } from "./shell";

/** Scripts that take no arguments. */
const PLAIN = ["lint", "format", "manifest"];
/** Stages of `npm test`. */
const STAGES = ["types", "lint", "format", "unit", "component", "contract", "sequences", "toolchain", "end-to-end"];

const helps = new Map<string, Promise<string>>();

/** What a script prints of itself; asked for once. */
function help(script: string, subcommand: string[]): Promise<string> {
  const key = [script, ...subcommand].join(" ");
  const known = helps.get(key);
  if (known) return known;
  const [, ...words] = scripts[script as keyof typeof scripts].split(" ");
  const asked = last.then(() => ask([...words, ...subcommand, "--help"]));
  last = asked.catch(() => "");
  helps.set(key, asked);
  return asked;
}

/** One after the other: together they would take longer each than a busy machine allows. */
let last: Promise<string> = Promise.resolve("");

function ask(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, timeout: 60_000 });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => (text === "" ? reject(new Error(`no help: ${args.join(" ")}`)) : resolve(text)));
  });
}

/** What is wrong with the arguments of a command, by its own help. */
async function argumentProblems(script: string, given: readonly string[]): Promise<string[]> {
  let args = [...given];
  let text = await help(script, []);
  const subcommands = [...(text.split(/^Commands:$/m)[1] ?? "").matchAll(/^ {2}([a-z][\w-]*)/gm)].map(
    ([, name]) => name,
  );
  if (subcommands.length > 0 && args.length > 0 && args[0] !== "help" && !args[0].startsWith("-")) {
    if (!subcommands.includes(args[0])) return [`no command "${args[0]}"`];
    text = await help(script, [args[0]]);
    args = args.slice(1);
  } else if (args[0] === "help") return args.slice(1).filter((name) => !subcommands.includes(name));
  const problems: string[] = [];
  const values: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const [name] = args[index].split("=");
    if (!name.startsWith("-")) values.push(args[index]);
    else if (name !== "--help") {
      const option = new RegExp(`^ {2}.*${name}(?![\\w-])( [<[])?`, "m").exec(text);
      if (!option) problems.push(`no option ${name}`);
      else if (option[1] && !args[index].includes("=")) index += 1;
    }
  }
  const usage = /^Usage: (.*)$/m.exec(text)?.[1] ?? "";
  const places = [...usage.matchAll(/[<[](?!options\]|command\])[\w-]+(\.\.\.)?[>\]]/g)];
  if (values.length > places.length) problems.push(`${values.length} arguments, but: ${usage}`);
  // Names that the help explains: what can be broken, and which faults there are.
  const names = [...text.matchAll(/^ {2}([a-z][\w-]*) {2,}\S/gm)].map(([, name]) => name);
  if (["break", "fault"].includes(given[0]) && values.length === 2 && ![...names, "clear"].includes(values[1])) {
    problems.push(`nothing is called "${values[1]}"`);
  }
  return problems;
}

/** What is wrong with an npm command; `npm run pulumi` is the Pulumi check's business. */
export async function npmProblems({ args }: Command): Promise<string[]> {
  const [verb, script, dashes, ...rest] = args;
  if (["ci", "start", "install", "pack", "publish"].includes(verb)) return [];
  if (verb === "test")
    return args
      .slice(2)
      .filter((stage) => !STAGES.includes(stage))
      .map((stage) => `no stage ${stage}`);
  if (verb !== "run") return [`npm ${verb} is not known here`];
  if (!(script in scripts)) return [`package.json has no script ${script}`];
  if (script === "pulumi" || dashes === undefined) return [];
  if (dashes !== "--") return [`arguments of ${script} come after --`];
  if (PLAIN.includes(script)) return [`${script} takes no arguments`];
  return argumentProblems(script, rest);
}

/** A Pulumi command line that stands in an npm command or by itself; null where it is another program. */
export function pulumiArguments({ program, args }: Command): string[] | null {
  if (program === "pulumi") return args;
  if (program === "npm" && args[0] === "run" && args[1] === "pulumi") return args.slice(3);
  return null;
}
