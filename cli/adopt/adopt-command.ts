/** `adopt <server>`: takes over what Entra and a server hold, if state does not know it. */
import { stackCommand } from "../stack/stack-command";
import type { AdoptOptions } from "./adopt";

export const adoptCommand = stackCommand<AdoptOptions>({
  name: "adopt",
  description: "Import a server's existing application and certificate into the stack's state",
  changing: true,
  examples: ["adopt sync02 --stack prod", "adopt sync02 --stack prod --yes"],
  define: (command) =>
    void command
      .argument("<server>", "a server of the stack's configuration")
      .option("--yes", "import and set the configuration; without this option, only write the import file")
      .option("--output <file>", "path of the import file (default: adopt/<server>.import.json)")
      .addHelpText("after", "\nNothing changes on the server. See docs/situations/state-lost.md."),
  async run(run) {
    const [{ adopt }, { openStackContext }] = await Promise.all([import("./adopt"), import("../stack/stack-context")]);
    return adopt(await openStackContext(run), run.args[0], run.options, run.result);
  },
});
