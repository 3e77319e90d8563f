/** `deprivilege-account <account>`: takes the roles of a former connector account that is not the product's own. */
import { UsageError } from "../../console/errors";
import { stackCommand } from "../stack/stack-command";

const USER_NAME = /^[^@\s"'\\]{1,64}@[a-z0-9.-]{1,190}$/i;

interface Options {
  administrator?: true;
  delete?: true;
  confirm?: string;
}

export const deprivilegeAccountCommand = stackCommand<Options>({
  name: "deprivilege-account",
  description: "Take the synchronisation roles from an account that no declared server uses",
  changing: true,
  examples: [
    "deprivilege-account svc-sync@contoso.com --stack prod",
    "deprivilege-account svc-sync@contoso.com --administrator --confirm svc-sync@contoso.com --stack prod",
  ],
  define: (command) =>
    void command
      .argument("<account>", "user principal name of the account")
      .option("--administrator", "take Global Administrator and Hybrid Identity Administrator from it as well")
      .option("--delete", "then remove the account, if nothing shows that it is more than a connector's")
      .option("--confirm <account>", "confirm with the account's name, without a question"),
  check: ([account]) => {
    if (!USER_NAME.test(account)) throw new UsageError(`"${account}" is not a user principal name`);
  },
  async run(run) {
    const [{ deprivilegeAccount }, { openStackContext }] = await Promise.all([
      import("./deprivilege-account"),
      import("../stack/stack-context"),
    ]);
    const { administrator = false, delete: remove = false, confirm } = run.options;
    return deprivilegeAccount(
      await openStackContext(run),
      run.args[0],
      { administrator, remove, given: confirm },
      run.result,
    );
  },
});
