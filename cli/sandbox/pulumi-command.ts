/** `sandbox pulumi -- <arguments>`: the Pulumi CLI on the sandbox. */
import type { CommandSpec } from "../command";

export const pulumiCommand: CommandSpec = {
  name: "pulumi",
  description: "Run Pulumi on the sandbox's stack; its arguments follow --",
  on: "sandbox",
  changing: true,
  examples: ["sandbox pulumi -- preview --diff", "sandbox pulumi -- up --yes", "sandbox pulumi -- stack export"],
  define: (command) =>
    void command
      .usage("-- [arguments...]")
      .argument("[arguments...]", "arguments of Pulumi, after --")
      .addHelpText("after", "\nOutput and exit code are those of Pulumi."),
  run: async (args) => (await import("./pulumi")).pulumiOnSandbox(args),
};
