/**
 * The SSH side of an emulated server: one user key, exec and SFTP, no shell and no terminal.
 *
 * Every connection has its own faults, so that a fault for N times affects N connections or N commands.
 */
import * as net from "node:net";
import { Server, utils, type Connection, type ParsedKey, type ServerChannel, type ServerConfig } from "ssh2";
import { disconnect } from "./disconnect";
import type { HostFiles } from "./host-files";
import type { ServerFault } from "../surroundings/faults";
import type { OperationFaults } from "./operation-faults";
import { serveSftp } from "./sftp-session";
import { isKey, isSignedBy } from "./authorized-key";
import { listenOnLoopback } from "./listen";

/** A command that a client wants to run. */
export interface ExecRequest {
  command: string;
  user: string;
  /** All of stdin until the client ends it; rejects if the connection breaks before that. */
  stdin: () => Promise<string>;
  faults: OperationFaults;
  /** Prints on stderr immediately; output that the client no longer reads is dropped. */
  stderr: (text: string) => void;
  /** Cuts the connection; the command continues. */
  dropSession: () => void;
}

interface ExecResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface SshServerOptions {
  /** Private host key, OpenSSH or PEM. */
  hostKey: string;
  /** The key that is presented while the fault `host-key` is set. */
  otherHostKey: string;
  /** The one public key that may log in, as a line of authorized_keys. */
  authorizedKey: string;
  files: HostFiles;
  newFaults: () => OperationFaults;
  exec: (request: ExecRequest) => Promise<ExecResult>;
}

/** Algorithms that one of the two clients of a run lacks. */
const ALGORITHM_FAULTS: [ServerFault, NonNullable<ServerConfig["algorithms"]>][] = [
  ["ssh-only-group18", { kex: ["diffie-hellman-group18-sha512"] }],
  ["ssh-only-sha1-etm", { cipher: ["aes256-ctr"], hmac: ["hmac-sha1-etm@openssh.com"] }],
  ["ssh-only-group14-sha1", { kex: ["diffie-hellman-group14-sha1"] }],
];

/** Largest request on stdin, in bytes; the piped program has about 100,000. */
const MAX_STDIN = 8 * 1024 * 1024;
/** How long the server waits for running commands when it closes, in milliseconds. */
const CLOSE_PATIENCE = 30_000;

/** From the connection to its end, in milliseconds of `performance.now()`. */
export interface SessionSpan {
  begin: number;
  /** Infinity while it is open. */
  end: number;
}

