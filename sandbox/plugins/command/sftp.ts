/** SFTP with promises, time limits and the real plugin's words for failures. */
import type { Client, SFTPWrapper, Stats } from "ssh2";

/** A server that has not answered a request after this time is not going to. */
const REQUEST_LIMIT_MS = 60_000;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

function sftpError(error: Error & { code?: number | string }): Error & { code?: number | string } {
  const texts: Record<number, string> = {
    [NO_SUCH_FILE]: "file does not exist",
    [PERMISSION_DENIED]: "permission denied",
    4: `sftp: "${error.message}" (SSH_FX_FAILURE)`,
  };
  const message = typeof error.code === "number" ? texts[error.code] : undefined;
  return Object.assign(new Error(message ?? error.message), { code: error.code });
}

export class Sftp {
  private constructor(
    private readonly client: Client,
    private readonly session: SFTPWrapper,
  ) {}

  static async start(client: Client): Promise<Sftp> {
    const session = await limited<SFTPWrapper>(client, (done) => client.sftp(done as never));
    return new Sftp(client, session);
  }

  /** Null if nothing exists there. */
  async stat(path: string): Promise<Stats | null> {
    try {
      return await this.request<Stats>((done) => this.session.stat(path, done as never));
    } catch (error) {
      if ((error as { code?: number }).code === NO_SUCH_FILE) return null;
      throw new Error(`failed to stat remote path ${path}: ${(error as Error).message}`);
    }
  }

  async makeDirectory(path: string): Promise<void> {
    await this.request<void>((done) => this.session.mkdir(path, done as never));
  }

  /** Creates a folder and its parents; an existing folder is accepted. */
  async makeDirectories(path: string): Promise<void> {
    const found = await this.stat(path);
    if (found?.isDirectory()) return;
    if (found) throw new Error("not a directory");
    const parent = path.replace(/\/+$/, "").replace(/\/?[^/]*$/, "");
    if (parent !== "" && parent !== path) await this.makeDirectories(parent);
    await this.makeDirectory(path).catch(async (error: Error) => {
      if (!(await this.stat(path))?.isDirectory()) throw error;
    });
  }

  /** Writes a file, replacing an existing one. */
  async writeFile(path: string, content: Buffer): Promise<void> {
    const handle = await this.request<Buffer>((done) => this.session.open(path, "w+", done as never)).catch(
      (error: Error) => {
        throw new Error(`failed to create remote file ${path}: ${error.message}`);
      },
    );
    try {
      const chunk = 32 * 1024;
      for (let offset = 0; offset < content.length; offset += chunk) {
        const length = Math.min(chunk, content.length - offset);
        await this.request<void>((done) => this.session.write(handle, content, offset, length, offset, done as never));
      }
    } finally {
      await this.request<void>((done) => this.session.close(handle, done as never));
    }
  }

  private request<T>(start: (done: Done<T>) => void): Promise<T> {
    return limited(this.client, start);
  }
}

type Done<T> = (error: Error | undefined, value?: T) => void;

/** Ends with the answer, the end of the connection, or the time limit, whichever is first. */
function limited<T>(client: Client, start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (error: Error | undefined, value?: T) => {
      clearTimeout(timer);
      client.removeListener("close", lost);
      if (error) reject(sftpError(error));
      else resolve(value as T);
    };
    const lost = () => end(new Error("connection lost"));
    const timer = setTimeout(() => end(new Error("the SFTP server does not answer")), REQUEST_LIMIT_MS);
    client.once("close", lost);
    start(end);
  });
}
