/** A small SSH host on loopback: one user key, commands answered by the test. */
import type { AddressInfo } from "node:net";
import { Server, utils, type AuthContext, type Connection, type ServerChannel, type ServerConfig } from "ssh2";
import { makeHostKey, type TestKey } from "./host-keys";
import type { SshTarget } from "../../remote/ssh-target";

/** A command that was received, with all of its stdin. */
export interface Exec {
  command: string;
  stdin: string;
  channel: ServerChannel;
  connection: Connection;
}

export interface SshHost {
  /** How to connect with the key that it accepts. */
  target: SshTarget;
  hostKey: TestKey;
  /** Received commands, in order. */
  execs: Exec[];
  /** Number of connections that logged in. */
  sessions: () => number;
  /** Closes every connection from now on at login, without an answer. */
  hangUpAtLogin: () => void;
  /** Resolves once no connection is open. */
  idle: () => Promise<void>;
  stop: () => Promise<void>;
}

/** What a command prints and how it ends. */
export function reply(channel: ServerChannel, stdout: string, exitCode = 0, stderr = ""): void {
  channel.stderr.write(stderr);
  channel.write(stdout);
  channel.exit(exitCode);
  channel.end();
}

/** What a host does otherwise than a friendly one. */
export interface Rudeness {
  /** Answers an attempt to log in. @returns whether it did */
  authentication?: (attempt: AuthContext, connection: Connection) => boolean;
  refusesCommands?: boolean;
  noSftp?: boolean;
  algorithms?: ServerConfig["algorithms"];
}

/** Starts a host; `answer` is called for each command. */
export async function startSshHost(answer: (exec: Exec) => void, rude: Rudeness = {}): Promise<SshHost> {
  const hostKey = makeHostKey();
  const user = makeHostKey();
  const allowed = utils.parseKey(user.line);
  if (allowed instanceof Error) throw allowed;
  const execs: Exec[] = [];
  const open = new Set<Connection>();
  let sessions = 0;
  let hangUp = false;
  let ended = () => undefined as void;
  const server = new Server({ hostKeys: [hostKey.privateKey], algorithms: rude.algorithms }, (connection) => {
    open.add(connection);
    connection.on("error", () => undefined);
    connection.on("close", () => {
      open.delete(connection);
      if (open.size === 0) ended();
    });
    connection.on("authentication", (attempt) => {
      if (hangUp) return void connection.end();
      if (rude.authentication?.(attempt, connection)) return;
      const known = attempt.method === "publickey" && attempt.key.data.equals(allowed.getPublicSSH());
      if (known && attempt.username === "Administrator") attempt.accept();
      else attempt.reject(["publickey"]);
    });
    connection.on("ready", () => {
      sessions += 1;
      connection.on("session", (acceptSession) => {
        const session = acceptSession();
        session.on("sftp", (acceptSftp, reject) => (rude.noSftp ? reject() : void acceptSftp()));
        session.on("exec", (acceptExec, reject, { command }) => {
          if (rude.refusesCommands) return reject();
          const channel = acceptExec();
          const parts: Buffer[] = [];
          channel.on("data", (part: Buffer) => parts.push(part));
          channel.on("end", () => {
            const exec = { command, stdin: Buffer.concat(parts).toString("utf8"), channel, connection };
            execs.push(exec);
            answer(exec);
          });
        });
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const idle = () => (open.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => (ended = resolve)));
  return {
    target: {
      ...{ server: "sync01", host: "127.0.0.1", port, user: "Administrator" },
      ...{ hostKey: hostKey.line, privateKey: user.privateKey },
    },
    hostKey,
    execs,
    sessions: () => sessions,
    hangUpAtLogin: () => void (hangUp = true),
    idle,
    stop: async () => {
      for (const connection of open) connection.end();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
