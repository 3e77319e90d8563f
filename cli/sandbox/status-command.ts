/** `sandbox status`: show what the tenant and the servers hold, read from them and not from Pulumi's state. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const statusCommand: CommandSpec<JsonOption> = {
  name: "status",
  description: "Show the content of tenant and servers, read from them, not from Pulumi's state",
  on: "sandbox",
  changing: false,
  examples: ["sandbox status", "sandbox status --json"],
  define: (command) => void command.option("--json", "print the result as one JSON object"),
  async run(_args, options) {
    await (await import("./sandbox-actions")).showStatus(options);
    return 0;
  },
};
