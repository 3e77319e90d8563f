/**
 * Which stack a command works on. A command that changes something needs a named stack, by `--stack` or
 * PULUMI_STACK. One that only reads may use Pulumi's selected stack, except the sandbox's.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UsageError } from "../../console/errors";
import { projectName } from "../../console/project-name";
import { SANDBOX_VARIABLE, STACK } from "../../console/sandbox-stack";
import { isClone, ROOT } from "../clone";
import { projectFileOf, stacksIn } from "./project-folder";

export interface StackChoice {
  stack: string;
  /** The folder that holds Pulumi.yaml. */
  projectFolder: string;
  /** What said so. */
  namedBy: "--stack" | "PULUMI_STACK" | "Pulumi's selection";
  /** Whether all of it is the sandbox's. */
  sandbox: boolean;
}

export interface StackRequest {
  /** What `--stack` says. */
  given: string | undefined;
  changing: boolean;
  folder: string;
  environment: NodeJS.ProcessEnv;
}

/** Where the sandbox of a project is stored. */
export const sandboxFolderOf = (projectFolder: string) =>
  path.resolve(process.env.SANDBOX_FOLDER || path.join(projectFolder, ".sandbox"));

/**
 * Whether this is the stack of a sandbox: the clone's own, or that of a project in whose folder a sandbox was started. A
 * stack of that name in another project is not.
 */
export function isSandboxStack(stack: string, projectFolder: string): boolean {
  if (stack !== STACK || !isClone()) return false;
  const own = fs.realpathSync(projectFolder) === fs.realpathSync(ROOT);
  return own || fs.existsSync(path.join(sandboxFolderOf(projectFolder), "settings.json"));
}

/** The stack that `pulumi stack select` chose for a project; null if none is. */
function selectedStack(projectFile: string, environment: NodeJS.ProcessEnv): string | null {
  const home = environment.PULUMI_HOME || path.join(os.homedir(), ".pulumi");
  const hash = createHash("sha1").update(projectFile).digest("hex");
  const file = path.join(home, "workspaces", `${projectName(projectFile)}-${hash}-workspace.json`);
  try {
    const { stack } = JSON.parse(fs.readFileSync(file, "utf8")) as { stack?: unknown };
    return typeof stack === "string" && stack !== "" ? stack : null;
  } catch {
    return null; // No stack is selected here.
  }
}

function noStack(folder: string, changing: boolean): UsageError {
  const stacks = stacksIn(folder);
  const there =
    stacks.length === 0 ? `No Pulumi.<stack>.yaml in ${folder}` : `Stacks in ${folder}: ${stacks.join(", ")}`;
  const why = changing
    ? "this command changes servers or Entra, so it needs a named stack"
    : "no stack is named or selected";
  return new UsageError(`${why}: add --stack <name>, or set PULUMI_STACK. ${there}`);
}

/**
 * The stack of a command.
 *
 * @throws UsageError that lists the stacks if none is named
 */
export function chooseStack({ given, changing, folder, environment }: StackRequest): StackChoice {
  const projectFile = projectFileOf(folder);
  const projectFolder = path.dirname(projectFile);
  const choice = (stack: string, namedBy: StackChoice["namedBy"]): StackChoice => {
    // A process inside a sandbox reaches only the sandbox.
    const sandbox = Boolean(environment[SANDBOX_VARIABLE]) || isSandboxStack(stack, projectFolder);
    return { stack, projectFolder, namedBy, sandbox };
  };
  if (given) return choice(given, "--stack");
  if (environment.PULUMI_STACK) return choice(environment.PULUMI_STACK, "PULUMI_STACK");
  const selected = changing ? null : selectedStack(projectFile, environment);
  if (selected === null || isSandboxStack(selected, projectFolder)) throw noStack(projectFolder, changing);
  return choice(selected, "Pulumi's selection");
}
