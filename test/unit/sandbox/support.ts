/** Temporary folders, and processes that use the sandbox's modules. */
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "..", "..", "..");
const LIMIT_MILLISECONDS = 25_000;

/** A folder for each test of the surrounding suite, removed after it. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-unit-"));
    made.push(folder);
    return folder;
  };
}

/** A process that runs a piece of TypeScript's compiled form; `load("console/interrupts")` in it loads a module of the project. */
export class Script {
  output = "";
  readonly process: ChildProcess;
  private readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly listeners = new Set<() => void>();

  constructor(code: string, environment: NodeJS.ProcessEnv = process.env) {
    const prelude = `const load = (name) => require(${JSON.stringify(REPOSITORY)} + "/" + name);`;
    this.process = spawn(process.execPath, ["-r", "ts-node/register", "-e", `${prelude}\n${code}`], {
      cwd: REPOSITORY,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MILLISECONDS,
      killSignal: "SIGKILL",
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString("utf8");
        for (const listener of this.listeners) listener();
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.once("close", (exitCode, signal) => resolve({ code: exitCode, signal }));
    });
  }

  /** Resolves when the process has printed this; rejects where it ends without. */
  async prints(text: string): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      const look = () => {
        if (!this.output.includes(text)) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
    const over = this.ended.then(() => {
      if (!this.output.includes(text)) throw new Error(`ended without printing "${text}":\n${this.output}`);
    });
    await Promise.race([seen, over]);
  }

  end(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.ended;
  }
}
