/** `remove-legacy-account <server> --name Sync_...`: removes a password account that no server uses any more. */
import { UsageError } from "../../console/errors";
import { stackCommand } from "../stack/stack-command";

/** As the protocol takes it: the first part of the user principal name, as the cmdlet wants it. */
const ACCOUNT_NAME = /^Sync_[A-Za-z0-9_-]{1,80}$/;

export const removeLegacyAccountCommand = stackCommand<{ name?: string }>({
  name: "remove-legacy-account",
  description: "Remove a server's former password account, if no declared server uses it",
  changing: true,
  examples: ["remove-legacy-account sync01 --name Sync_SYNC01_0123456789ab --stack prod"],
  define: (command) =>
    void command
      .argument("<server>", "name of the server in the configuration")
      .option("--name <account>", "the account, without its domain: Sync_<computer>_<identifier>"),
  check: (_args, { name }) => {
    if (name === undefined) throw new UsageError("give --name: an account is removed only by its name");
    if (!ACCOUNT_NAME.test(name))
      throw new UsageError(`"${name}" is not an account name such as Sync_SYNC01_0123456789ab`);
  },
  async run(run) {
    const [{ removeLegacyAccount }, { openStackContext }] = await Promise.all([
      import("./remove-legacy-account"),
      import("../stack/stack-context"),
    ]);
    return removeLegacyAccount(await openStackContext(run), run.args[0], run.options.name!, run.result);
  },
});
