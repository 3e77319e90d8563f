/** A Pulumi project of its own for the sandbox's stack, which a page's steps may change, and its commands in a shell. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { ROOT } from "../../docs/blocks";
import { TestSandbox } from "../support";

const LIMIT_MILLISECONDS = 240_000;
const STACK_FILE = "Pulumi.dev.yaml";

export interface Result {
  code: number | null;
  output: string;
}

/** A command that was started; it leads a session of its own. */
export interface Running {
  pid: number;
  result: Promise<Result>;
}

type Values = Record<string, unknown>;
export type Start = "nothing" | "onboarded";

export class SituationProject {
  private readonly kept = new Map<Start, string>();
  /** Of every line that was started; each has a session of its own. */
  private readonly sessions: number[] = [];

  private constructor(
    readonly folder: string,
    readonly test: TestSandbox,
  ) {}

  /** The program is the repository's, the stack's file a copy. */
  static async open(): Promise<SituationProject> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-situations-"));
    const project = parse(fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as Values;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, main: path.join(ROOT, "program.js") }));
    const opened = new SituationProject(folder, await TestSandbox.open({ projectFolder: folder }));
    opened.resetSettings();
    opened.writePrograms();
    await opened.test.pulumi(["config"]);
    opened.kept.set("nothing", opened.test.keep("nothing"));
    return opened;
  }

  /** Puts back the sandbox and the stack's file as they were before anything was done, or after a first up. */
  async begin(start: Start): Promise<void> {
    this.resetSettings();
    await this.test.putBack(this.kept.get("nothing")!);
    if (start === "nothing") return;
    if (this.kept.has(start)) return this.test.putBack(this.kept.get(start)!);
    await this.test.up();
    this.kept.set(start, this.test.keep(start));
  }

  async close(): Promise<void> {
    await this.test.close();
    // The launcher of dynamic providers outlives a Pulumi that was killed.
    for (const session of this.sessions) spawnSync("pkill", ["-KILL", "-s", String(session)]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a line of a page in bash, in the project's folder and the sandbox's environment. */
  start(line: string, stdin = ""): Running {
    const child = spawn("bash", ["-c", line], { cwd: this.folder, env: this.environment(), detached: true });
    this.sessions.push(child.pid!);
    const limit = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), LIMIT_MILLISECONDS);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    // A command that is refused early does not read what is piped in.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    const result = new Promise<Result>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(limit);
        resolve({ code, output });
      });
    });
    return { pid: child.pid!, result };
  }

  /** Runs a line that must succeed. @returns what it printed */
  async succeeded(line: string, stdin?: string): Promise<string> {
    const { code, output } = await this.start(line, stdin).result;
    assert.equal(code, 0, `${line}: exit code ${code}\n${output}`);
    return output;
  }

  /** Runs a line that must be refused. @returns what it printed */
  async refused(line: string): Promise<string> {
    const { code, output } = await this.start(line).result;
    assert.notEqual(code, 0, `${line}: succeeded\n${output}`);
    return output;
  }

  /** Changes the stack's file. */
  change(edit: (config: Values) => void): void {
    const file = path.join(this.folder, STACK_FILE);
    const content = parse(fs.readFileSync(file, "utf8")) as { config: Values };
    edit(content.config);
    fs.writeFileSync(file, stringify(content));
  }

  /** Changes the declared servers. */
  changeServers(edit: (servers: Record<string, Values>) => void): void {
    this.change((config) => edit(config["connect-sync-identity:servers"] as Record<string, Values>));
  }

  private resetSettings(): void {
    fs.copyFileSync(path.join(ROOT, STACK_FILE), path.join(this.folder, STACK_FILE));
  }

  /** No question can be asked here, so Pulumi is to ask none. */
  private environment(): NodeJS.ProcessEnv {
    const env = this.test.sandbox.environment();
    const programs = `${path.join(this.folder, "bin")}${path.delimiter}${env.PATH}`;
    return { ...env, PATH: programs, PULUMI_SKIP_CONFIRMATIONS: "true", NO_COLOR: "1" };
  }

  /** The sandbox's Pulumi, and the command as npx finds it in a clone. */
  private writePrograms(): void {
    const command = path.join(ROOT, "bin", "connect-sync-identity.js");
    this.writeProgram("pulumi", `exec "${this.test.sandbox.toolchain.pulumi}" "$@"`);
    this.writeProgram(
      "npx",
      `[ "$1" = connect-sync-identity ] || exit 127; shift; exec "${process.execPath}" "${command}" "$@"`,
    );
  }

  private writeProgram(name: string, line: string): void {
    const file = path.join(this.folder, "bin", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
}
