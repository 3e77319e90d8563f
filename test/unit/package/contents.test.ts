/** What would be published: the built folder, its files as npm would pack them, and how other tools read its package.json. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildPackage } from "../../../tools/packaging/build";
import { publishedManifest, type RepositoryManifest } from "../../../tools/packaging/manifest";
import { versionText } from "../../../cli/version";
import { readHostProgram } from "../../../remote/host-program-files";
import { OwnProject, runProgram } from "../cli/command-line";

const ROOT = path.resolve(__dirname, "../../..");
const read = (...parts: string[]) => fs.readFileSync(path.join(...parts));
const repository = JSON.parse(read(ROOT, "package.json").toString()) as RepositoryManifest & { private: boolean };

interface Published {
  name: string;
  private?: boolean;
  version: string;
  pulumi?: unknown;
  scripts?: unknown;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/** Both are ECMAScript modules, whose types the repository's own module resolution does not find. */
const TYPES_WRONG = "@arethetypeswrong/core" as string;
const PUBLINT = "publint" as string;

interface TypesWrong {
  createPackageFromTarballData(data: Uint8Array): unknown;
  checkPackage(
    analysed: unknown,
    options: { excludeEntrypoints: string[] },
  ): Promise<{ types: unknown; problems?: { kind: string; resolutionKind?: string; entrypoint?: string }[] }>;
}

interface Publint {
  publint(options: object): Promise<{ messages: { code: string; path: string[] }[] }>;
}

