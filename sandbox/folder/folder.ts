/** Where the sandbox stores its data: one git-ignored folder, and a short path for the agent's socket. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT_VARIABLE } from "../../console/sandbox-stack";

/** The folder of the repository that this file belongs to. */
export const REPOSITORY = path.resolve(__dirname, "../..");

/** The folder of the project that the sandbox runs: the environment's SANDBOX_PROJECT, else the repository. */
export const projectFolder = () => path.resolve(process.env[PROJECT_VARIABLE] || REPOSITORY);

/** Longest path of a Unix socket that every supported system accepts, in bytes (macOS: 104 with the final zero). */
const SOCKET_PATH_LIMIT = 103;

/** Paths inside one sandbox folder. Creating an instance changes nothing. */
export class SandboxFolder {
  /** @param root @default the environment's SANDBOX_FOLDER, else `.sandbox` in the project's folder */
  constructor(root?: string) {
    this.root = path.resolve(root ?? (process.env.SANDBOX_FOLDER || path.join(projectFolder(), ".sandbox")));
  }

  readonly root: string;

  /** Contains the process that holds the sandbox; see SandboxLock. */
  get lockFile(): string {
    return path.join(this.root, "lock");
  }
  /** Contains the running Pulumi; if the file remains after its end, the process was killed. */
  get runningFile(): string {
    return path.join(this.root, "running.json");
  }
  get settingsFile(): string {
    return path.join(this.root, "settings.json");
  }
  get clockFile(): string {
    return path.join(this.root, "clock.json");
  }
  get faultsFile(): string {
    return path.join(this.root, "faults.json");
  }
  get tenantFile(): string {
    return path.join(this.root, "tenant", "state.json");
  }
  serverFolder(name: string): string {
    return path.join(this.root, "servers", name);
  }
  /** Throw-away keys; only their owner can read the files. */
  get keys(): string {
    return path.join(this.root, "keys");
  }
  /** The file backend with the stack's state. */
  get state(): string {
    return path.join(this.root, "state");
  }
  /** PULUMI_HOME: the sandbox's own plugins and workspace settings. */
  get home(): string {
    return path.join(this.root, "home");
  }
  /** Where Node.js keeps the compiled code of program, providers and plugins. */
  get compileCache(): string {
    return path.join(this.home, "compile-cache");
  }
  /** A project of the same name in which the stack is made, so that no tracked file is ever written. */
  get scratch(): string {
    return path.join(this.root, "scratch");
  }

  /** The folder of the agent's socket: short, outside the sandbox folder, private to this user. */
  get agentFolder(): string {
    const hash = createHash("sha256").update(this.root).digest("hex").slice(0, 10);
    const name = `connect-sync-${os.userInfo().uid}-${hash}`;
    const folder = path.join(os.tmpdir(), name);
    const tooLong = Buffer.byteLength(path.join(folder, "agent.sock")) > SOCKET_PATH_LIMIT;
    return tooLong ? path.join("/tmp", name) : folder;
  }
  get agentSocket(): string {
    return path.join(this.agentFolder, "agent.sock");
  }

  /**
   * Creates the agent's folder, readable by this user only.
   *
   * @throws Error if a folder of that name belongs to another user or is accessible to others
   */
  makeAgentFolder(): void {
    fs.mkdirSync(this.agentFolder, { recursive: true, mode: 0o700 });
    const found = fs.lstatSync(this.agentFolder);
    if (!found.isDirectory() || found.uid !== os.userInfo().uid || (found.mode & 0o077) !== 0) {
      throw new Error(`${this.agentFolder} is not a private folder of this user; remove it and run the command again`);
    }
  }

  /** Creates the folder itself, private to this user. */
  make(): void {
    fs.mkdirSync(this.root, { recursive: true, mode: 0o700 });
  }

  /**
   * Removes the sandbox's data. The lock remains, because the caller holds it.
   *
   * @param keep names of entries that remain as well
   */
  wipe(keep: readonly string[] = []): void {
    const stays = new Set([path.basename(this.lockFile), ...keep]);
    for (const entry of fs.existsSync(this.root) ? fs.readdirSync(this.root) : []) {
      if (!stays.has(entry)) fs.rmSync(path.join(this.root, entry), { recursive: true, force: true });
    }
    fs.rmSync(this.agentFolder, { recursive: true, force: true });
  }

  /** Bytes on disk below the folder. */
  size(): number {
    return folderSize(this.root);
  }
}

/** Bytes of all files below a folder, 0 if there is none; links are not followed. */
function folderSize(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
