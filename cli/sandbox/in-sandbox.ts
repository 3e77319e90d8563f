/** A command on the sandbox's stack: tenant and servers here, the command itself as a child in their environment. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { onInterrupt } from "../../console/interrupts";
import { ownLine } from "../../console/own-command";
import { childEnd } from "../../console/processes/child-end";
import { announce } from "../../console/progress";
import { PROJECT_VARIABLE } from "../../console/sandbox-stack";
import { ROOT, STARTED_IN } from "../clone";
import { sandboxFolderOf } from "../stack/stack-choice";
import { Sandbox } from "../../sandbox/sandbox";

const PROGRAM = path.resolve(__dirname, "../../bin/connect-sync-identity.js");

/** Variables of this process that the command reads, beyond what it gets of the sandbox. */
const PASSED_ON = ["NO_COLOR", "DEBUG", "PULUMI_STACK"];

/**
 * Starts the sandbox and runs a command line of this program in its environment, with this process's own streams.
 *
 * @param options.projectFolder the project of the stack; one that is not this repository has its sandbox in its folder
 * @param options.pulumi whether the command needs Pulumi and the stack
 * @returns the child's exit code
 */
export async function runInSandbox(
  args: readonly string[],
  { pulumi, projectFolder }: { pulumi: boolean; projectFolder: string },
): Promise<number> {
  // Only the first argument is shown to a process that waits for the sandbox.
  const command = ownLine(...args.slice(0, 1));
  const isOwn = fs.realpathSync(projectFolder) === fs.realpathSync(ROOT);
  // What messages name; the working directory may be another one by now.
  if (!isOwn) process.env[PROJECT_VARIABLE] = path.relative(STARTED_IN, projectFolder) || ".";
  const folder = sandboxFolderOf(projectFolder);
  const sandbox = await Sandbox.open({ command, log: announce, projectFolder, folder });
  try {
    if (pulumi) {
      await sandbox.start();
      // Without a stack there is nothing to read; any command of Pulumi's makes it.
      await sandbox.pulumi(["config"]);
    } else await sandbox.listen();
    const environment = pulumi ? sandbox.environment() : sandbox.plainEnvironment();
    const passed = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
    const env = { ...passed, ...environment };
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: STARTED_IN, env, stdio: "inherit" });
    // The terminal's own Ctrl-C reaches the child as well, which takes two within a moment for one.
    const stopPassing = onInterrupt((signal) => void child.kill(signal));
    try {
      return await childEnd(child);
    } finally {
      stopPassing();
    }
  } finally {
    await sandbox.close();
  }
}
