/** One SSH connection to a server: pinned host key, key from an agent or given, commands with a time limit. */
import { encodeText } from "../model/text/encoders/text";
import * as readline from "node:readline";
import type { Duplex } from "node:stream";
import type { Client, SFTPWrapper } from "ssh2";
import type { ConnectionConfiguration } from "../model/configuration/configuration";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { throughBastion } from "./bastion";
import { CONNECT_SECONDS, repeated } from "./ssh-attempt";
import { agentMissing, login, type Login } from "./ssh-login";
import type { Hop, SshTarget } from "./ssh-target";

/** How a declared server is reached with the keys of a stack, else with the agent's. */
export function sshTarget(
  { name: server, connection }: { name: string; connection: ConnectionConfiguration },
  { privateKey, proxyPrivateKey = privateKey, agentSocketPath }: SshKeys,
): SshTarget {
  const { host, port, user, hostKey, sshPublicKey: publicKey, proxy } = connection;
  const direct = { server, host, port, user, hostKey, publicKey, privateKey, agentSocketPath };
  if (!proxy) return direct;
  const { sshPublicKey, ...bastion } = proxy;
  return { ...direct, proxy: { ...bastion, publicKey: sshPublicKey, privateKey: proxyPrivateKey, agentSocketPath } };
}

/** What logs in. */
interface SshKeys extends Pick<SshTarget, "privateKey" | "agentSocketPath"> {
  /** For the bastion. @default that of the server */
  proxyPrivateKey?: string;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

/** Larger than any answer; a host that sends more does not run the host program. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const YES_OR_NO = [() => true, () => false] as const;

export class SshConnection {
  private readonly client: Client;
  /** Number of the agent's keys that were not offered, as another one is declared. */
  readonly otherKeys: number;
  /** What was proposed at each login on the way. */
  readonly hops: readonly Hop[];

  private constructor(
    private readonly target: SshTarget,
    login: Login,
  ) {
    this.client = login.client;
    this.otherKeys = login.otherKeys;
    this.hops = login.hops;
  }

  /**
   * Connects and authenticates. An attempt that fails before the server showed its host key is repeated twice.
   * @throws ProblemError HOST_UNREACHABLE, HOST_KEY_MISMATCH, SSH_AGENT_MISSING, SSH_KEY_INVALID, SSH_NO_KEY,
   *   SSH_KEY_REFUSED, SSH_TOO_MANY_KEYS, SSH_LOGIN_INCOMPLETE, SSH_LOGIN_CLOSED or SSH_NO_ALGORITHM;
   *   BASTION_UNREACHABLE, BASTION_KEY_MISMATCH, BASTION_KEY_REFUSED, BASTION_FORBIDS or BASTION_CANNOT_REACH
   */
  static async open(target: SshTarget): Promise<SshConnection> {
    if (!target.privateKey && !target.agentSocketPath) throw new ProblemError([agentMissing(target)]);
    const { proxy } = target;
    const through = async (sock: Duplex, { otherKeys, hops }: Login): Promise<Login> => {
      const own = await login(target, sock);
      const all = [...hops.map((hop) => ({ ...hop, place: { ...hop.place, server: target.server } })), ...own.hops];
      return { ...own, otherKeys: own.otherKeys + otherKeys, hops: all };
    };
    const attempt = () => (proxy ? throughBastion(target, proxy, through) : login(target));
    return new SshConnection(target, await repeated(attempt));
  }

  /**
   * Opens an SFTP session and closes it: what copies the host program needs one.
   * @throws ProblemError SFTP_REFUSED
   */
  async trySftp(): Promise<void> {
    await this.withSftp(async () => undefined);
  }

  /**
   * Writes files into a folder, which is made if it is missing, in this order: the last one shows that all are there.
   * @returns false if that one was there already; then nothing is written
   * @throws ProblemError SFTP_REFUSED
   */
  async putFiles(folder: string, files: readonly { name: string; content: Buffer }[]): Promise<boolean> {
    return this.withSftp(async (session) => {
      const done = (work: (ended: (error?: Error | null) => void) => void) =>
        new Promise<void>((resolve, reject) => work((error) => (error ? reject(error) : resolve())));
      const exists = (path: string) => done((ended) => session.stat(path, ended)).then(...YES_OR_NO);
      const paths = files.map(({ name }) => `${folder}/${name}`);
      if (await exists(paths.at(-1)!)) return false;
      if (!(await exists(folder))) await done((ended) => session.mkdir(folder, ended));
      for (const [index, { content }] of files.entries()) {
        await done((ended) => session.writeFile(paths[index], content, ended));
      }
      return true;
    });
  }

  private async withSftp<T>(work: (session: SFTPWrapper) => Promise<T>): Promise<T> {
    const { server, host, port } = this.target;
    return new Promise<T>((resolve, reject) => {
      const fail = (reason: string) => {
        clearTimeout(timer);
        reject(new ProblemError([diagnose("SFTP_REFUSED", server, { host, port, reason: encodeText(reason) })]));
      };
      const timer = setTimeout(() => fail(`no answer within ${CONNECT_SECONDS} s`), CONNECT_SECONDS * 1000);
      this.client.once("close", () => fail("the connection closed"));
      this.client.sftp((error, session) => {
        if (error) return fail(error.message);
        work(session).then(
          (result) => {
            clearTimeout(timer);
            session.end();
            resolve(result);
          },
          (reason: Error) => fail(reason.message),
        );
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
