/** One SSH connection to a server: pinned host key, key from an agent or given, commands with a time limit. */
import { encodeText } from "../model/text/encoders/text";
import * as readline from "node:readline";
import { Client, utils, type AnyAuthMethod, type ConnectConfig } from "ssh2";
import type { ConnectionConfiguration } from "../model/configuration/configuration";
import { parseHostKey } from "../model/server/host-key";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { offeredKeys } from "./ssh-keys";
import { CONNECT_SECONDS, connectError, newAttempt, recordProposals, repeated } from "./ssh-attempt";

/** How to reach a server. */
export interface SshTarget {
  /** Name of the server in the declaration, for messages. */
  server: string;
  host: string;
  port: number;
  user: string;
  /** The pinned host key, one authorized_keys line. */
  hostKey: string;
  /** Path of the agent's socket; used if `privateKey` is absent. */
  agentSocketPath?: string;
  privateKey?: string;
  /** The one key of the agent to offer, a line of authorized_keys form or a SHA-256 fingerprint. @default all of them */
  publicKey?: string | null;
  /** Whether the login is one that Pulumi's command plugin would make: words in messages are about it. @default false */
  asPlugin?: boolean;
}

/** How a declared server is reached with the key of a stack, else with the agent's. */
export function sshTarget(
  { name, connection }: { name: string; connection: ConnectionConfiguration },
  { privateKey, agentSocketPath }: Pick<SshTarget, "privateKey" | "agentSocketPath">,
): SshTarget {
  const { host, port, user, hostKey, sshPublicKey: publicKey } = connection;
  return { server: name, host, port, user, hostKey, publicKey, privateKey, agentSocketPath };
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

/** Larger than any answer; a host that sends more does not run the host program. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** One attempt to connect and log in. */
async function login(target: SshTarget): Promise<{ client: Client; otherKeys: number }> {
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
    ...{ host: target.host, port: target.port, username: target.user },
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
    client.once("ready", () => resolve({ client, otherKeys: seen.others }));
    client.on("error", fail);
    // A busy sshd, or a service other than SSH, closes without a greeting: the client reports no error for that.
    // Between key exchange and login the client reports no error for a lost connection, and its time limit ends.
    client.once("close", () => fail(null));
    try {
      if (target.privateKey) checkPrivateKey(target.privateKey);
      client.connect(config);
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

export class SshConnection {
  private constructor(
    private readonly client: Client,
    private readonly target: SshTarget,
    /** Number of the agent's keys that were not offered, as another one is declared. */
    readonly otherKeys: number,
  ) {}

  /**
   * Connects and authenticates. An attempt that fails before the server showed its host key is repeated twice.
   * @throws ProblemError HOST_UNREACHABLE, HOST_KEY_MISMATCH, SSH_AGENT_MISSING, SSH_KEY_INVALID, SSH_NO_KEY,
   *   SSH_KEY_REFUSED, SSH_TOO_MANY_KEYS, SSH_LOGIN_INCOMPLETE, SSH_LOGIN_CLOSED or SSH_NO_ALGORITHM
   */
  static async open(target: SshTarget): Promise<SshConnection> {
    if (!target.privateKey && !target.agentSocketPath) throw new ProblemError([agentMissing(target)]);
    const { client, otherKeys } = await repeated(() => login(target));
    return new SshConnection(client, target, otherKeys);
  }

  /**
   * Opens an SFTP session and closes it: what copies the host program needs one.
   * @throws ProblemError SFTP_REFUSED
   */
  async trySftp(): Promise<void> {
    const { server, host, port } = this.target;
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => {
        clearTimeout(timer);
        reject(new ProblemError([diagnose("SFTP_REFUSED", server, { host, port, reason: encodeText(reason) })]));
      };
      const timer = setTimeout(() => fail(`no answer within ${CONNECT_SECONDS} s`), CONNECT_SECONDS * 1000);
      this.client.once("close", () => fail("the connection closed"));
      this.client.sftp((error, session) => {
        if (error) return fail(error.message);
        clearTimeout(timer);
        session.end();
        resolve();
      });
    });
  }

  /**
   * Runs a command, writes its stdin and waits until it ends.
   * @param onErrorLine receives each complete line of stderr as it arrives
   * @throws ProblemError HOST_SESSION_LOST if the session ends without an exit code, HOST_TIMEOUT
   */
  async run(
    command: string,
    stdin: string,
    limitSeconds: number,
    onErrorLine?: (line: string) => void,
  ): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const fail = (problem: Diagnostic, cause?: unknown) => {
        clearTimeout(timer);
        this.client.destroy();
        reject(new ProblemError([problem], { cause }));
      };
      const timer = setTimeout(() => fail(this.timedOut(limitSeconds)), limitSeconds * 1000);
      this.client.once("close", () => fail(this.sessionLost("the connection closed")));
      this.client.exec(command, (error, channel) => {
        if (error) return fail(this.sessionRefused(error.message), error);
        const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], bytes: 0 };
        const collect = (part: Buffer[]) => (data: Buffer) => {
          part.push(data);
          output.bytes += data.length;
          if (output.bytes > MAX_OUTPUT_BYTES) fail(this.sessionLost(`more than ${MAX_OUTPUT_BYTES} bytes of output`));
        };
        let exitCode: number | null = null;
        channel.on("exit", (code: number | null) => (exitCode = code));
        channel.on("data", collect(output.stdout));
        channel.stderr.on("data", collect(output.stderr));
        if (onErrorLine) readline.createInterface({ input: channel.stderr }).on("line", onErrorLine);
        channel.on("close", () => {
          if (exitCode === null) return fail(this.sessionLost("the command ended without an exit code"));
          clearTimeout(timer);
          const [stdout, stderr] = [output.stdout, output.stderr].map((part) => Buffer.concat(part).toString("utf8"));
          resolve({ stdout, stderr, exitCode });
        });
        channel.end(stdin);
      });
    });
  }

  close(): void {
    this.client.end();
  }

  private sessionRefused(reason: string): Diagnostic {
    const { server, host, port } = this.target;
    return diagnose("SSH_SESSION_REFUSED", server, { host, port, reason: encodeText(reason) });
  }

  private sessionLost(actual: string): Diagnostic {
    return diagnose("HOST_SESSION_LOST", this.target.server, { actual });
  }

  private timedOut(seconds: number): Diagnostic {
    return diagnose("HOST_TIMEOUT", this.target.server, { seconds });
  }
}

function agentMissing({ server }: SshTarget): Diagnostic {
  const actual = "no agent at SSH_AUTH_SOCK and no sshPrivateKey";
  return diagnose("SSH_AGENT_MISSING", server, { actual }, { remedy: "missing" });
}

function agentFails({ server }: SshTarget, reason: string): Diagnostic {
  return diagnose("SSH_AGENT_MISSING", server, { actual: `an agent that fails: ${reason}` }, { remedy: "failing" });
}

function keyInvalid({ server }: SshTarget, reason: string): Diagnostic {
  return diagnose("SSH_KEY_INVALID", server, { reason });
}
