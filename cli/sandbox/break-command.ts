/** `sandbox break`: change a server or the tenant behind Pulumi's back. */
import type { CommandSpec } from "../command";
import { glossary, servers } from "./glossary";
import type { JsonOption } from "./sandbox-actions";

export const breakCommand: CommandSpec<JsonOption> = {
  name: "break",
  description: "Change a server or the tenant behind Pulumi's back",
  on: "sandbox",
  changing: true,
  examples: ["sandbox break sync01 certificate", "sandbox break tenant role-holder"],
  define: (command) =>
    void command
      .argument("<target>", `${servers}, or tenant`)
      .argument("<what>", "what to break: see below with --help")
      .option("--json", "print the result as one JSON object"),
  async explain() {
    const [{ BREAKS }, { DIRECTORY_BREAKS }] = await Promise.all([
      import("../../sandbox/world/breaks"),
      import("../../sandbox/tenant/breaks"),
    ]);
    return [
      glossary("What, if the target is a server", BREAKS),
      glossary("What, if the target is the tenant", DIRECTORY_BREAKS),
    ].join("\n");
  },
  async run([target, what], options) {
    await (await import("./sandbox-actions")).breakThing(target, what, options);
    return 0;
  },
};
