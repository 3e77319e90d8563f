/** `sandbox start`, which is `npm start`: a tenant and two sync servers, onboarded by one `pulumi up`. */
import { Option } from "commander";
import { SANDBOX_CLOUDS, type SandboxCloud } from "../../sandbox/tenant/cloud-names";
import type { CommandSpec } from "../command";

export const startCommand: CommandSpec<{ json?: boolean; cloud?: SandboxCloud }> = {
  name: "start",
  description: "Start an emulated tenant and two emulated servers, and run pulumi up",
  on: "sandbox",
  changing: true,
  examples: ["sandbox start", "sandbox start --cloud usgovernment"],
  define: (command) =>
    void command
      .option("--json", "print the status as one JSON object")
      .addOption(new Option("--cloud <cloud>", "the cloud of a new sandbox's tenant").choices(SANDBOX_CLOUDS)),
  run: async (_args, options) => (await import("./start")).start(options),
};
