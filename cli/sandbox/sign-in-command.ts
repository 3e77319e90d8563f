/** `sandbox sign-in`: be the administrator who links the declared application at the server's desktop. */
import type { CommandSpec } from "../command";
import type { JsonOption } from "./sandbox-actions";

export const signInCommand: CommandSpec<JsonOption> = {
  name: "sign-in",
  description: "Link the declared application, as an administrator does at the server's desktop",
  on: "sandbox",
  changing: true,
  examples: ["sandbox sign-in sync02"],
  define: (command) =>
    void command
      .argument("<server>", "a server of the sandbox")
      .option("--json", "print the result as one JSON object"),
  async run([server], options) {
    await (await import("./sandbox-actions")).signIn(server, options);
    return 0;
  },
};
