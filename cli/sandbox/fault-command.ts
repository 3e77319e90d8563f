/** `sandbox fault`: make a server, the tenant or the bastion fail. */
import type { CommandSpec } from "../command";
import { glossary, servers } from "./glossary";
import type { JsonOption } from "./sandbox-actions";

export const faultCommand: CommandSpec<JsonOption & { times?: string }> = {
  name: "fault",
  description: "Make a server, the tenant or the bastion fail",
  on: "sandbox",
  changing: true,
  examples: ["sandbox fault sync02 unreachable", "sandbox fault sync02 busy --times 2", "sandbox fault sync02 clear"],
  define: (command) =>
    void command
      .argument("<target>", `${servers}, tenant or bastion`)
      .argument("<name>", "the fault; clear removes all faults of the target")
      .option("--times <n>", "number of matching operations that fail (default: no limit)")
      .option("--json", "print the result as one JSON object"),
  async explain() {
    const { BASTION_FAULTS, SERVER_FAULTS, TENANT_FAULTS } = await import("../../sandbox/surroundings/faults");
    return [
      glossary("Faults of a server", SERVER_FAULTS),
      glossary("Faults of the tenant", TENANT_FAULTS),
      glossary("Faults of the bastion", BASTION_FAULTS),
    ].join("\n");
  },
  async run([target, name], options) {
    await (await import("./sandbox-actions")).setFault(target, name, options);
    return 0;
  },
};
