/** What only a clone of the repository has: the sandbox, and the sources that are compiled here. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError } from "../console/errors";
import type { CommandGroup } from "./command";

/** The clone, or the folder of the package. */
export const ROOT = path.resolve(__dirname, "..");

/** The folder in which this process was started; `--cwd` changes to another one. */
export const STARTED_IN = process.cwd();

/** The part of the command that starts the sandbox. */
export interface SandboxPart {
  sandboxCommands: CommandGroup;
  /** Starts the sandbox, and runs this very command line again in its environment. @returns its exit code */
  runInSandbox(args: readonly string[], options: { pulumi: boolean; projectFolder: string }): Promise<number>;
}

/** Loads a module that a package does not have; by a name that the compiler does not follow. */
async function load<Module>(...parts: string[]): Promise<Module | null> {
  const file = path.join(__dirname, ...parts);
  if (![".ts", ".js"].some((extension) => fs.existsSync(file + extension))) return null;
  return (await import(file)) as Module;
}

/** Whether this is a clone. */
export const isClone = (): boolean => fs.existsSync(path.join(ROOT, "sandbox"));

/** The sandbox's part; null in a package. */
export const loadSandboxPart = () => load<SandboxPart>("sandbox", "part");

/** @throws CommandError in a package */
export async function loadFromClone<Module>(what: string, ...parts: string[]): Promise<Module> {
  const module = await load<Module>(...parts);
  if (module === null)
    throw new CommandError(`${what} needs a clone of the repository; the package does not include it`);
  return module;
}
