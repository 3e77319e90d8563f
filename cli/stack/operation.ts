/**
 * What all commands on a stack share: arguments, help, exit codes. For the sandbox's stack the sandbox is started first and
 * the command runs as a child in its environment, whose throw-away certificate authority Node takes only at its start.
 */
import { Command } from "commander";
import { runCommand, withUsage } from "../../console/run-command";
import { readingStack } from "../../console/current-reader";
import { STACK } from "../../console/sandbox-stack";
import { openWorkbench, type Workbench } from "./stack-context";

/** Options that every command has. */
export interface CommonOptions {
  stack: string;
  configFile?: string;
}

export interface Operation<Options> {
  /** Its npm script. */
  name: string;
  /** The file that runs it: `__filename`. */
  file: string;
  description: string;
  /** Adds arguments and options beside the common ones. */
  define(command: Command): void;
  /** Refuses wrong use before anything is started. @throws UsageError */
  check?(args: readonly string[], options: Options & CommonOptions): void;
  /** @returns the exit code: 0 done, 1 failed, 2 wrong use */
  run(workbench: Workbench, args: readonly string[], options: Options & CommonOptions): Promise<number>;
}

function makeCommand<Options>(operation: Operation<Options>): Command {
  const command = new Command(`npm run ${operation.name} --`)
    .description(operation.description)
    .exitOverride()
    .showSuggestionAfterError()
    .option("--stack <name>", 'the stack; "dev" is the sandbox', process.env.PULUMI_STACK || STACK)
    .option("--config-file <file>", "the stack's configuration, where it is not Pulumi.<stack>.yaml");
  operation.define(command);
  return command;
}

async function work<Options>(operation: Operation<Options>, command: Command): Promise<number> {
  const options = command.opts<Options & CommonOptions>();
  readingStack(options.stack);
  operation.check?.(command.args, options);
  if (options.stack === STACK && !process.env.SANDBOX_STARTED) {
    const { runInSandbox } = await import("../sandbox/in-sandbox");
    return runInSandbox(operation.name, operation.file, process.argv.slice(2));
  }
  const workbench = await openWorkbench({ stack: options.stack, configFile: options.configFile });
  return operation.run(workbench, command.args, options);
}

async function main<Options>(operation: Operation<Options>, args: readonly string[]): Promise<number> {
  const command = makeCommand(operation);
  return withUsage(command, () => work(operation, command.parse(args, { from: "user" })));
}

/** Runs a command with this process's arguments, and ends the process with its exit code. */
export function runOperation<Options>(operation: Operation<Options>): Promise<never> {
  return runCommand(() => main(operation, process.argv.slice(2)));
}
