/** One attempt to connect, as far as every client here does it alike: what it sees, how it fails, and whether it is repeated. */
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "../model/diagnostics/diagnostic";
import { connectProblem, isWorthRepeating, type SshAttempt, type SshPlace } from "./ssh-trouble";

/** Seconds until a connection must be established and authenticated. */
export const CONNECT_SECONDS = 15;
/** Attempts to connect; only what fails before the server showed its host key is repeated. */
const ATTEMPTS = 3;
/** Milliseconds before another attempt: no two clients of one busy server at the same moment. */
const REPEAT = { least: 300, most: 1500 };

/** An attempt that failed. */
class ConnectError extends ProblemError {
  readonly repeat: boolean;

  constructor(place: SshPlace, attempt: SshAttempt, error: Error | null) {
    super([connectProblem(place, attempt, error)], { cause: error });
    this.repeat = isWorthRepeating(attempt, error);
  }
}

/** @param error what the client reports; null if the connection was closed without one */
export const connectError = (place: SshPlace, attempt: SshAttempt, error: Error | null): ProblemError =>
  new ConnectError(place, attempt, error);

/** @param pinned the host key that is expected; without its bytes if any of that type will do */
export function newAttempt(pinned: SshAttempt["pinned"]): SshAttempt {
  const login = { offered: 0, keys: 0, others: 0, unusable: 0, signed: false, wanted: [] };
  return { pinned, ...login, proposals: new Map() };
}

/** Takes what both sides propose from the library's debug lines, which show it alone. */
export function recordProposals({ proposals }: SshAttempt): (line: string) => void {
  return (line) => {
    const [, side, kind, list] = /^Handshake: \((local|remote)\) ([^:]+): (.*)$/.exec(line) ?? [];
    if (kind) proposals.set(kind, { ...(proposals.get(kind) ?? { local: "", remote: "" }), [side]: list });
  };
}

/** Repeats what failed before the server showed its host key, at most twice. */
export async function repeated<T>(connect: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof ConnectError) || !error.repeat || attempt === ATTEMPTS) throw error;
      await sleep(REPEAT.least + Math.random() * (REPEAT.most - REPEAT.least));
    }
  }
}