describe("the published package", function () {
  this.timeout(180_000);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "package-contents-"));
  const folder = path.join(work, "built");
  let files: string[];
  let tarball: string;
  let manifest: Published;

  before(() => {
    buildPackage(folder);
    const args = ["pack", "--json", "--loglevel=error", "--pack-destination", work];
    const packed = execFileSync("npm", args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
    const [{ files: found, filename }] = JSON.parse(packed) as { files: { path: string }[]; filename: string }[];
    files = found.map((file) => file.path).sort();
    tarball = path.join(work, filename);
    manifest = JSON.parse(read(folder, "package.json").toString()) as Published;
  });

  after(() => fs.rmSync(work, { recursive: true, force: true }));

  it("the package must contain compiled code with its types, the host program, the schema for editors, and the usual package files", () => {
    const others = files.filter(
      (file) => !/^(cli|components|console|model|policy|remote)\/([a-z]+\/)*[a-z-]+\.(js|d\.ts)$/.test(file),
    );
    assert.deepEqual(others, [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin/connect-sync-identity.js",
      "components/index.d.mts",
      "components/index.mjs",
      "detections/README.md",
      "detections/defender.kql",
      "detections/sentinel.yaml",
      "host-program/Open-Ssh/Open-Ssh.ps1",
      "host-program/PROTOCOL.md",
      "host-program/Sign-HostProgram.ps1",
      "host/ConnectSyncHost.ps1",
      "host/Windows.ps1",
      "host/manifest.json",
      "package.json",
      "pipelines/github/explain-sign-in.mjs",
      "pipelines/github/id-token.mjs",
      "pipelines/github/preview/action.yml",
      "pipelines/github/sign-in.sh",
      "pipelines/github/sign-in/action.yml",
      "pipelines/github/stop-commands.sh",
      "pipelines/identities/github-main.json",
      "pipelines/identities/github-preview.json",
      "pipelines/identities/github-production.json",
      "pipelines/run-pulumi.sh",
      "program.d.ts",
      "program.js",
      "schema/stack.schema.json",
    ]);
    const code = files.filter((file) => file.endsWith(".js") && !file.startsWith("bin/"));
    assert.deepEqual(
      code.map((file) => file.replace(/\.js$/, ".d.ts")).filter((file) => !files.includes(file)),
      [],
    );
  });

  it("the package must hold nothing at its top level that neither a server nor a user needs", () => {
    const why: Record<string, string> = {
      "CHANGELOG.md": "what an update changes",
      LICENSE: "what is permitted",
      "README.md": "the registry's page",
      "package.json": "npm",
      "program.js": "a program without code",
      "program.d.ts": "its types",
      bin: "the command",
      cli: "the command",
      components: "the component",
      console: "the command",
      host: "what is copied to a server",
      "host-program": "what an administrator runs or signs",
      model: "the component",
      pipelines: "what a workflow of the project uses",
      policy: "the check of a policy's configuration",
      remote: "how a server and the tenant are reached",
      schema: "what an editor reads",
      detections: "what `report --format sentinel` and `defender` fill in",
    };
    const top = new Set(files.map((file) => file.split("/")[0]));
    assert.deepEqual([...top].sort(), Object.keys(why).sort());
  });

  it("a workflow of a project with the package must have its log encoded, by the compiled encoder", () => {
    const encoder = path.join(folder, "cli", "pipeline", "encode-log.js");
    const planted = "x ##vso[task.setvariable variable=a]b\n";
    const printed = execFileSync(process.execPath, [encoder], { input: planted, encoding: "utf8" });
    assert.doesNotMatch(printed, /##vso\[/);
    assert.match(read(folder, "pipelines", "run-pulumi.sh").toString(), /node cli\/pipeline\/encode-log\.js/);
  });

  it("the package must contain no test, no sandbox and no private file", () => {
    assert.deepEqual(
      files.filter((file) =>
        /test|sandbox|tools|bench|\.env|\.npmrc|(^|\/)Pulumi\.|\.pem$|\.key$|node_modules/i.test(file),
      ),
      // What says that there is no sandbox, and which stack of a clone is the sandbox's.
      [
        "cli/sandbox-in-package.d.ts",
        "cli/sandbox-in-package.js",
        "console/sandbox-stack.d.ts",
        "console/sandbox-stack.js",
      ],
    );
    for (const file of files) {
      const text = read(folder, file).toString("latin1");
      assert.ok(!text.includes(ROOT), `${file} names a folder of this machine`);
      assert.doesNotMatch(text, /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"'\n]*\n[A-Za-z0-9+/]{40}/, file);
      assert.doesNotMatch(text, /require\("[^"]*(sandbox|tools)[/"]/, file);
    }
  });

  it("the package must contain the host program byte by byte: state and servers know its hash", () => {
    for (const file of fs.readdirSync(path.join(ROOT, "host"))) {
      assert.ok(read(folder, "host", file).equals(read(ROOT, "host", file)), file);
    }
    assert.deepEqual(readHostProgram(path.join(folder, "host")).sha256, readHostProgram().sha256);
  });

  it("must carry the command, with its commit, and say of what needs a clone that it does", async () => {
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(work, "node_modules"));
    const program = path.join(folder, "bin", "connect-sync-identity.js");
    const own = new OwnProject(["prod"]);
    const run = (...args: string[]) => runProgram(args, { program, cwd: own.folder, env: own.environment });
    try {
      assert.equal((await run("--version")).stdout, `${versionText(ROOT)}\n`);
      assert.match((await run("--help")).stdout, /^ {2}revoke +Emergency/m);
      for (const args of [
        ["sandbox", "start", "--fast"],
        ["policy", "build", "x"],
      ]) {
        const { code, stderr } = await run(...args);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /^error: .* needs a clone of the repository; the package does not include it\n$/);
      }
      const revoked = await run("revoke", "sync02", "--confirm", "sync02");
      assert.equal(revoked.code, 2);
      assert.match(revoked.stderr, /needs a named stack.*Stacks in .*: prod$/m);
      assert.match((await run("doctor", "--stack", "prod")).stdout, /^prod: \d+ problems?; /m);
      assert.match((await run("completion", "zsh")).stdout, /compdef/);
      assert.equal((await run("policy", "check", path.join(ROOT, "policy/config.production.json"))).code, 0);
    } finally {
      own.remove();
    }
  });

  it("the package must be public, have this version, and not appear as a plugin to the engine", () => {
    assert.deepEqual([manifest.name, manifest.version], ["connect-sync-identity", repository.version]);
    assert.deepEqual([manifest.private, manifest.pulumi, manifest.scripts], [undefined, undefined, undefined]);
    assert.equal(repository.private, true, "the repository itself is not to be published");
  });

  it("the package must depend exactly on what its code imports, in the tested versions", () => {
    const { dependencies, peerDependencies } = manifest;
    assert.deepEqual(Object.keys(dependencies).sort(), [
      "@azure/core-rest-pipeline",
      "@azure/identity",
      "@bomb.sh/tab",
      "@peculiar/x509",
      "@pulumi/azuread",
      "@pulumi/command",
      "@pulumi/policy",
      "canonicalize",
      "cli-table3",
      "commander",
      "nodemailer",
      "reflect-metadata",
      "ssh2",
      "yaml",
      "zod",
    ]);
    for (const [name, version] of Object.entries(dependencies))
      assert.equal(version, repository.dependencies[name], name);
    assert.equal(dependencies["@pulumi/command"], "1.2.1");
    assert.equal("optionalDependencies" in manifest, false, "the Node of the clone must stay there");
    assert.deepEqual(peerDependencies, { "@pulumi/pulumi": `^${repository.dependencies["@pulumi/pulumi"]}` });
  });

  it("the package must not be built if its code imports a test dependency", () => {
    assert.throws(() => publishedManifest(repository, ["fastify"], null), /imports fastify, which is not a dependency/);
  });

  it("the package must be resolved, with types, by every kind of module resolution", async () => {
    const core = (await import(TYPES_WRONG)) as TypesWrong;
    const analysed = core.createPackageFromTarballData(new Uint8Array(fs.readFileSync(tarball)));
    const result = await core.checkPackage(analysed, { excludeEntrypoints: ["./package.json"] });
    assert.ok(result.types, "no types were found");
    // The oldest resolution knows nothing of exports; what it cannot find there, the dynamic provider and a program of
    // one line load at run time only.
    const problems = result.problems!.filter(({ resolutionKind, entrypoint }) => {
      return resolutionKind !== "node10" || entrypoint === ".";
    });
    assert.deepEqual(problems, []);
  });

  it("the package must pass publint", async () => {
    const { publint } = (await import(PUBLINT)) as Publint;
    const { messages } = await publint({ pkgDir: folder, level: "suggestion", strict: true, pack: false });
    assert.deepEqual(
      messages.map(({ code, path: where }) => `${code} ${where.join(".")}`),
      [],
    );
  });
});

describe("public exports", () => {
  it("the public exports must be exactly those that docs/package.md calls stable", async () => {
    const library = await import("../../../components/index");
    assert.deepEqual(Object.keys(library).sort(), [
      "CERTIFICATE_DEFAULTS",
      "ConnectSyncIdentity",
      "DIAGNOSTICS",
      "DeclarationError",
      "FINDINGS",
      "GUARD_FINDINGS",
      "MINIMUM_VERSION",
      "NOTICES",
      "ProblemError",
      "SyncRoleGuard",
      "TenantDirectory",
      "checkConfiguration",
      "formatDiagnostic",
      "readStackConfiguration",
      "renderRemedy",
    ]);
  });
});
