/** `sandbox clean`: remove all that the sandbox holds, and the Pulumi toolchains made for it. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const cleanCommand: CommandSpec<JsonOption> = {
  name: "clean",
  description: "Remove the sandbox and the Pulumi toolchains built for it",
  on: "sandbox",
  changing: true,
  examples: ["sandbox clean"],
  define: (command) => void command.option("--json", "print the result as one JSON object"),
  async run(_args, options) {
    await (await import("./sandbox-actions")).clean(options);
    return 0;
  },
};
