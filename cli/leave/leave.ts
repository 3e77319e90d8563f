/** Leaving: a server goes back to a service account, or out of state as it is. */
import * as path from "node:path";
import { UsageError } from "../../console/errors";
import { abandon } from "./leave-abandon";
import { rollBack } from "./leave-rollback";
import type { Operation } from "../stack/operation";

export interface LeaveOptions {
  rollback?: true;
  abandon?: true;
  yes?: true;
}

export const leave: Operation<LeaveOptions> = {
  name: "leave",
  file: path.join(__dirname, "leave-command.ts"),
  description: "Take a server out of this project's hands, so that it can leave the configuration",
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
  run: async (context, [server], options) => {
    const work = options.rollback ? rollBack : abandon;
    await work(context, server, { yes: options.yes === true });
    return 0;
  },
};
