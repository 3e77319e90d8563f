/** `sandbox pulumi -- <arguments>`: the Pulumi CLI on the sandbox. Arguments, output and exit code are those of Pulumi. */
import { sandboxPulumiLine } from "../../console/own-command";
import { announce } from "../../console/progress";
import { Sandbox } from "../../sandbox/sandbox";

export async function pulumiOnSandbox(args: readonly string[]): Promise<number> {
  // Of the arguments only the first is shown to others: later ones may be secrets, as with "config set --secret".
  const command = sandboxPulumiLine(args.slice(0, 1).join(" ")).trimEnd();
  const sandbox = await Sandbox.open({ command, log: announce });
  try {
    await sandbox.start();
    const { code } = await sandbox.pulumi(args, { stdio: "inherit" });
    return code;
  } finally {
    await sandbox.close();
  }
}
