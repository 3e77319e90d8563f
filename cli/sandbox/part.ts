/** The sandbox's part of the command; a package does not have it. */
import type { CommandGroup, CommandSpec } from "../command";
import { breakCommand } from "./break-command";
import { cleanCommand } from "./clean-command";
import { clockCommand } from "./clock-command";
import { faultCommand } from "./fault-command";
import { faultsCommand } from "./faults-command";
import { pipelineCommand } from "./pipeline-command";
import { ofAnyProject } from "./project-option";
import { pulumiCommand } from "./pulumi-command";
import { resetCommand } from "./reset-command";
import { signInCommand } from "./sign-in-command";
import { startCommand } from "./start-command";
import { statusCommand } from "./status-command";
import { stopCommand } from "./stop-command";

export const sandboxCommands: CommandGroup = {
  name: "sandbox",
  description: "Run an emulated tenant and emulated Entra Connect servers",
  commands: [
    startCommand,
    statusCommand,
    breakCommand,
    faultCommand,
    faultsCommand,
    clockCommand,
    signInCommand,
    pipelineCommand,
    pulumiCommand,
    resetCommand,
    cleanCommand,
    stopCommand,
  ].map((command) => ofAnyProject(command as CommandSpec)),
};

export async function runInSandbox(
  args: readonly string[],
  options: { pulumi: boolean; projectFolder: string },
): Promise<number> {
  return (await import("./in-sandbox")).runInSandbox(args, options);
}
