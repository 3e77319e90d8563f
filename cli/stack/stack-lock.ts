/**
 * The lock of a stack, held while a command changes what a run of the engine changes as well. Pulumi has no command for it,
 * and each backend has its own lock; so a run of the engine holds it, whose program waits for this command's end. It can
 * change nothing: the program registers nothing and ends as failed, and the run is targeted at the stack's root alone.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { CommandError } from "../../console/errors";
import type { PulumiResult } from "../../console/processes/pulumi-process";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { projectFileOf } from "./project-folder";
import type { StackContext } from "./stack-context";

/** Waits for the end of the command, or for its death. */
const PROGRAM = `const fs = require("node:fs");
const { HOLD_FOLDER: folder, HOLD_PARENT: parent } = process.env;
const isAlive = () => {
  try {
    process.kill(Number(parent), 0);
    return true;
  } catch {
    return false;
  }
};
fs.writeFileSync(folder + "/held", "");
setInterval(() => {
  // "Failed, and said why" to the language host: behind a program that failed the engine deletes nothing.
  if (!isAlive() || fs.existsSync(folder + "/release")) process.exit(32);
}, 100);
`;

const ROOT_TYPE = "pulumi:pulumi:Stack";
/** How long Pulumi may take to begin, in seconds. */
const BEGIN_SECONDS = 120;
const POLL_MILLISECONDS = 100;

/** What Pulumi says if another run has the lock: file, S3, Azure and Google backends, then Pulumi Cloud. */
const LOCKED = /currently locked by|another update is currently in progress|\[409\]/i;

/** A relative file backend is relative to the project, which the waiting program is not in. */
function absolute(url: string, folder: string): string {
  const relative = /^file:\/\/(\.{1,2}(?:\/.*)?)$/.exec(url)?.[1];
  return relative === undefined ? url : `file://${path.resolve(folder, relative)}`;
}

/** A project of the same name and backend, whose program waits. */
function writeProject(folder: string, projectFolder: string): void {
  const project = parse(fs.readFileSync(projectFileOf(projectFolder), "utf8")) as {
    name: string;
    backend?: { url?: string };
  };
  const url = project.backend?.url;
  const backend = url === undefined ? {} : { backend: { url: absolute(url, projectFolder) } };
  const content = { name: project.name, runtime: "nodejs", main: "hold.js", ...backend };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(content));
  fs.writeFileSync(path.join(folder, "hold.js"), PROGRAM);
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ dependencies: { "@pulumi/pulumi": "*" } }));
  fs.mkdirSync(path.join(folder, "node_modules", "@pulumi"), { recursive: true });
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  fs.symlinkSync(sdk, path.join(folder, "node_modules", "@pulumi", "pulumi"), "junction");
}

async function beginHolding(
  context: StackContext,
  folder: string,
  why: string,
): Promise<{ running: Promise<unknown> }> {
  writeProject(folder, context.projectFolder);
  const root = (await context.state()).filter(({ type }) => type === ROOT_TYPE).map(({ urn }) => urn);
  const backend = process.env.PULUMI_BACKEND_URL;
  const running = context.pulumi(
    [
      ...["up", "--cwd", folder, "--yes", "--skip-preview", "--non-interactive", "--message", why],
      ...["--config-file", context.configFile, "--suppress-outputs"],
      ...root.flatMap((urn) => ["--target", urn]),
    ],
    {
      environment: {
        ...{ HOLD_FOLDER: folder, HOLD_PARENT: String(process.pid), PULUMI_CONTINUE_ON_ERROR: "false" },
        ...(backend === undefined ? {} : { PULUMI_BACKEND_URL: absolute(backend, context.projectFolder) }),
      },
    },
  );
  let ended: PulumiResult | undefined;
  const noted = running.then((result) => (ended = result));
  noted.catch(() => undefined);
  const until = Date.now() + BEGIN_SECONDS * 1000;
  while (!fs.existsSync(path.join(folder, "held"))) {
    if (ended) throw refused(context.stack, ended);
    if (Date.now() > until) {
      fs.writeFileSync(path.join(folder, "release"), "");
      throw new CommandError(`the lock of stack ${context.stack} was not taken within ${BEGIN_SECONDS} s`);
    }
    await Promise.race([sleep(POLL_MILLISECONDS), noted]);
  }
  return { running: noted };
}

function refused(stack: string, { stdout, stderr }: PulumiResult): Error {
  const said = `${stderr}\n${stdout}`.trim();
  if (!LOCKED.test(said)) return new CommandError(`the lock of stack ${stack} could not be taken: ${said}`);
  const who = /created by .*|another update is currently in progress/i.exec(said)?.[0] ?? "a run of Pulumi";
  return new ProblemError([diagnose("STACK_LOCKED", null, { stack, who })]);
}

/** The run that holds the lock; null if Pulumi cannot run, and that is allowed. */
async function begun(context: StackContext, folder: string, why: string, without?: (problem: string) => void) {
  try {
    return await beginHolding(context, folder, why);
  } catch (error) {
    if (!without || error instanceof ProblemError) throw error;
    without(error instanceof Error ? error.message.split("\n")[0] : String(error));
    return null;
  }
}

/**
 * Does work while no run of Pulumi can change the stack.
 *
 * @param why shown in the history of the stack
 * @param without lets the work go on without the lock if Pulumi cannot run; given the reason
 * @throws ProblemError STACK_LOCKED if a run is under way
 */
export async function holdingStack<T>(
  context: StackContext,
  why: string,
  work: () => Promise<T>,
  without?: (problem: string) => void,
): Promise<T> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-lock-")));
  try {
    const holder = await begun(context, folder, why, without);
    try {
      return await work();
    } finally {
      fs.writeFileSync(path.join(folder, "release"), "");
      await holder?.running.catch(() => undefined);
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
