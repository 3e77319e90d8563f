/** `sandbox stop`: end the command that is using the sandbox, and a Pulumi that outlived its own. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const stopCommand: CommandSpec<JsonOption> = {
  name: "stop",
  description: "Stop the command that is using the sandbox, and any Pulumi process left running",
  on: "sandbox",
  changing: true,
  examples: ["sandbox stop"],
  define: (command) => void command.option("--json", "print the result as one JSON object"),
  async run(_args, options) {
    await (await import("./sandbox-actions")).stop(options);
    return 0;
  },
};
