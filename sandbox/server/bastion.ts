/** A bastion: a real SSH server that runs nothing and forwards connections to the declared servers only. */
import * as net from "node:net";
import { Server, utils, type Connection, type ParsedKey } from "ssh2";
import type { Faults } from "../surroundings/faults";
import { BASTION_NAME, type BastionFault } from "../surroundings/faults";
import { isKey, isSignedBy } from "./authorized-key";
import { listenOnLoopback } from "./listen";

export interface BastionOptions {
  faults: Faults;
  /** Private host key, and the one that is presented while the fault `host-key` is set. */
  hostKey: string;
  otherHostKey: string;
  /** The one public key that may log in, as a line of authorized_keys. */
  authorizedKey: string;
  /** Ports of this machine that it forwards to (PermitOpen). */
  permitted: readonly number[];
}

/** The part of the library's connection that refuses a channel. */
interface Internals {
  _protocol: { channelOpenFail(recipient: number, reason: number, description: string): void };
}

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED and SSH_OPEN_CONNECT_FAILED (RFC 4254, section 5.1), with OpenSSH's texts. */
const PROHIBITED = { reason: 1, text: "open failed" };
const CONNECT_FAILED = { reason: 2, text: "Connection refused" };
/** Unauthenticated connections at a time, of more the last are dropped while the fault `max-startups` is set. */
const MAX_STARTUPS = 3;

/** Refuses a channel with a reason of ours; the library has one for all. */
function refuse(connection: Connection, reject: () => void, { reason, text }: typeof PROHIBITED): void {
  const { _protocol: protocol } = connection as unknown as Internals;
  const original = protocol.channelOpenFail.bind(protocol);
  protocol.channelOpenFail = (recipient) => original(recipient, reason, text);
  reject();
  protocol.channelOpenFail = original;
}

export class Bastion {
  /** Logins since this process began. */
  logins = 0;
  /** Connections that were forwarded since then. */
  forwarded = 0;
  /** Clients that are logged in. */
  clients = 0;
  private readonly listener: net.Server;
  private readonly genuine: Server;
  private readonly impostor: Server;
  private readonly sockets = new Set<net.Socket>();
  private startups = 0;

  constructor(private readonly options: BastionOptions) {
    this.genuine = this.server(options.hostKey);
    this.impostor = this.server(options.otherHostKey);
    // Without delay, as sshd does it: a small message waits for nothing.
    this.listener = net.createServer({ noDelay: true }, (socket) => this.admit(socket));
  }

  /** Listens on 127.0.0.1; port 0 chooses a free one. */
  listen(port: number): Promise<number> {
    return listenOnLoopback(this.listener, port);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private strikes(name: BastionFault): boolean {
    return this.options.faults.strikes(BASTION_NAME, name);
  }

  private admit(socket: net.Socket): void {
    this.keep(socket);
    if (this.strikes("unreachable")) return void socket.resetAndDestroy();
    if (this.startups >= MAX_STARTUPS && this.strikes("max-startups")) return void socket.destroy();
    this.startups += 1;
    socket.once("close", this.begun(socket));
    (this.strikes("host-key") ? this.impostor : this.genuine).injectSocket(socket);
  }

  /** Counts a connection out of those that have not logged in, once. */
  private begun(socket: net.Socket): () => void {
    let counts = true;
    const done = () => {
      if (counts) this.startups -= 1;
      counts = false;
    };
    socket.once("logged-in", done);
    return done;
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  }

  private server(hostKey: string): Server {
    const server = new Server({ hostKeys: [hostKey], ident: "OpenSSH_9.6" }, (connection) => this.serve(connection));
    server.on("error", () => undefined);
    return server;
  }

  private serve(connection: Connection): void {
    const authorized = utils.parseKey(this.options.authorizedKey) as ParsedKey;
    const refusesKey = this.strikes("ssh-key");
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      if (context.method !== "publickey") return context.reject(["publickey"]);
      if (!isKey(authorized, context) || refusesKey) return context.reject(["publickey"]);
      if (context.signature === undefined) return context.accept();
      if (!isSignedBy(authorized, context)) return context.reject();
      context.accept();
    });
    connection.on("ready", () => {
      this.logins += 1;
      this.clients += 1;
      connection.once("close", () => (this.clients -= 1));
      (connection as unknown as { _sock: net.Socket })._sock.emit("logged-in");
    });
    connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
      const local = ["127.0.0.1", "localhost", "::1"].includes(destIP);
      const permitted = local && this.options.permitted.includes(destPort);
      if (!permitted || this.strikes("no-forwarding")) return refuse(connection, reject, PROHIBITED);
      if (this.strikes("no-route")) return refuse(connection, reject, CONNECT_FAILED);
      const socket = net.connect({ port: destPort, host: "127.0.0.1", noDelay: true });
      this.keep(socket);
      socket.once("error", () => refuse(connection, reject, CONNECT_FAILED));
      socket.once("connect", () => {
        this.forwarded += 1;
        const channel = accept();
        channel.on("error", () => socket.destroy());
        channel.on("close", () => socket.destroy());
        socket.on("close", () => channel.close());
        channel.pipe(socket).pipe(channel);
      });
    });
  }
}
