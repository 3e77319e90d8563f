/** `sandbox reset`: make tenant, servers, keys, clock, faults and the stack's state new. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const resetCommand: CommandSpec<JsonOption> = {
  name: "reset",
  description: "Recreate tenant, servers, keys, clock, faults and the stack's state",
  on: "sandbox",
  changing: true,
  examples: ["sandbox reset"],
  define: (command) => void command.option("--json", "print the result as one JSON object"),
  async run(_args, options) {
    await (await import("./sandbox-actions")).reset(options);
    return 0;
  },
};
