/** One login to an SSH server: pinned host key, key from an agent or given. The server itself and a bastion alike. */
import type { Readable } from "node:stream";
import { Client, utils, type AnyAuthMethod, type ConnectConfig } from "ssh2";
import { parseHostKey } from "../model/server/host-key";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { CONNECT_SECONDS, connectError, newAttempt, recordProposals } from "./ssh-attempt";
import { offeredKeys } from "./ssh-keys";
import type { Hop, LoginTarget } from "./ssh-target";

export interface Login {
  client: Client;
  /** Number of the agent's keys that were not offered, as another one is declared. */
  otherKeys: number;
  /** What was proposed at each login on the way. */
  hops: Hop[];
}

/**
 * One attempt to connect and log in.
 * @param sock a connection through a bastion. @default one that is made
 */
export async function login(target: LoginTarget, sock?: Readable): Promise<Login> {
  const pinned = parseHostKey(target.hostKey);
  if (!pinned) throw new Error(`${target.server}: the host key was not checked before connecting`);
  const seen = newAttempt(pinned);
  const { methods, ...left } = await offeredKeys(target, () => (seen.signed = true)).catch((error: Error) => {
    throw new ProblemError([agentFails(target, error.message)], { cause: error });
  });
  Object.assign(seen, left, { keys: methods.length, asPlugin: target.asPlugin });
  const client = new Client();
  const next = [{ type: "none", username: target.user } as AnyAuthMethod, ...methods];
  const config: ConnectConfig = {
    ...{ host: target.host, port: target.port, sock, username: target.user },
    readyTimeout: CONNECT_SECONDS * 1000,
    algorithms: { serverHostKey: [pinned.type] as never },
    hostVerifier: (key: Buffer) => {
      seen.shown = key;
      return key.equals(pinned.blob);
    },
    debug: recordProposals(seen),
    authHandler: (accepted, partial, answer) => {
      if (partial) seen.wanted = accepted ?? [];
      const method = next.shift();
      if (method && method.type !== "none") seen.offered += 1;
      answer((method ?? false) as AnyAuthMethod);
    },
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error | null) => {
      client.destroy();
      reject(connectError(target, seen, error));
    };
    client.once("ready", () =>
      resolve({ client, otherKeys: seen.others, hops: [{ place: target, proposals: seen.proposals }] }),
    );
    client.on("error", fail);
    // A busy sshd, or a service other than SSH, closes without a greeting: the client reports no error for that.
    // Between key exchange and login the client reports no error for a lost connection, and its time limit ends.
    client.once("close", () => fail(null));
    try {
      if (target.privateKey) checkPrivateKey(target.privateKey);
      // A login is a dozen small messages; each would wait for the answer to the one before.
      client.connect(config).setNoDelay();
    } catch (error) {
      // The key is parsed here; the library's message states the format and does not contain the key.
      reject(new ProblemError([keyInvalid(target, (error as Error).message)], { cause: error }));
    }
  });
}

/** @throws Error if the key cannot be read; the library would skip such a key without a word */
function checkPrivateKey(privateKey: string): void {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
}

export function agentMissing({ server }: LoginTarget): Diagnostic {
  const actual = "no agent at SSH_AUTH_SOCK and no sshPrivateKey";
  return diagnose("SSH_AGENT_MISSING", server, { actual }, { remedy: "missing" });
}

function agentFails({ server }: LoginTarget, reason: string): Diagnostic {
  return diagnose("SSH_AGENT_MISSING", server, { actual: `an agent that fails: ${reason}` }, { remedy: "failing" });
}

function keyInvalid({ server }: LoginTarget, reason: string): Diagnostic {
  return diagnose("SSH_KEY_INVALID", server, { reason });
}
