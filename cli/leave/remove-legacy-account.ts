/** Removal of the password account that a server left behind when it was onboarded. */
import { PROTOCOL_VERSION, type RemoveLegacyAccountRequest } from "../../model/protocol/host-protocol";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { runHostOperation } from "../../remote/host-operation";
import { announce, during, showStep } from "../../console/progress";
import { promptCredential } from "../../console/prompt";
import type { Result } from "../../console/result";
import { identityLine } from "../stack/next-steps";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";
import { isFacts, seeAll, usesOf, type SeenServer } from "./account-use";

const BOUNDS: RemoveLegacyAccountRequest["bounds"] = { cmdletSeconds: 300 };
const LIMIT_SECONDS = BOUNDS.cmdletSeconds + 120;

const ON_SERVER = "the server completes the removal; run the same command again, which reports the result";

/**
 * Why an account must remain; empty if it may be removed.
 *
 * @param server the server that is to remove it
 * @param all every declared server: one that cannot be observed may be using it
 */
export function obstacles(account: string, server: string, all: readonly SeenServer[]): Diagnostic[] {
  const others = all.flatMap(({ server: name, seen }): Diagnostic[] => {
    if (name !== server || !isFacts(seen)) return [];
    const { computerName } = seen;
    if (account.toLowerCase().startsWith(`sync_${computerName.toLowerCase()}_`)) return [];
    const expected = `an account named Sync_${computerName}_...`;
    const values = { property: `account ${account}`, actual: "another name", expected };
    return [diagnose("ACCOUNT_UNEXPECTED", name, values)];
  });
  return [...usesOf(account, all), ...others];
}

/** Removes the account. @throws ProblemError with every reason why it must remain */
export async function removeLegacyAccount(
  context: StackContext,
  name: string,
  account: string,
  result: Result,
): Promise<number> {
  const declaration = context.server(name);
  const seen = await during("reading every declared server", null, () => seeAll(context));
  const problems = obstacles(account, name, seen);
  if (problems.length > 0) throw new ProblemError(problems);
  announce(
    `${name}: the account ${account} is removed from Entra (Remove-ADSyncAADServiceAccount). This cannot be undone.`,
  );
  const credential = await promptCredential(
    "A Hybrid Identity Administrator without multifactor authentication signs in on the server. The password is not stored.",
  );
  const request: RemoveLegacyAccountRequest = {
    protocol: PROTOCOL_VERSION,
    server: name,
    removeLegacyAccount: account,
    bounds: BOUNDS,
    credential,
  };
  const options = { limitSeconds: LIMIT_SECONDS, secrets: [credential.password], onStep: showStep };
  const target = context.sshTarget(declaration);
  const { result: removed } = await during(`${name}: removing ${account}`, ON_SERVER, () =>
    holdingStack(context, `remove-legacy-account ${name}`, () =>
      runHostOperation(target, "remove-legacy-account", request, context.program, options),
    ),
  );
  result.lines(
    `${name}: account ${removed.accountName} removed`,
    `${name}: connector unchanged: ${identityLine(removed.after.connector)}`,
  );
  result.object({ stack: context.stack, server: name, account: removed.accountName });
  return 0;
}
