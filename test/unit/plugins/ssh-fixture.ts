/** A small SSH and SFTP server for tests of the command stand-in. */
import type { Socket } from "node:net";
import {
  utils,
  Server,
  type Connection,
  type SFTPWrapper,
  type ServerChannel,
  type ServerConfig,
  type Session,
} from "ssh2";

export interface SshFixture {
  port: number;
  hostKey: string;
  privateKey: string;
  /** Commands that ran, with what came on their standard input and their environment. */
  commands: { command: string; stdin: string; environment: Record<string, string> }[];
  /** Files and folders by path; a folder is null. */
  files: Map<string, Buffer | null>;
  connections(): number;
  stop(): Promise<void>;
}

/** A key pair that parses: the library is known to write a few of them in a form that nobody reads. */
function keyPair(): { private: string; public: string } {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pair = utils.generateKeyPairSync("ed25519");
    if (![pair.private, pair.public].some((text) => utils.parseKey(text) instanceof Error)) return pair;
  }
  throw new Error("no readable key");
}

/** Commands: "fail" ends with 3, "drop" loses the connection, "hang" never ends, "instant" ends in the packet that accepts it; others answer their input. */
function runCommand(channel: ServerChannel, command: string, stdin: string, connection: Connection): void {
  if (command === "hang") return;
  if (command === "drop") {
    (connection as unknown as { _sock: { destroy(): void } })._sock.destroy();
    return;
  }
  channel.write(`${stdin}\n\n`);
  channel.stderr.write("warning\n");
  channel.exit(command.startsWith("fail") ? 3 : 0);
  channel.end();
}

export async function startSsh(algorithms?: ServerConfig["algorithms"]): Promise<SshFixture> {
  const [host, user] = [keyPair(), keyPair()];
  const commands: SshFixture["commands"] = [];
  const files: SshFixture["files"] = new Map();
  const open = new Set<Connection>();
  const server = new Server({ hostKeys: [host.private], algorithms }, (connection) => {
    open.add(connection);
    connection.on("close", () => open.delete(connection));
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      if (context.method === "publickey" && context.username === "administrator") context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("session", (accept) => serveSession(accept(), connection));
  });
  function serveSession(session: Session, connection: Connection): void {
    const environment: Record<string, string> = {};
    session.on("env", (accept, reject, { key, val }) => {
      if (key === "REFUSED") return reject?.();
      environment[key] = val;
      accept?.();
    });
    session.on("exec", (accept, _reject, { command }) => {
      const socket = (connection as unknown as { _sock: Socket })._sock;
      if (command === "instant") socket.cork();
      const channel = accept();
      if (command === "instant") {
        channel.exit(0);
        channel.end();
        process.nextTick(() => socket.uncork());
        return;
      }
      const stdin: Buffer[] = [];
      channel.on("data", (chunk: Buffer) => stdin.push(chunk));
      channel.on("end", () => {
        const text = Buffer.concat(stdin).toString();
        commands.push({ command, stdin: text, environment });
        runCommand(channel, command, text, connection);
      });
    });
    session.on("sftp", (accept) => serveSftp(accept(), files));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const connection of open) connection.end();
      server.close(() => resolve());
    });
  return {
    port,
    hostKey: host.public,
    privateKey: user.private,
    commands,
    files,
    connections: () => open.size,
    stop,
  };
}

const { STATUS_CODE } = utils.sftp;
const DIRECTORY = 0o040755;
const FILE = 0o100644;

function serveSftp(sftp: SFTPWrapper, files: SshFixture["files"]): void {
  const handles = new Map<number, string>();
  const stat = (id: number, path: string) => {
    if (!files.has(path) && path !== "/") return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    const content = files.get(path) ?? null;
    sftp.attrs(id, {
      mode: content ? FILE : DIRECTORY,
      size: content?.length ?? 0,
      uid: 0,
      gid: 0,
      atime: 0,
      mtime: 0,
    });
  };
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("MKDIR", (id: number, path: string) => {
    files.set(path, null);
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on("OPEN", (id: number, path: string) => {
    if (path.startsWith("/forbidden")) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(handles.size);
    handles.set(handles.size, path);
    files.set(path, Buffer.alloc(0));
    sftp.handle(id, handle);
  });
  sftp.on("WRITE", (id: number, handle: Buffer, offset: number, data: Buffer) => {
    const path = handles.get(handle.readUInt32BE(0))!;
    files.set(path, Buffer.concat([files.get(path)!.subarray(0, offset), data]));
    sftp.status(id, STATUS_CODE.OK);
  });
  sftp.on("CLOSE", (id: number) => sftp.status(id, STATUS_CODE.OK));
}
