/** `sandbox clock`: show the sandbox's time, or move it on. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const clockCommand: CommandSpec<JsonOption> = {
  name: "clock",
  description: "Show or advance the sandbox's clock",
  on: "sandbox",
  changing: true,
  examples: ["sandbox clock", "sandbox clock +200d", "sandbox clock reset"],
  define: (command) =>
    void command
      .argument("[change]", "+200d advances the clock (s, m, h, d, w; cumulative), reset returns to real time")
      .option("--json", "print the result as one JSON object"),
  async run([change], options) {
    await (await import("./sandbox-actions")).changeClock(change, options);
    return 0;
  },
};
