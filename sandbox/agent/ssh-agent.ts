/** An SSH agent on a Unix socket: Pulumi's plugins use the key, and no input or state contains it. */
import * as fs from "node:fs";
import * as net from "node:net";
import { AgentProtocol, utils, type ParsedKey } from "ssh2";

/** Longest path of a Unix socket that both Linux and macOS accept, in bytes. */
const MAX_PATH = 103;

export class SshAgent {
  private readonly keys: ParsedKey[];
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  /** @param privateKeys unencrypted private keys, OpenSSH or PEM, in the order in which a client offers them */
  constructor(...privateKeys: string[]) {
    this.keys = privateKeys.map((privateKey) => {
      const key = utils.parseKey(privateKey);
      if (key instanceof Error) throw new Error(`the agent's key cannot be read: ${key.message}`);
      return Array.isArray(key) ? key[0] : key;
    });
    this.server = net.createServer((socket) => this.serve(socket));
  }

  /**
   * Listens on a socket that only this user may use; replaces a socket that a dead process left.
   *
   * @throws Error if the path is too long for a socket, or something else exists there
   */
  async listen(socketPath: string): Promise<void> {
    if (Buffer.byteLength(socketPath) > MAX_PATH) {
      throw new Error(`${socketPath} is longer than the ${MAX_PATH} bytes that the path of a Unix socket may have`);
    }
    const existing = fs.lstatSync(socketPath, { throwIfNoEntry: false });
    if (existing && !existing.isSocket()) throw new Error(`${socketPath} exists already and is not a socket`);
    if (existing) fs.unlinkSync(socketPath);
    // The socket is bound within the call: with this mask it is never open to other users.
    const mask = process.umask(0o177);
    try {
      const ready = new Promise<void>((resolve, reject) => {
        this.server.once("error", reject);
        this.server.listen(socketPath, () => resolve());
      });
      process.umask(mask);
      await ready;
    } finally {
      process.umask(mask);
    }
  }

  /** Stops listening, ends every connection and removes the socket. */
  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => {
      if (this.server.listening) this.server.close(() => resolve());
      else resolve();
    });
  }

  private serve(socket: net.Socket): void {
    const protocol = new AgentProtocol(false);
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    protocol.on("error", () => socket.destroy());
    protocol.on("identities", (request) => protocol.getIdentitiesReply(request, this.keys));
    protocol.on("sign", (request, publicKey, data, options) => {
      const asked = this.keys.find((key) => publicKey.getPublicSSH().equals(key.getPublicSSH()));
      const signature = asked ? asked.sign(data, options.hash) : new Error("another key");
      if (signature instanceof Error) protocol.failureReply(request);
      else protocol.signReply(request, signature);
    });
    socket.pipe(protocol).pipe(socket);
  }
}
