/**
 * Each of `examples/` as a person copies it: with the packed package beside it, against a sandbox for each of its stacks. Only
 * what a reader replaces is replaced: the tenant, how the servers are reached, and the hash of the CA's certificate.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { findOnPath } from "../../console/processes/find-on-path";
import { runLimited } from "../../console/processes/run-limited";
import { Consumer } from "./consumer";
import { ownedByPipeline } from "./operations";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
const EXAMPLES = path.join(ROOT, "examples");
const { encryptionsalt } = parse(fs.readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8")) as Record<string, string>;

interface Server {
  role: string;
  connection: Record<string, unknown> & { proxy?: unknown };
  certificate?: { source: { sha256: string } };
}

interface StackFile {
  config: Record<string, unknown> & { "sync-identities:servers": Record<string, Server> };
}

const stacksOf = (example: string) =>
  fs.readdirSync(path.join(EXAMPLES, example)).flatMap((name) => /^Pulumi\.(\w+)\.yaml$/.exec(name)?.[1] ?? []);

/** What a reader replaces, for the sandbox. */
async function filledIn(file: string, test: TestSandbox): Promise<StackFile> {
  const content = parse(fs.readFileSync(file, "utf8")) as StackFile;
  assert.ok(content.config["azuread:tenantId"], "a stack names its tenant");
  delete content.config["azuread:tenantId"];
  const environment = test.sandbox.environment();
  const reached = (name: string, user: string) => {
    const [port, hostKey] = ["PORT", "HOST_KEY"].map((what) => environment[`SANDBOX_${name.toUpperCase()}_${what}`]);
    return { host: "127.0.0.1", port: Number(port), user, hostKey };
  };
  for (const [name, server] of Object.entries(content.config["sync-identities:servers"])) {
    const proxy = server.connection.proxy === undefined ? {} : { proxy: reached("bastion", "jump") };
    server.connection = { ...reached(name, "Administrator"), ...proxy };
    if (server.certificate) server.certificate.source.sha256 = await test.sandbox.server(name).issueByHand();
  }
  return content;
}

