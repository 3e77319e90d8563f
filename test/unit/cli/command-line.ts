/** Runs the one command as a process of its own, with a Pulumi that only notes that it was called. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../../..");
const PROGRAM = path.join(ROOT, "bin", "connect-sync-identity.js");
const LIMIT_MILLISECONDS = 60_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** @default the clone's */
  program?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

export function runProgram(
  args: readonly string[],
  { program = PROGRAM, cwd = ROOT, env = process.env }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MILLISECONDS);
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (printed[name] += text));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, ...printed });
    });
  });
}

/** A folder with a Pulumi project of a user's own, and an environment in which nothing but that can be found. */
export class OwnProject {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-own-")));
  readonly folder = path.join(this.root, "project");
  readonly home = path.join(this.root, "pulumi-home");
  readonly sandboxFolder = path.join(this.root, "sandbox");
  private readonly called = path.join(this.root, "pulumi-was-called");

  constructor(stacks: readonly string[]) {
    const programs = path.join(this.root, "programs");
    for (const folder of [this.folder, this.home, programs]) fs.mkdirSync(folder);
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), "name: own-project\nruntime: nodejs\n");
    for (const stack of stacks) fs.writeFileSync(path.join(this.folder, `Pulumi.${stack}.yaml`), "config: {}\n");
    fs.writeFileSync(path.join(programs, "pulumi"), `#!/bin/sh\necho "$@" >> "${this.called}"\nexit 1\n`, {
      mode: 0o755,
    });
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: [path.join(this.root, "programs"), process.env.PATH].join(path.delimiter),
      HOME: this.root,
      PULUMI_HOME: this.home,
      SANDBOX_FOLDER: this.sandboxFolder,
    };
  }

  /** What Pulumi was called with, one line each time. */
  get pulumiCalls(): string {
    return fs.existsSync(this.called) ? fs.readFileSync(this.called, "utf8") : "";
  }

  /** Names of all that lies in the project. */
  get files(): string[] {
    return (fs.readdirSync(this.folder, { recursive: true }) as string[]).sort();
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
