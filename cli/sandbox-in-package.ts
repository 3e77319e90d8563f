/** `sandbox` in a package, which does not include the sandbox. */
import { CommandError } from "../console/errors";
import type { CommandSpec } from "./command";

export const sandboxInPackage: CommandSpec = {
  name: "sandbox",
  description: "Run an emulated tenant and emulated servers (in a clone of the repository only)",
  on: "sandbox",
  changing: false,
  examples: ["sandbox"],
  define: (command) => void command.argument("[arguments...]").allowUnknownOption(),
  run: () =>
    Promise.reject(new CommandError("the sandbox needs a clone of the repository; the package does not include it")),
};
