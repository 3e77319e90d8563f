/** `leave <server> --rollback | --abandon`: a server goes back to a service account, or out of state as it is. */
import { UsageError } from "../../console/errors";
import { stackCommand } from "../stack/stack-command";

interface LeaveOptions {
  rollback?: true;
  abandon?: true;
  yes?: true;
}

export const leaveCommand = stackCommand<LeaveOptions>({
  name: "leave",
  description: "Take a server out of this project's hands, so that it can leave the configuration",
  changing: true,
  examples: ["leave sync02 --rollback --stack prod", "leave sync02 --abandon --stack test"],
  define: (command) =>
    void command
      .argument("<server>", "its name in the configuration, or in state")
      .option("--rollback", "put the connector back on a service account; asks for an administrator's credential")
      .option("--abandon", "take the server out of state only; server and Entra stay as they are")
      .option("--yes", "do not ask for the server's name"),
  check: (_args, { rollback, abandon }) => {
    if (Boolean(rollback) !== Boolean(abandon)) return;
    throw new UsageError("give one of --rollback and --abandon: leaving is never done by default");
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
