/** Which declared servers sign in with an account: before it is removed or lowered, it is held against all of them. */
import type { HostObservation } from "../../model/protocol/host-protocol";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { isFree, useOf } from "../../model/server/in-use";
import { identityLine } from "../stack/next-steps";
import { observeServer } from "../stack/observe-server";
import type { StackContext } from "../stack/stack-context";

/** A declared server with what was seen of it. */
export interface SeenServer {
  server: string;
  /** Facts, or the reason why there are none. */
  seen: HostObservation | Diagnostic;
}

export const isFacts = (seen: HostObservation | Diagnostic): seen is HostObservation => "computerName" in seen;

const BELONGS_ELSEWHERE: readonly string[] = ["CLOUD_CONTRADICTED", "TENANT_CONTRADICTED"];

/** Every declared server whose connector uses an account, or may use it because it was not observed. */
export function usesOf(account: string, all: readonly SeenServer[]): Diagnostic[] {
  return all.flatMap(({ server, seen }): Diagnostic[] => {
    if (!isFacts(seen)) {
      if (BELONGS_ELSEWHERE.includes(seen.code)) return [seen];
      const { actual, remedy } = seen;
      return [{ ...diagnose("SERVER_NOT_OBSERVED", server, { account, actual }), remedy }];
    }
    if (isFree(useOf({ kind: "account", userName: account }, [{ server, host: seen }]))) return [];
    const actual = `its connector on ${identityLine(seen.connector)}`;
    const values = { property: `account ${account}`, actual, expected: "no connector on it" };
    return [diagnose("ACCOUNT_IN_USE", server, values)];
  });
}

/** Observes every declared server, side by side. */
export async function seeAll(context: StackContext): Promise<SeenServer[]> {
  const { servers } = context.configuration;
  return Promise.all(
    servers.map(async (server): Promise<SeenServer> => {
      const seen = observeServer(context, server.name, context.sshTarget(server));
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
