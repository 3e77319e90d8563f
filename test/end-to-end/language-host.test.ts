/**
 * The toolchain as a whole: the Pulumi CLI that this machine's sandbox uses, with its language host, on programs of a few
 * lines. No tenant, no servers, no plugins; it proves nothing about the project's own program.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  childEnvironment,
  resolveToolchain,
  runLimited,
  staleLocks,
  toolchainVariables,
  type RunLimitedResult,
  type Toolchain,
} from "../../sandbox/toolchain";
import { descendants, isRunning, programName } from "../../console/processes/descendants";

const REPOSITORY = path.resolve(__dirname, "../..");
const RUN_LIMIT_SECONDS = 90;

/** A build from Go modules with cold caches on two cores, with room to spare. */
const TOOLCHAIN_LIMIT_MILLISECONDS = 20 * 60 * 1000;

const TSCONFIG = {
  compilerOptions: { target: "ES2020", module: "commonjs", moduleResolution: "node", esModuleInterop: true },
  "ts-node": { transpileOnly: true },
};

/** Three resources, of which a failing program registers the first only; then it ends as the configuration says. */
const FAILING_PROGRAM = `
  import * as pulumi from "@pulumi/pulumi";
  const ending = new pulumi.Config().get("ending");
  const make = (name: string) => new pulumi.ComponentResource("test:index:Thing", name);
  make("first");
  if (ending === "rejection") Promise.reject(new Error("nobody handles this"));
  else if (ending === "exit") process.exit(3);
  else if (ending === "killed") process.kill(process.pid, "SIGKILL");
  else if (ending === "exception") throw new pulumi.RunError("the configuration is wrong");
  else { make("second"); make("third"); }
`;

/** Tells its process id, heeds no SIGTERM, and ends only where it may. */
const HANGING_PROGRAM = `
  import * as fs from "node:fs";
  process.on("SIGTERM", () => {});
  fs.writeFileSync(process.env.FOLDER + "/pid.next", String(process.pid));
  fs.renameSync(process.env.FOLDER + "/pid.next", process.env.FOLDER + "/pid");
  if (!fs.existsSync(process.env.FOLDER + "/may-end")) setInterval(() => {}, 1000);
`;

/** A Pulumi project in a folder of its own, with its own state and Pulumi home. */
class Project {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "language-host-"));
  private searchPath = process.env.PATH;

  constructor(
    private readonly toolchain: Toolchain,
    program: string,
    more: Record<string, string> = {},
  ) {
    fs.symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(this.folder, "node_modules"));
    fs.mkdirSync(this.state);
    this.write("Pulumi.yaml", "name: small\nruntime: nodejs\nmain: index.ts\n");
    this.write("package.json", '{ "name": "small", "main": "index.ts" }');
    this.write("tsconfig.json", JSON.stringify(TSCONFIG));
    this.write("index.ts", program);
    for (const [name, content] of Object.entries(more)) this.write(name, content);
  }

  get state(): string {
    return path.join(this.folder, "state");
  }

  write(name: string, content: string): void {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  run(args: string[], limitSeconds = RUN_LIMIT_SECONDS): Promise<RunLimitedResult> {
    const env = childEnvironment({
      ...toolchainVariables(this.toolchain, this.searchPath),
      PULUMI_HOME: path.join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(this.state).href,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      FOLDER: this.folder,
    });
    const all = ["--non-interactive", "--color=never", ...args];
    return runLimited(this.toolchain.pulumi, all, { env, cwd: this.folder, limitSeconds, graceSeconds: 2 });
  }

  /** Runs a command that has to succeed, and answers all that it printed. */
  async succeed(...args: string[]): Promise<string> {
    const result = await this.run(args);
    assert.equal(result.exitCode, 0, `pulumi ${args.join(" ")}\n${result.stdout}\n${result.stderr}`);
    return result.stdout + result.stderr;
  }

  /** The process id of the hanging program, once it runs. */
  async programId(): Promise<number> {
    const file = path.join(this.folder, "pid");
    for (let attempt = 0; attempt < 600 && !fs.existsSync(file); attempt++) await sleep(50);
    return Number(fs.readFileSync(file, "utf8"));
  }

  /** Puts a program of this name first on PATH of every run after this one. */
  putFirst(name: string, ...lines: string[]): void {
    this.write(`first/${name}`, ["#!/bin/sh", ...lines, ""].join("\n"));
    fs.chmodSync(path.join(this.folder, "first", name), 0o755);
    this.searchPath = [path.join(this.folder, "first"), process.env.PATH].join(path.delimiter);
  }

  /** Names of the resources of the program that are in state. */
  async resources(): Promise<string[]> {
    const state = JSON.parse(await this.succeed("stack", "export")) as {
      deployment: { resources?: { urn: string; type: string; delete?: boolean }[] };
    };
    return (state.deployment.resources ?? [])
      .filter(({ type, delete: isDeleted }) => type.startsWith("test:") && !isDeleted)
      .map(({ urn }) => urn.split("::").pop() as string)
      .sort();
  }
}