describe("examples", function () {
  this.timeout(600_000);
  const consumer = new Consumer();
  const opened: TestSandbox[] = [];
  before(() => consumer.install());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((test) => test.close()));
  });
  after(() => consumer.dispose());

  /** A copy of the example with one stack, and its sandbox after an up. */
  async function onboarded(
    example: string,
    stack: string,
    prepare: (test: TestSandbox) => void = () => undefined,
  ): Promise<TestSandbox> {
    const folder = path.join(consumer.folder, "examples", `${example}-${stack}`);
    fs.cpSync(path.join(EXAMPLES, example), folder, { recursive: true });
    const declared = parse(fs.readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8")) as StackFile;
    const serverCount = Object.keys(declared.config["sync-identities:servers"]).length;
    const test = await TestSandbox.open({ projectFolder: folder, serverCount });
    opened.push(test);
    const content = await filledIn(path.join(EXAMPLES, example, `Pulumi.${stack}.yaml`), test);
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), JSON.stringify({ encryptionsalt, ...content }));
    prepare(test);
    await test.up();
    return test;
  }

  it("two-servers must onboard both, each with an application of its own", async () => {
    const test = await onboarded("two-servers", "prod");
    for (const server of ["sync01", "sync02"]) test.expectOnboarded(server);
    assert.notEqual(test.server("sync01").connector.appId, test.server("sync02").connector.appId);
    await test.expectUnchanged();
  });

  it("four-tenants must onboard a server in each, with the shared defaults and what one stack says otherwise", async () => {
    const stacks = stacksOf("four-tenants");
    assert.deepEqual(stacks, ["amer", "apac", "emea", "lab"]);
    const tests = await Promise.all(stacks.map((stack) => onboarded("four-tenants", stack)));
    for (const [index, test] of tests.entries()) {
      test.expectOnboarded("sync01");
      assert.match(await test.state(), /"policy": ?"enforce"/);
      const { stdout } = await test.pulumi(["config", "get", "environment"]);
      assert.equal(stdout.trim(), stacks[index] === "lab" ? "test" : "production");
    }
    const ids = new Set(tests.map((test) => test.sandbox.environment().ARM_TENANT_ID));
    assert.equal(ids.size, stacks.length);
  });

  it("test-and-production must onboard the servers of both, and enforce only in production", async () => {
    const [production, trial] = await Promise.all(
      ["prod", "test"].map((stack) => onboarded("test-and-production", stack)),
    );
    for (const test of [production, trial]) test.expectOnboarded("sync01");
    assert.match(await production.state(), /"policy": ?"enforce"/);
    assert.match(await trial.state(), /"policy": ?"report"/);
  });

  it("`pulumi new` with the template must make a project whose first preview shows the server that was asked for", async () => {
    const folder = path.join(consumer.folder, "made");
    const test = await TestSandbox.open({ projectFolder: folder, serverCount: 1 });
    opened.push(test);
    // Nothing is published: npm finds the packed package above the project, and runs what the project itself declares.
    const bin = path.join(consumer.folder, "bin");
    fs.mkdirSync(bin);
    const npm = fs.realpathSync(findOnPath("npm")!);
    const script = `#!/bin/sh\nmkdir node_modules && exec "${process.execPath}" "${npm}" run postinstall\n`;
    fs.writeFileSync(path.join(bin, "npm"), script, { mode: 0o755 });
    const answers = {
      "azuread:tenantId": test.sandbox.settings.tenantId,
      firstServer: "sync01",
      firstServerUser: "Administrator",
    };
    const asked = Object.entries(answers).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    const named = ["--name", "sync-identities", "--stack", "dev", "--dir", folder];
    const environment = test.sandbox.environment();
    const { exitCode, stdout, stderr } = await runLimited(
      test.sandbox.toolchain.pulumi,
      ["new", path.join(ROOT, "template"), "--yes", ...named, ...asked],
      { env: { ...environment, PATH: `${bin}${path.delimiter}${environment.PATH}` }, limitSeconds: 120 },
    );
    assert.equal(exitCode, 0, stdout + stderr);
    const file = path.join(folder, "Pulumi.dev.yaml");
    const made = fs.readFileSync(file, "utf8");
    assert.match(made, /^# yaml-language-server: \$schema=\.\/node_modules\/connect-sync-identity\/schema\//m);
    assert.doesNotMatch(made, /firstServer/);
    const { config, ...rest } = parse(made) as StackFile & Record<string, unknown>;
    assert.equal(config["azuread:environment"], "global");
    assert.equal(config["sync-identities:servers"].sync01.connection.host, "sync01.contoso.com");
    assert.ok(fs.existsSync(path.join(folder, ".github", "workflows", "sync.yml")));
    const content = await filledIn(file, test);
    fs.writeFileSync(file, JSON.stringify({ ...rest, ...content }));
    const { code, output } = await test.preview();
    assert.equal(code, 0, output);
    assert.match(output, /sync01-application/);
  });

  it("bastion must onboard a server through the bastion alone", async () => {
    const test = await onboarded("bastion", "prod");
    test.expectOnboarded("sync01");
    const { logins, forwarded } = test.sandbox.bastion;
    assert.ok(logins > 0 && forwarded > 0, "nothing went through the bastion");
  });

  it("certificate-authority must switch the server to the CA's certificate and make none", async () => {
    const test = await onboarded("certificate-authority", "prod");
    const { connector, certificates } = test.server("sync01");
    assert.equal(connector.identityType, "Application");
    assert.deepEqual(
      certificates.map(({ sha256 }) => sha256),
      [connector.certificateSha256],
    );
  });

  it("byoc-beside-byoa must leave one server on the product's application, with an own certificate", async () => {
    const product = (test: TestSandbox) => test.server("sync01").connector.appId!;
    let before = "";
    const test = await onboarded("byoc-beside-byoa", "prod", (opened) => {
      before = product(opened);
      ownedByPipeline(opened, before);
    });
    assert.equal(product(test), before);
    const { connector, certificates } = test.server("sync01");
    assert.ok(certificates.some(({ sha256 }) => sha256 === connector.certificateSha256));
    test.expectOnboarded("sync02");
  });

  /** Those in other languages are held by test/unit/repository/examples.test.ts and run by languages.test.ts. */
  const inJavaScript = fs
    .readdirSync(EXAMPLES)
    .filter((name) => fs.existsSync(path.join(EXAMPLES, name, "package.json")));
  for (const example of inJavaScript) {
    it(`${example} must be a whole project of this version, with a page of at most twenty lines`, () => {
      const read = (name: string) => fs.readFileSync(path.join(EXAMPLES, example, name), "utf8");
      const own = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
        version: string;
        dependencies: Record<string, string>;
      };
      assert.deepEqual((JSON.parse(read("package.json")) as { dependencies: object }).dependencies, {
        "@pulumi/pulumi": own.dependencies["@pulumi/pulumi"],
        "connect-sync-identity": own.version,
      });
      assert.match(read("index.js"), /require\("connect-sync-identity\/program"\)/);
      assert.match(read("Pulumi.yaml"), /^name: sync-identities$/m);
      assert.ok(stacksOf(example).length > 0);
      const page = read("README.md");
      assert.ok(page.split("\n").length <= 20, page);
      assert.ok(
        fs.readFileSync(path.join(ROOT, "docs", "README.md"), "utf8").includes(`(../examples/${example}/README.md)`),
      );
    });
  }
});