export class SshServer {
  /** Connections that logged in, in the order of their logins. */
  readonly spans: SessionSpan[] = [];
  private readonly listener: net.Server;
  private readonly genuine: Server;
  private readonly impostor: Server;
  /** Servers with few algorithms, by the fault that chooses them. */
  private readonly narrow: [ServerFault, Server][];
  private readonly authorized: ParsedKey;
  private readonly connections = new Set<Connection>();
  private readonly sockets = new Set<net.Socket>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: SshServerOptions) {
    const authorized = utils.parseKey(options.authorizedKey);
    if (authorized instanceof Error) throw new Error(`the authorised key cannot be read: ${authorized.message}`);
    this.authorized = Array.isArray(authorized) ? authorized[0] : authorized;
    this.genuine = this.server(options.hostKey);
    this.impostor = this.server(options.otherHostKey);
    this.narrow = ALGORITHM_FAULTS.map(([fault, algorithms]) => [fault, this.server(options.hostKey, algorithms)]);
    // Without delay, as sshd does it: a small message waits for nothing.
    this.listener = net.createServer({ noDelay: true }, (socket) => this.admit(socket));
  }

  /** Listens on 127.0.0.1; port 0 chooses a free one. */
  listen(port: number): Promise<number> {
    return listenOnLoopback(this.listener, port);
  }

  /** Accepts no more connections, waits for running commands, then closes every connection in order. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.listener.listening) this.listener.close(() => resolve());
      else resolve();
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_PATIENCE);
    });
    await Promise.race([Promise.allSettled(this.running), patience]);
    clearTimeout(timer);
    for (const connection of this.connections) connection.end();
    const grace = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), 500);
    await closed;
    clearTimeout(grace);
  }

  /** Decides for one connection: refused at once, with another host key, or normal. */
  private admit(socket: net.Socket): void {
    const faults = this.options.newFaults();
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (faults.strikes("unreachable")) {
      socket.resetAndDestroy();
      return;
    }
    if (faults.strikes("ssh-silent")) return;
    const narrow = this.narrow.find(([fault]) => faults.strikes(fault))?.[1];
    (narrow ?? (faults.strikes("host-key") ? this.impostor : this.genuine)).injectSocket(socket);
  }

  private server(hostKey: string, algorithms?: ServerConfig["algorithms"]): Server {
    const config = { hostKeys: [hostKey], ident: "OpenSSH_for_Windows_9.5", algorithms };
    const server = new Server(config, (connection) => this.serve(connection));
    // A client may hang up during the handshake.
    server.on("error", () => undefined);
    return server;
  }

  private serve(connection: Connection): void {
    const faults = this.options.newFaults();
    const refusesKey = once(() => this.options.newFaults().strikes("ssh-key"));
    let user = "";
    const span: SessionSpan = { begin: performance.now(), end: Infinity };
    this.connections.add(connection);
    connection.on("close", () => {
      this.connections.delete(connection);
      span.end = performance.now();
    });
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      user = context.username;
      if (context.method !== "publickey") return context.reject(["publickey"]);
      if (!isKey(this.authorized, context) || refusesKey()) return context.reject(["publickey"]);
      if (faults.strikes("ssh-too-many-keys")) return disconnect(connection, "Too many authentication failures");
      if (faults.strikes("ssh-hang-up")) return dropped(connection);
      if (context.signature === undefined) return context.accept();
      if (!isSignedBy(this.authorized, context)) return context.reject(["publickey"]);
      if (faults.strikes("ssh-more-than-a-key")) return context.reject(["password"], true);
      context.accept();
    });
    connection.on("ready", () => {
      this.spans.push(span);
    });
    connection.on("session", (accept) => {
      const session = accept();
      session.on("pty", (_accept, reject) => reject?.());
      session.on("shell", (_accept, reject) => reject?.());
      session.on("env", (_accept, reject) => reject?.());
      session.on("exec", (acceptExec, reject, { command }) => {
        if (faults.strikes("ssh-no-session")) return reject();
        this.track(this.execute(acceptExec(), command, user, connection));
      });
      session.on("sftp", (acceptSftp, reject) => {
        if (faults.strikes("no-sftp")) return reject();
        serveSftp(acceptSftp(), this.options.files, user, this.options.newFaults());
      });
    });
  }

  private track(work: Promise<void>): void {
    const tracked = work.catch(() => undefined).finally(() => this.running.delete(tracked));
    this.running.add(tracked);
  }

  private async execute(channel: ServerChannel, command: string, user: string, connection: Connection): Promise<void> {
    channel.on("error", () => undefined);
    const input = collect(channel);
    // A command that does not use stdin must not leave an unhandled rejection.
    input.catch(() => undefined);
    const result = await this.options.exec({
      command,
      user,
      stdin: () => input,
      faults: this.options.newFaults(),
      stderr: (text) => {
        if (text !== "" && channel.writable) channel.stderr.write(text);
      },
      dropSession: () => dropped(connection),
    });
    if (!channel.writable) return;
    await Promise.race([send(channel, result), new Promise((resolve) => channel.once("close", resolve))]);
  }
}

/** Writes all output, then exit status, end of file and close, in that order. */
async function send(channel: ServerChannel, result: ExecResult): Promise<void> {
  const write = (stream: NodeJS.WritableStream, text: string) =>
    text === "" ? undefined : new Promise((resolve) => stream.write(text, resolve));
  await write(channel, result.stdout);
  await write(channel.stderr, result.stderr);
  channel.exit(result.exitCode);
  channel.end();
}

/** Reads a channel until the client ends its side. */
function collect(channel: ServerChannel): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    channel.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_STDIN) reject(new Error(`more than ${MAX_STDIN} bytes on stdin`));
      else chunks.push(chunk);
    });
    channel.once("end", () => resolve(Buffer.concat(chunks).toString("latin1")));
    channel.once("close", () => reject(new Error("the connection broke before stdin ended")));
  });
}

/** Cuts a connection without a word. */
function dropped(connection: Connection): void {
  (connection as unknown as { _sock: net.Socket })._sock.destroy();
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
