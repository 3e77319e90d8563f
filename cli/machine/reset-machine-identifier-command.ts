/** `reset-machine-identifier <server>`: gives a cloned server an identifier of its own. */
import { stackCommand } from "../stack/stack-command";

interface ResetOptions {
  confirm?: string;
  dryRun?: true;
}

export const resetMachineIdentifierCommand = stackCommand<ResetOptions>({
  name: "reset-machine-identifier",
  description: "Give a cloned server a machine identifier of its own",
  changing: true,
  examples: [
    "reset-machine-identifier sync02 --dry-run --stack prod",
    "reset-machine-identifier sync02 --confirm sync02 --stack prod",
  ],
  define: (command) =>
    void command
      .argument("<server>", "name of the server in the configuration that is the clone")
      .option("--dry-run", "show the steps, and change nothing")
      .option("--confirm <name>", "confirm with the server's name, without a question"),
  async run(run) {
    const [{ resetMachineIdentifier }, { openStackContext }] = await Promise.all([
      import("./reset-machine-identifier"),
      import("../stack/stack-context"),
    ]);
    const { confirm, dryRun = false } = run.options;
    const { result } = run;
    return resetMachineIdentifier(await openStackContext(run), run.args[0], { confirm, dryRun, result });
  },
});
