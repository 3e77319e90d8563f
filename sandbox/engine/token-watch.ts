/**
 * Checks continuously whether the sync servers can sign in: requests a token with the current credential of each
 * connector, as the sync service would, and counts.
 */
import type { EmulatedServer } from "../server/emulated-server";

export interface TokenCounts {
  requests: number;
  failures: number;
  /** The messages of the first failures. */
  firstFailures: string[];
  /** The certificates that the connector used, and when each was first seen, UTC in real time. */
  certificates: { certificateSha256: string; since: string }[];
}

export interface TokenWatch {
  /** Waits for the pending requests; returns the counts by server. */
  stop(): Promise<Record<string, TokenCounts>>;
}

/** Maximum failures whose text is kept for each server. */
const KEPT_FAILURES = 5;

/**
 * Starts to watch all servers. A server whose connector uses a password account, or a certificate that is out of
 * reach in the service account's own store, is not requested and not counted.
 *
 * @param sandbox tenant and servers must listen
 * @param everyMilliseconds between two requests of one server; a request that takes longer delays the next one
 */
export function watchTokens(
  sandbox: { servers: Readonly<Record<string, Pick<EmulatedServer, "connectorSignIn">>> },
  everyMilliseconds = 100,
): TokenWatch {
  const watches = Object.entries(sandbox.servers).map(([name, server]) => watchServer(name, server, everyMilliseconds));
  return {
    stop: async () => Object.fromEntries(await Promise.all(watches.map((stop) => stop()))),
  };
}

function watchServer(
  name: string,
  server: Pick<EmulatedServer, "connectorSignIn">,
  everyMilliseconds: number,
): () => Promise<[string, TokenCounts]> {
  const counts: TokenCounts = { requests: 0, failures: 0, firstFailures: [], certificates: [] };
  let asking: Promise<void> | null = null;
  const tick = () => {
    asking ??= ask(server, counts).finally(() => {
      asking = null;
    });
  };
  const timer = setInterval(tick, everyMilliseconds);
  tick();
  return async () => {
    clearInterval(timer);
    await asking;
    return [name, counts];
  };
}

async function ask(server: Pick<EmulatedServer, "connectorSignIn">, counts: TokenCounts): Promise<void> {
  const attempt = await server
    .connectorSignIn()
    .catch((error: Error) => ({ certificateSha256: null, problem: error.message }));
  if (attempt === null) return;
  const { certificateSha256, problem } = attempt;
  counts.requests += 1;
  if (problem !== null) {
    counts.failures += 1;
    if (counts.firstFailures.length < KEPT_FAILURES) counts.firstFailures.push(problem);
  }
  if (certificateSha256 !== null && counts.certificates.at(-1)?.certificateSha256 !== certificateSha256) {
    counts.certificates.push({ certificateSha256, since: new Date().toISOString() });
  }
}
