/** `revoke <server>`: the emergency, removing a server's key credential now. */
import { stackCommand } from "../stack/stack-command";

export const revokeCommand = stackCommand<{ confirm?: string }>({
  name: "revoke",
  description: "Emergency: remove a server's key credential now, which stops its synchronisation",
  changing: true,
  examples: ["revoke sync02 --stack prod", "revoke sync02 --stack prod --confirm sync02"],
  define: (command) =>
    void command
      .argument("<server>", "name of the server in the configuration or in state")
      .option("--confirm <name>", "confirm with the server's name, without a question"),
  async run(run) {
    const [{ revoke }, { openStackContext }] = await Promise.all([
      import("./revoke"),
      import("../stack/stack-context"),
    ]);
    const [server] = run.args;
    return revoke(await openStackContext(run), server, run.options.confirm, run.result);
  },
});
