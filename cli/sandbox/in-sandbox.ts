/** A command on the sandbox's stack: tenant and servers here, the command itself as a child in their environment. */
import { spawn } from "node:child_process";
import { announce } from "../../console/run-command";
import { onInterrupt } from "../../console/interrupts";
import { Sandbox } from "../../sandbox/sandbox";
import { childEnd } from "../../console/processes/child-end";

/**
 * Starts the sandbox and runs a TypeScript file of this project in its environment, with this process's own streams.
 *
 * @param options.pulumi whether the command needs Pulumi and the stack. @default true
 * @returns the child's exit code
 */
export async function runInSandbox(
  name: string,
  file: string,
  args: readonly string[],
  { pulumi = true }: { pulumi?: boolean } = {},
): Promise<number> {
  // Of the arguments only the first is told to whoever waits for the sandbox.
  const command = [`npm run ${name} --`, ...args.slice(0, 1)].join(" ");
  const sandbox = await Sandbox.open({ command, log: announce });
  try {
    if (pulumi) {
      await sandbox.start();
      // Without a stack there is nothing to read; any command of Pulumi's makes it.
      await sandbox.pulumi(["config"]);
    } else await sandbox.listen();
    const child = spawn(process.execPath, ["-r", "ts-node/register", file, ...args], {
      env: pulumi ? sandbox.environment() : sandbox.plainEnvironment(),
      stdio: "inherit",
    });
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
