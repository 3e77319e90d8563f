/** One SSH connection to a server: pinned host key, key from an agent or given, commands with a time limit. */
import { encodeText } from "../model/text/encoders/text";
import * as readline from "node:readline";
import { Client, type ConnectConfig } from "ssh2";
import { fingerprint, parseHostKey } from "../model/server/host-key";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";

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
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

/** Seconds until a connection must be established and authenticated. */
const CONNECT_SECONDS = 15;
/** Larger than any answer; a host that sends more does not run the host program. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

export class SshConnection {
  private constructor(
    private readonly client: Client,
    private readonly target: SshTarget,
  ) {}

  /**
   * Connects and authenticates.
   * @throws ProblemError HOST_UNREACHABLE, HOST_KEY_MISMATCH, SSH_KEY_REFUSED, SSH_KEY_INVALID or SSH_AGENT_MISSING
   */
  static async open(target: SshTarget): Promise<SshConnection> {
    const pinned = parseHostKey(target.hostKey);
    if (!pinned) throw new Error(`${target.server}: the host key was not checked before connecting`);
    if (!target.privateKey && !target.agentSocketPath) throw new ProblemError([agentMissing(target)]);
    const client = new Client();
    let shown: Buffer | undefined;
    const config: ConnectConfig = {
      host: target.host,
      port: target.port,
      username: target.user,
      readyTimeout: CONNECT_SECONDS * 1000,
      algorithms: { serverHostKey: [pinned.type] as never },
      hostVerifier: (key: Buffer) => {
        shown = key;
        return key.equals(pinned.blob);
      },
      ...(target.privateKey ? { privateKey: target.privateKey } : { agent: target.agentSocketPath }),
    };
    return new Promise((resolve, reject) => {
      client.once("ready", () => resolve(new SshConnection(client, target)));
      client.on("error", (error) => {
        client.end();
        reject(new ProblemError([connectProblem(target, pinned, shown, error)], { cause: error }));
      });
      // A busy sshd, or a service other than SSH, closes without a greeting: the client reports no error for that.
      // Between key exchange and login the client reports no error for a lost connection, and its time limit ends.
      client.once("close", () => reject(new ProblemError([unreachable(target, "closed the connection at login")])));
      try {
        client.connect(config);
      } catch (error) {
        // The key is parsed here; the library's message states the format and does not contain the key.
        reject(new ProblemError([keyInvalid(target, (error as Error).message)], { cause: error }));
      }
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
        if (error) return fail(this.sessionLost(encodeText(error.message)), error);
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

function keyInvalid({ server }: SshTarget, reason: string): Diagnostic {
  return diagnose("SSH_KEY_INVALID", server, { reason });
}

function unreachable({ server, host, port }: SshTarget, reason: string): Diagnostic {
  return diagnose("HOST_UNREACHABLE", server, { host, port, reason });
}

function connectProblem(
  target: SshTarget,
  pinned: { type: string; blob: Buffer },
  shown: Buffer | undefined,
  error: Error & { level?: string; code?: string },
): Diagnostic {
  const { server, host, port, user } = target;
  const mismatch = (actual: string) =>
    diagnose("HOST_KEY_MISMATCH", server, { actual, pinned: fingerprint(pinned.blob) });
  if (shown && !shown.equals(pinned.blob)) return mismatch(fingerprint(shown));
  if (/no matching host key/i.test(error.message)) {
    return mismatch(`a server at ${host}:${port} without a host key of type ${pinned.type}`);
  }
  if (error.level === "client-authentication") return diagnose("SSH_KEY_REFUSED", server, { host, port, user });
  if (error.level === "agent") {
    return diagnose(
      "SSH_AGENT_MISSING",
      server,
      { actual: `an agent that fails: ${error.message}` },
      { remedy: "failing" },
    );
  }
  return unreachable(target, encodeText(error.code ?? error.message));
}
