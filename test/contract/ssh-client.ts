/** An SSH client for tests: one connection per command, host key pinned. */
import { Client, utils, type ConnectConfig, type SFTPWrapper } from "ssh2";

export interface SshTarget {
  port: number;
  privateKey?: string;
  agent?: string;
  /** Line of authorized_keys form that the server must show. */
  hostKey: string;
}

export interface ExecOutcome {
  stdout: string;
  stderr: string;
  /** Null where the channel closed without an exit status. */
  exitCode: number | null;
}

/** Connects, or rejects with the reason. */
export function connect(target: SshTarget, username = "csi-admin"): Promise<Client> {
  const pinned = utils.parseKey(target.hostKey);
  if (pinned instanceof Error) throw pinned;
  const expected = (Array.isArray(pinned) ? pinned[0] : pinned).getPublicSSH();
  const config: ConnectConfig = {
    host: "127.0.0.1",
    port: target.port,
    username,
    privateKey: target.privateKey,
    agent: target.agent,
    hostVerifier: (key: Buffer) => key.equals(expected),
    readyTimeout: 20_000,
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("ready", () => resolve(client));
    client.on("error", reject);
    client.on("close", () => reject(new Error("the connection closed")));
    client.connect(config).setNoDelay();
  });
}

/**
 * Runs one command with all its stdin.
 *
 * @param onStderr sees what comes on stderr as it comes
 */
export async function execute(
  target: SshTarget,
  command: string,
  stdin: string | null,
  onStderr: (text: string) => void = () => undefined,
): Promise<ExecOutcome> {
  const client = await connect(target);
  try {
    return await new Promise<ExecOutcome>((resolve, reject) => {
      client.on("close", () => reject(new Error("the connection closed")));
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let stdout = "";
        let stderr = "";
        let exitCode: number | null = null;
        channel.on("data", (chunk: Buffer) => (stdout += chunk.toString("latin1")));
        channel.stderr.on("data", (chunk: Buffer) => {
          stderr += chunk.toString("latin1");
          onStderr(chunk.toString("latin1"));
        });
        channel.on("exit", (code: number) => (exitCode = code));
        channel.on("close", () => resolve({ stdout, stderr, exitCode }));
        if (stdin === null) channel.end();
        else channel.end(Buffer.from(stdin, "utf8"));
      });
    });
  } finally {
    client.end();
  }
}

/** Works with an SFTP channel and closes it. */
export async function withSftp<T>(target: SshTarget, work: (sftp: SFTPWrapper) => Promise<T>): Promise<T> {
  const client = await connect(target);
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, wrapper) => (error ? reject(error) : resolve(wrapper))),
    );
    const result = await work(sftp);
    const closed = new Promise<void>((resolve) => sftp.on("close", () => resolve()));
    sftp.end();
    await closed;
    return result;
  } finally {
    client.end();
  }
}
