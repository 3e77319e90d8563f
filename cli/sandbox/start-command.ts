/** `sandbox start`, which is `npm start`: a tenant and two sync servers, onboarded by one `pulumi up`. */
import type { CommandSpec } from "../command";

export const startCommand: CommandSpec<{ json?: boolean }> = {
  name: "start",
  description: "Start an emulated tenant and two emulated servers, and run pulumi up",
  on: "sandbox",
  changing: true,
  examples: ["sandbox start"],
  define: (command) => void command.option("--json", "print the status as one JSON object"),
  run: async (_args, options) => (await import("./start")).start(options),
};
