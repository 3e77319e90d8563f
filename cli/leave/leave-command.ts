/** `leave <server> --rollback | --abandon`: switches a server back to a service account, or removes it from state unchanged. */
import { UsageError } from "../../console/errors";
import { stackCommand } from "../stack/stack-command";

interface LeaveOptions {
  rollback?: true;
  abandon?: true;
  yes?: true;
}

export const leaveCommand = stackCommand<LeaveOptions>({
  name: "leave",
  description: "Release a server, so that it can be removed from the configuration",
  changing: true,
  examples: ["leave sync02 --rollback --stack prod", "leave sync02 --abandon --stack test"],
  define: (command) =>
    void command
      .argument("<server>", "name of the server in the configuration or in state")
      .option("--rollback", "switch the connector back to a service account; asks for an administrator's credential")
      .option("--abandon", "remove the server from state only; server and Entra remain unchanged")
      .option("--yes", "do not ask for the server's name"),
  check: (_args, { rollback, abandon }) => {
    if (Boolean(rollback) !== Boolean(abandon)) return;
    throw new UsageError("give either --rollback or --abandon; there is no default");
  },
  async run(run) {
    const [{ rollBack }, { abandon }, { openStackContext }] = await Promise.all([
      import("./leave-rollback"),
      import("./leave-abandon"),
      import("../stack/stack-context"),
    ]);
    const context = await openStackContext(run);
    const work = run.options.rollback ? rollBack : abandon;
    await work(context, run.args[0], { yes: run.options.yes === true, result: run.result });
    return 0;
  },
});
