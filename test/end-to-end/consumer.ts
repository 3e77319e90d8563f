/** An empty Pulumi project outside of the repository, with the packed package installed in it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { childEnd } from "../../console/processes/child-end";
import { buildPackage } from "../../tools/packaging/build";

const ROOT = path.resolve(__dirname, "../..");

/** npm fetches what is not in its cache: the only thing in these tests that may need a network. */
const INSTALL_LIMIT_MILLISECONDS = 300_000;

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

function run(
  program: string,
  args: string[],
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): { status: number | null; output: string } {
  const options = {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: INSTALL_LIMIT_MILLISECONDS,
    killSignal: "SIGKILL",
  } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  return { status, output: `${stdout}${stderr}${error?.message ?? ""}` };
}

function npm(args: string[], folder: string): string {
  const { status, output } = run("npm", [...args, "--loglevel=error", "--no-audit", "--no-fund"], folder);
  assert.equal(status, 0, `npm ${args.join(" ")}\n${output}`);
  return output;
}

export class Consumer {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "sync-identities-")));
  private readonly repository = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

  /** Builds, packs and installs, as a registry's user would have it but for the registry. */
  install(): void {
    const built = path.join(this.folder, "built");
    buildPackage(built);
    const { version, dependencies, devDependencies } = this.repository;
    npm(["pack", built, "--pack-destination", this.folder], this.folder);
    fs.rmSync(built, { recursive: true });
    this.write("package.json", {
      ...{ name: "sync-identities", private: true },
      dependencies: {
        "@pulumi/pulumi": dependencies["@pulumi/pulumi"],
        "connect-sync-identity": `file:connect-sync-identity-${version}.tgz`,
      },
      devDependencies: { typescript: dependencies.typescript, "@types/node": devDependencies["@types/node"] },
    });
    npm(["install", "--prefer-offline", "--ignore-scripts"], this.folder);
  }

  /** Writes a file of the project; what is no text becomes JSON. */
  write(name: string, content: unknown): void {
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  /** Makes the project one whose JavaScript is ECMAScript modules, or no longer. */
  setModules(modules: boolean): void {
    const manifest = JSON.parse(fs.readFileSync(path.join(this.folder, "package.json"), "utf8")) as object;
    this.write("package.json", { ...manifest, type: modules ? "module" : "commonjs" });
  }

  /** The package's command, as npx finds it in the project. */
  async command(args: string[], env: NodeJS.ProcessEnv): Promise<{ status: number | null; output: string }> {
    // Not synchronously: the emulated servers live in this process and have to answer.
    const child = spawn("npx", ["--no", "connect-sync-identity", ...args], { cwd: this.folder, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    const limit = setTimeout(() => child.kill("SIGKILL"), 120_000);
    const status = await childEnd(child);
    clearTimeout(limit);
    return { status, output };
  }

  remove(...names: string[]): void {
    for (const name of names) fs.rmSync(path.join(this.folder, name), { recursive: true, force: true });
  }

  /**
   * Checks the types of files in this project, and of the package where they lead into it.
   * @returns what is wrong, one line each
   */
  typeErrors(files: string[], options: ts.CompilerOptions): string[] {
    const common: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2020, types: ["node"] };
    const names = files.map((file) => path.join(this.folder, file));
    const host = ts.createCompilerHost({});
    host.getCurrentDirectory = () => this.folder;
    const checked = ts.createProgram(names, { ...common, ...options }, host);
    const own = path.join(this.folder, "node_modules", "connect-sync-identity");
    const sources = checked.getSourceFiles().filter(({ fileName }) => {
      return names.includes(fileName) || fileName.startsWith(own);
    });
    assert.ok(sources.length > names.length, "the package was not found");
    return sources
      .flatMap((source) => [...checked.getSyntacticDiagnostics(source), ...checked.getSemanticDiagnostics(source)])
      .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
