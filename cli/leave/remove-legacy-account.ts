/** Removal of the password account that a server left behind when it was onboarded. */
import * as path from "node:path";
import {
  PROTOCOL_VERSION,
  type HostObservation,
  type RemoveLegacyAccountRequest,
} from "../../model/protocol/host-protocol";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { isFree, useOf } from "../../model/server/in-use";
import { observeHost } from "../../remote/observe-host";
import { runHostOperation } from "../../remote/host-operation";
import { announce } from "../../console/run-command";
import { UsageError } from "../../console/errors";
import { promptCredential } from "../../console/prompt";
import type { Operation } from "../stack/operation";
import { identityLine } from "../stack/next-steps";
import type { StackContext } from "../stack/stack-context";
import { print } from "../../console/output";

export interface RemoveLegacyAccountOptions {
  name?: string;
}

/** A declared server with what was seen of it. */
export interface SeenServer {
  server: string;
  /** Facts, or the reason why there are none. */
  seen: HostObservation | Diagnostic;
}

const BOUNDS: RemoveLegacyAccountRequest["bounds"] = { cmdletSeconds: 300 };
const LIMIT_SECONDS = BOUNDS.cmdletSeconds + 120;
/** As the protocol takes it: the first part of the user principal name, as the cmdlet wants it. */
const ACCOUNT_NAME = /^Sync_[A-Za-z0-9_-]{1,80}$/;

const isFacts = (seen: HostObservation | Diagnostic): seen is HostObservation => "computerName" in seen;

/**
 * Why an account must stay; none where it may go.
 *
 * @param server the server that is to remove it
 * @param all every declared server: who cannot be seen might be using it
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

async function remove(context: StackContext, name: string, account: string): Promise<number> {
  const declaration = context.server(name);
  const problems = obstacles(account, name, await seeAll(context));
  if (problems.length > 0) throw new ProblemError(problems);
  announce(
    `${name}: removes the account ${account} from Entra (Remove-ADSyncAADServiceAccount); it does not come back.`,
  );
  const credential = await promptCredential(
    "A Hybrid Identity Administrator without multifactor authentication signs in on the server. The password is kept nowhere.",
  );
  const request: RemoveLegacyAccountRequest = {
    protocol: PROTOCOL_VERSION,
    server: name,
    removeLegacyAccount: account,
    bounds: BOUNDS,
    credential,
  };
  const options = { limitSeconds: LIMIT_SECONDS, secrets: [credential.password], onStep: announce };
  const target = context.sshTarget(declaration);
  const { result } = await runHostOperation(target, "remove-legacy-account", request, context.program, options);
  const lines = [
    `${name}: account ${result.accountName} removed`,
    `${name}: connector as before: ${identityLine(result.after.connector)}`,
  ];
  print(lines.join("\n"));
  return 0;
}

export const removeLegacyAccount: Operation<RemoveLegacyAccountOptions> = {
  name: "remove-legacy-account",
  file: path.join(__dirname, "remove-legacy-account-command.ts"),
  description: "Remove the password account that a server left behind, where no declared server uses it",
  define: (command) =>
    void command
      .argument("<server>", "its name in the configuration")
      .option("--name <account>", "the account, without its domain: Sync_<computer>_<identifier>"),
  check: (_args, { name }) => {
    if (name === undefined)
      throw new UsageError("give --name: an account is removed only where it is asked for by name");
    if (!ACCOUNT_NAME.test(name)) throw new UsageError(`"${name}" is no name such as Sync_SYNC01_0123456789ab`);
  },
  run: (context, [server], { name }) => remove(context, server, name!),
};
