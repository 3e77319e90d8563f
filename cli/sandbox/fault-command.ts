/** `sandbox fault`: make a server or the tenant fail. */
import type { CommandSpec } from "../command";
import { glossary, servers } from "./glossary";
import type { JsonOption } from "./sandbox-actions";

export const faultCommand: CommandSpec<JsonOption & { times?: string }> = {
  name: "fault",
  description: "Make a server or the tenant fail",
  on: "sandbox",
  changing: true,
  examples: ["sandbox fault sync02 unreachable", "sandbox fault sync02 busy --times 2", "sandbox fault sync02 clear"],
  define: (command) =>
    void command
      .argument("<target>", `${servers}, or tenant`)
      .argument("<name>", "the fault; clear removes all faults of the target")
      .option("--times <n>", "number of matching operations that fail (default: no limit)")
      .option("--json", "print the result as one JSON object"),
  async explain() {
    const { SERVER_FAULTS, TENANT_FAULTS } = await import("../../sandbox/surroundings/faults");
    return [glossary("Faults of a server", SERVER_FAULTS), glossary("Faults of the tenant", TENANT_FAULTS)].join("\n");
  },
  async run([target, name], options) {
    await (await import("./sandbox-actions")).setFault(target, name, options);
    return 0;
  },
};
