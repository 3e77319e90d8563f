/**
 * What all commands on a stack share: how the stack is named, `--json`, and the sandbox. For the sandbox's stack the
 * sandbox is started first, and the command runs again as a child in its environment, whose throw-away certificate
 * authority Node takes only at its start.
 */
import * as path from "node:path";
import type { Command } from "commander";
import { readingStack } from "../../console/current-reader";
import { interruptNote } from "../../console/interrupts";
import { SANDBOX_VARIABLE } from "../../console/sandbox-stack";
import { UsageError } from "../../console/errors";
import { Result } from "../../console/result";
import { announce } from "../../console/progress";
import { loadSandboxPart } from "../clone";
import type { CommandSpec } from "../command";
import { chooseStack, type StackChoice } from "./stack-choice";

/** Options that every command on a stack has. */
interface StackOptions {
  stack?: string | string[];
  configFile?: string;
  json?: boolean;
}

/** What a command on a stack is given. */
export interface StackRun<Options> extends StackChoice {
  args: readonly string[];
  options: Options & StackOptions;
  /** Absolute. */
  configFile: string | undefined;
  result: Result;
  /** The further stacks, if several were named. */
  others: readonly StackChoice[];
}

export interface StackCommandSpec<Options> extends Omit<CommandSpec<Options>, "on" | "run"> {
  /** Whether the sandbox has to bring Pulumi up for it. @default true */
  pulumi?: boolean;
  /** Whether several stacks may be named. @default false */
  several?: boolean;
  /** Refuses wrong use before anything is started. @throws UsageError */
  check?(args: readonly string[], options: Options & StackOptions): void | Promise<void>;
  /** @returns the exit code */
  run(run: StackRun<Options>): Promise<number>;
}

const UNTOUCHED = "nothing was changed";
const UNKNOWN = "completed steps remain; run the same command again to continue";

function defineStackOptions(command: Command, changing: boolean, several: boolean): void {
  const otherwise = changing ? "PULUMI_STACK" : "PULUMI_STACK, then the selected stack";
  const words = `the stack${several ? ", may be repeated" : ""} (default: ${otherwise})`;
  if (several) command.option("--stack <name>", words, (name: string, before: string[] = []) => [...before, name]);
  else command.option("--stack <name>", words);
  command
    .option("--config-file <file>", "the stack's configuration file (default: Pulumi.<stack>.yaml)")
    .option("--json", "print the result as one JSON object");
}

/** A command of the tree out of what it does on a stack. */
export function stackCommand<Options extends object>(spec: StackCommandSpec<Options>): CommandSpec<Options> {
  const { name, description, changing, examples, define, explain, several = false } = spec;
  return {
    ...{ name, description, changing, examples, explain, on: "stack" },
    define: (command) => {
      define?.(command);
      defineStackOptions(command, changing, several);
    },
    run: (args, options) => runOnStack(spec, args, options),
  };
}

/** @throws UsageError if several stacks cannot be worked on together */
function refuseMixture(choices: readonly StackChoice[], { configFile }: StackOptions): void {
  if (choices.length === 1) return;
  const names = choices.map(({ stack }) => stack);
  if (new Set(names).size < names.length) throw new UsageError(`a stack is named twice: ${names.join(", ")}`);
  if (configFile !== undefined) throw new UsageError("--config-file is for one stack, and several are named");
  const starts = !process.env[SANDBOX_VARIABLE] && choices.some(({ sandbox }) => sandbox);
  if (starts) throw new UsageError("the sandbox's stack is worked on alone");
}

async function runOnStack<Options extends object>(
  spec: StackCommandSpec<Options>,
  args: readonly string[],
  options: Options & StackOptions,
): Promise<number> {
  await spec.check?.(args, options);
  const { changing, pulumi = true } = spec;
  const choose = (given: string | undefined) =>
    chooseStack({ given, changing, folder: process.cwd(), environment: process.env });
  const [first, ...further] = [options.stack ?? []].flat();
  const choice = choose(first);
  const others = further.map(choose);
  refuseMixture([choice, ...others], options);
  readingStack(choice.stack);
  if (choice.sandbox && !process.env[SANDBOX_VARIABLE]) {
    const part = await loadSandboxPart();
    return part!.runInSandbox(process.argv.slice(2), { pulumi, projectFolder: choice.projectFolder });
  }
  if (choice.namedBy === "Pulumi's selection") announce(`stack ${choice.stack}, selected by Pulumi`);
  const removeNote = interruptNote(changing ? UNKNOWN : UNTOUCHED);
  const result = new Result({ json: options.json === true, sandbox: choice.sandbox });
  const configFile = options.configFile === undefined ? undefined : path.resolve(options.configFile);
  try {
    return await spec.run({ ...choice, args, options, configFile, result, others });
  } finally {
    result.end();
    removeNote();
  }
}
