/** `sandbox break`: change a server or the tenant outside Pulumi. */
import type { CommandSpec } from "../command";
import { glossary, servers } from "./glossary";
import type { JsonOption } from "./sandbox-actions";

export const breakCommand: CommandSpec<JsonOption> = {
  name: "break",
  description: "Change a server or the tenant outside Pulumi",
  on: "sandbox",
  changing: true,
  examples: ["sandbox break sync01 certificate", "sandbox break tenant role-holder"],
  define: (command) =>
    void command
      .argument("<target>", `${servers}, or tenant`)
      .argument("<what>", "what to break; --help lists the values")
      .option("--json", "print the result as one JSON object"),
  async explain() {
    const [{ BREAKS }, { DIRECTORY_BREAKS }] = await Promise.all([
      import("../../sandbox/world/breaks"),
      import("../../sandbox/tenant/breaks"),
    ]);
    return [
      glossary("Values of <what> for a server", BREAKS),
      glossary("Values of <what> for the tenant", DIRECTORY_BREAKS),
    ].join("\n");
  },
  async run([target, what], options) {
    await (await import("./sandbox-actions")).breakThing(target, what, options);
    return 0;
  },
};
