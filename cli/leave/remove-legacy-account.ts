/** Removal of the password account that a server left behind when it was onboarded. */
import {
  PROTOCOL_VERSION,
  type HostObservation,
  type RemoveLegacyAccountRequest,
} from "../../model/protocol/host-protocol";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { isFree, useOf } from "../../model/server/in-use";
import { observeHost } from "../../remote/observe-host";
import { runHostOperation } from "../../remote/host-operation";
import { announce, during, showStep } from "../../console/progress";
import { promptCredential } from "../../console/prompt";
import type { Result } from "../../console/result";
import { identityLine } from "../stack/next-steps";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";

/** A declared server with what was seen of it. */
export interface SeenServer {
  server: string;
  /** Facts, or the reason why there are none. */
  seen: HostObservation | Diagnostic;
}

const BOUNDS: RemoveLegacyAccountRequest["bounds"] = { cmdletSeconds: 300 };
const LIMIT_SECONDS = BOUNDS.cmdletSeconds + 120;

const ON_SERVER = "the server completes the removal; run the same command again, which reports the result";

const isFacts = (seen: HostObservation | Diagnostic): seen is HostObservation => "computerName" in seen;

/**
 * Why an account must remain; empty if it may be removed.
 *
 * @param server the server that is to remove it
 * @param all every declared server: one that cannot be observed may be using it
 */
export function obstacles(account: string, server: string, all: readonly SeenServer[]): Diagnostic[] {
  const property = `account ${account}`;
  return all.flatMap(({ server: name, seen }): Diagnostic[] => {
    if (!isFacts(seen)) {
      const { actual, remedy } = seen;
      return [{ ...diagnose("SERVER_NOT_OBSERVED", name, { account, actual }), remedy }];
    }
    const { connector, computerName } = seen;
    const problems: Diagnostic[] = [];
    const use = useOf({ kind: "account", userName: account }, [{ server: name, host: seen }]);
    if (!isFree(use)) {
      const actual = `its connector on ${identityLine(connector)}`;
      problems.push(diagnose("ACCOUNT_IN_USE", name, { property, actual, expected: "no connector on it" }));
    }
    if (name === server && !account.toLowerCase().startsWith(`sync_${computerName.toLowerCase()}_`)) {
      const expected = `an account named Sync_${computerName}_...`;
      problems.push(diagnose("ACCOUNT_UNEXPECTED", name, { property, actual: "another name", expected }));
    }
    return problems;
  });
}

/** Observes every declared server, side by side. */
async function seeAll(context: StackContext): Promise<SeenServer[]> {
  const { servers } = context.configuration;
  return Promise.all(
    servers.map(async (server): Promise<SeenServer> => {
      const identity = context.identity(server.name);
      const seen = observeHost(context.sshTarget(server), identity, context.program);
      return seen.then(
        (facts) => ({ server: server.name, seen: facts }),
        (error: unknown) => {
          if (!(error instanceof ProblemError)) throw error;
          return { server: server.name, seen: error.problems[0] };
        },
      );
    }),
  );
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