async function inProject<T>(project: Project, run: (project: Project) => Promise<T>): Promise<T> {
  try {
    await project.succeed("stack", "init", "dev");
    return await run(project);
  } finally {
    fs.rmSync(project.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Signals the Pulumi that a test has started. */
function signalPulumi(signal: NodeJS.Signals): void {
  const found = descendants(process.pid).filter((pid) => programName(pid) === "pulumi");
  assert.equal(found.length, 1);
  process.kill(found[0], signal);
}

async function gone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 200 && isRunning(pid); attempt++) await sleep(100);
  assert.equal(isRunning(pid), false);
}

describe("language host", function () {
  this.timeout(5 * RUN_LIMIT_SECONDS * 1000);
  let toolchain: Toolchain;

  before(async function () {
    this.timeout(TOOLCHAIN_LIMIT_MILLISECONDS);
    toolchain = await resolveToolchain({ log: (line) => process.stderr.write(`${line}\n`) });
  });

  it("the language host must run a TypeScript program with a dynamic resource: preview, up, and then no change", () => {
    const program = `
      import * as pulumi from "@pulumi/pulumi";
      class Thing extends pulumi.dynamic.Resource {
        constructor(name: string, size: number) {
          super({ create: async (inputs: any) => ({ id: "id-of-" + inputs.size, outs: inputs }) }, name, { size });
        }
      }
      export const id = new Thing("thing", 7).id;
    `;
    return inProject(new Project(toolchain, program), async (project) => {
      assert.match(await project.succeed("preview"), /pulumi-nodejs:dynamic:Resource\s+thing\s+create/);
      assert.match(await project.succeed("up", "--yes", "--skip-preview"), /2 created/);
      assert.equal((await project.succeed("stack", "output", "id")).trim(), "id-of-7");
      assert.match(await project.succeed("preview", "--expect-no-changes"), /2 unchanged/);
      assert.match(await project.succeed("destroy", "--yes", "--skip-preview"), /2 deleted/);
    });
  });

  it("the language host must pass project, stack, kind of run, configuration and secrets to the program", () => {
    const program = `
      import * as pulumi from "@pulumi/pulumi";
      const config = new pulumi.Config();
      export const plain = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(), config.require("plain"),
        pulumi.runtime.isDryRun(), process.cwd() === process.env.FOLDER].join(" ");
      export const hidden = config.requireSecret("hidden").apply((text) => text.length);
      export const isKnownSecret = pulumi.isSecret(config.requireSecret("hidden"));
    `;
    return inProject(new Project(toolchain, program), async (project) => {
      await project.succeed("config", "set", "plain", "a value, with \"quotes\" and 'more'");
      await project.succeed("config", "set", "--secret", "hidden", "1234567");
      const output = await project.succeed("up", "--yes", "--skip-preview");
      assert.match(output, /plain\s*: "organization small dev a value, with \\?"quotes\\?" and 'more' false true"/);
      assert.match(output, /hidden\s*: \[secret\]/);
      assert.doesNotMatch(output, /1234567/);
      assert.equal((await project.succeed("stack", "output", "hidden", "--show-secrets")).trim(), "7");
    });
  });

  it("the language host must report the plugins that the installed packages need, and the Node.js version", () =>
    inProject(new Project(toolchain, ""), async (project) => {
      const about = JSON.parse(await project.succeed("about", "--json")) as {
        plugins: { name: string; version: string }[];
        runtime: { language: string; version: string };
      };
      const versions = Object.fromEntries(about.plugins.map(({ name, version }) => [name, version.replace(/^v/, "")]));
      assert.equal(versions.azuread, "6.9.1");
      assert.equal(versions.command, "1.2.1");
      assert.match(JSON.stringify(about.runtime), /"v?\d+\.\d+\.\d+"/);
    }));

  it("the language host must run the program and its dynamic providers on the sandbox's Node.js if PATH begins with an older one", () => {
    const program = `
      import * as pulumi from "@pulumi/pulumi";
      const provider = { create: async () => ({ id: "1", outs: { version: process.version } }) };
      class Report extends pulumi.dynamic.Resource {
        readonly version!: pulumi.Output<string>;
        constructor() { super(provider, "report", { version: undefined }); }
      }
      export const program = process.version;
      export const dynamicProvider = new Report().version;
    `;
    return inProject(new Project(toolchain, program), async (project) => {
      project.putFirst("node", "echo v18.20.1", "exit 9");
      await project.succeed("up", "--yes", "--skip-preview");
      assert.equal((await project.succeed("stack", "output", "program")).trim(), process.version);
      assert.equal((await project.succeed("stack", "output", "dynamicProvider")).trim(), process.version);
    });
  });

  it("the language host must find the plugins of nested, linked and pnpm packages once, and none of a policy pack", () =>
    inProject(new Project(toolchain, ""), async (project) => {
      fs.rmSync(path.join(project.folder, "node_modules"));
      const install = (folder: string, name: string, pulumi: object): void =>
        project.write(
          `node_modules/${folder}/package.json`,
          JSON.stringify({ name, version: "1.2.3", pulumi: { resource: true, ...pulumi } }),
        );
      install("@pulumi/one", "@pulumi/one", {});
      install("@pulumi/one/node_modules/two", "two", { name: "two", version: "v2.0.0", server: "https://example.com" });
      install(".pnpm/three@1/node_modules/three", "three", { name: "three" });
      install("unnamed", "unnamed", {});
      install("pack", "pack", { name: "hidden" });
      project.write("node_modules/pack/PulumiPolicy.yaml", "runtime: nodejs\n");
      project.write("node_modules/broken/package.json", "{");
      fs.symlinkSync(project.folder, path.join(project.folder, "node_modules", "circle"));
      fs.symlinkSync(".pnpm/three@1/node_modules/three", path.join(project.folder, "node_modules", "three"));
      const about = JSON.parse(await project.succeed("about", "--json")) as {
        plugins: { name: string; version: string }[];
      };
      const found = about.plugins.map(({ name, version }) => `${name} ${version}`).filter((one) => !/nodejs/.test(one));
      assert.deepEqual(found.sort(), ["one 1.2.3", "three 1.2.3", "two 2.0.0"]);
    }));

  describe("a program that fails in the middle", () => {
    const expected: Record<string, RegExp> = {
      rejection: /failed with an unhandled exception:\s+Error: nobody handles this/,
      exit: /exit code:? 3/,
      killed: /the program did not run to its end: signal: killed|exit code:? -1/,
      exception: /the configuration is wrong/,
    };
    let project: Project;

    before(async () => {
      project = new Project(toolchain, FAILING_PROGRAM);
      await project.succeed("stack", "init", "dev");
      await project.succeed("up", "--yes", "--skip-preview");
      assert.deepEqual(await project.resources(), ["first", "second", "third"]);
    });

    after(() => fs.rmSync(project.folder, { recursive: true, force: true, maxRetries: 3 }));

    for (const [ending, message] of Object.entries(expected)) {
      it(`a failed program must not delete what it did not register, and must give the reason: ${ending}`, async () => {
        const result = await project.run(["up", "--yes", "--skip-preview", "--config", `ending=${ending}`]);
        const output = result.stdout + result.stderr;
        assert.notEqual(result.exitCode, 0, output);
        assert.equal(result.timedOut, false, output);
        assert.match(output, message);
        assert.doesNotMatch(output, /delet/);
        assert.deepEqual(await project.resources(), ["first", "second", "third"]);
      });
    }

    it("the language host must not add a message of its own after the user's error", async () => {
      const { stdout } = await project.run(["preview", "--config", "ending=exception"]);
      assert.doesNotMatch(stdout, /exit code/);
    });
  });

  describe("a program that hangs", () => {
    it("the language host must end a hanging program if Pulumi was killed, and the next run must not need its lock", () => {
      return inProject(new Project(toolchain, HANGING_PROGRAM), async (project) => {
        const running = project.run(["up", "--yes", "--skip-preview"]);
        const program = await project.programId();
        assert.deepEqual(staleLocks(project.state), []);
        signalPulumi("SIGKILL");
        await running;
        assert.equal(staleLocks(project.state).length, 1);
        project.write("may-end", "");
        await project.succeed("up", "--yes", "--skip-preview");
        // Pulumi's own host looks after its engine every five minutes only.
        if (toolchain.source === "build") await gone(program);
        else process.kill(program, "SIGKILL");
      });
    });

    it("the language host must not leave a hanging program if Pulumi ends, and the next run must continue", () =>
      inProject(new Project(toolchain, HANGING_PROGRAM), async (project) => {
        const result = await project.run(["up", "--yes", "--skip-preview"], 15);
        assert.equal(result.timedOut, true);
        assert.equal(isRunning(await project.programId()), false);
        staleLocks(project.state);
        project.write("may-end", "");
        await project.succeed("up", "--yes", "--skip-preview");
      }));

    it("the language host must end a hanging program if Pulumi is interrupted", () =>
      inProject(new Project(toolchain, HANGING_PROGRAM), async (project) => {
        const running = project.run(["up", "--yes", "--skip-preview"]);
        const program = await project.programId();
        signalPulumi("SIGINT");
        const result = await running;
        assert.equal(result.timedOut, false);
        assert.notEqual(result.exitCode, 0);
        assert.equal(isRunning(program), false);
      }));
  });

  it("the language host must start a plugin that is written in TypeScript", () => {
    const program = `
      import * as pulumi from "@pulumi/pulumi";
      const made = new (class extends pulumi.CustomResource {
        constructor() { super("greeter:index:Greeting", "made", { name: "world", text: undefined }); }
      })() as any;
      export const text = made.text;
    `;
    const plugin = `
      import * as pulumi from "@pulumi/pulumi";
      const provider: pulumi.provider.Provider = {
        version: "1.0.0",
        create: async (_urn, inputs) => ({ id: "1", outs: { ...inputs, text: "hello " + inputs.name } }),
      };
      pulumi.provider.main(provider, process.argv.slice(2));
    `;
    const files = {
      "Pulumi.yaml":
        "name: small\nruntime: nodejs\nmain: index.ts\nplugins:\n  providers:\n    - name: greeter\n      path: ./greeter\n",
      "greeter/PulumiPlugin.yaml": "runtime: nodejs\n",
      "greeter/package.json": '{ "name": "greeter", "main": "index.ts" }',
      "greeter/tsconfig.json": JSON.stringify(TSCONFIG),
      "greeter/index.ts": plugin,
    };
    return inProject(new Project(toolchain, program, files), async (project) => {
      await project.succeed("up", "--yes", "--skip-preview");
      assert.equal((await project.succeed("stack", "output", "text")).trim(), "hello world");
    });
  });

  it("a plugin must run by its folder, which the engine gives the language host as its root", () => {
    const schema = { name: "greeter", version: "1.0.0", resources: { "greeter:index:Greeting": {} } };
    const plugin = `
      import * as pulumi from "@pulumi/pulumi";
      const provider: pulumi.provider.Provider = { version: "1.0.0", schema: ${JSON.stringify(JSON.stringify(schema))} };
      pulumi.provider.main(provider, process.argv.slice(2));
    `;
    const files = {
      "greeter/PulumiPlugin.yaml": "runtime: nodejs\n",
      "greeter/package.json": '{ "name": "greeter", "main": "index.ts" }',
      "greeter/tsconfig.json": JSON.stringify(TSCONFIG),
      "greeter/index.ts": plugin,
    };
    return inProject(new Project(toolchain, "", files), async (project) => {
      const { exitCode, stdout, stderr } = await project.run(["package", "get-schema", "./greeter"]);
      assert.equal(exitCode, 0, stderr);
      const read = JSON.parse(stdout) as typeof schema;
      assert.equal(read.name, "greeter");
      assert.deepEqual(Object.keys(read.resources), ["greeter:index:Greeting"]);
    });
  });

  it("the language host must start a policy pack, which knows the stack's configuration", () => {
    const pack = `
      const grpc = require("@grpc/grpc-js");
      const { AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
      const messages = require("@pulumi/pulumi/proto/analyzer_pb");
      const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
      const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
      const answer = (message) => (_call, callback) => callback(undefined, message);
      const info = new messages.AnalyzerInfo();
      info.setName("pack");
      info.setVersion("1.0.0");
      const violations = new messages.AnalyzeResponse();
      const one = new messages.AnalyzeDiagnostic();
      one.setPolicyname("always");
      one.setPolicypackname("pack");
      one.setPolicypackversion("1.0.0");
      one.setMessage("the pack saw " + process.env.PULUMI_NODEJS_STACK + " " + process.env.PULUMI_CONFIG);
      one.setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
      violations.addDiagnostics(one);
      const server = new grpc.Server();
      server.addService(AnalyzerService, {
        getAnalyzerInfo: answer(info), getPluginInfo: answer(new PluginInfo()), configure: answer(new Empty()),
        configureStack: answer(new messages.AnalyzerStackConfigureResponse()), cancel: answer(new Empty()),
        analyze: answer(new messages.AnalyzeResponse()), analyzeStack: answer(violations),
        remediate: answer(new messages.RemediateResponse()),
      });
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_error, port) => console.log(port));
    `;
    const files = {
      "pack/PulumiPolicy.yaml": "runtime: nodejs\n",
      "pack/package.json": '{ "name": "pack", "main": "index.js" }',
      "pack/index.js": pack,
    };
    return inProject(new Project(toolchain, "export const nothing = 1;", files), async (project) => {
      await project.succeed("config", "set", "colour", "blue");
      const result = await project.run(["preview", "--policy-pack", "pack"]);
      const output = result.stdout + result.stderr;
      assert.notEqual(result.exitCode, 0, output);
      assert.match(output, /the pack saw dev .*"small:colour":"blue"/);
    });
  });
});
