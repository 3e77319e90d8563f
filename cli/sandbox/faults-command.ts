/** `sandbox faults`: list the faults that hold. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const faultsCommand: CommandSpec<JsonOption> = {
  name: "faults",
  description: "List the active faults",
  on: "sandbox",
  changing: false,
  examples: ["sandbox faults"],
  define: (command) => void command.option("--json", "print the result as one JSON object"),
  async run(_args, options) {
    await (await import("./sandbox-actions")).listFaults(options);
    return 0;
  },
};
