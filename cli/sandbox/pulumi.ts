/** `npm run pulumi -- <arguments>`: the Pulumi CLI on the sandbox. Arguments, output and exit code are Pulumi's own. */
import { Sandbox } from "../../sandbox/sandbox";
import { announce, runCommand } from "../../console/run-command";

async function main(args: readonly string[]): Promise<number> {
  // Of the arguments only the first is told to others: later ones may be secrets, as with "config set --secret".
  const command = ["npm run pulumi --", ...args.slice(0, 1)].join(" ");
  const sandbox = await Sandbox.open({ command, log: announce });
  try {
    await sandbox.start();
    const { code } = await sandbox.pulumi(args, { stdio: "inherit" });
    return code;
  } finally {
    await sandbox.close();
  }
}

void runCommand(() => main(process.argv.slice(2)));
