/**
 * The packed package in an empty project outside of the repository: installed by npm, type-checked, and run by the real
 * engine against the sandbox. Nothing of it is published, so what a registry does with it is not shown.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ModuleKind, ModuleResolutionKind } from "typescript";
import { parse } from "yaml";
import { Consumer } from "./consumer";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
const { encryptionsalt } = parse(fs.readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8")) as Record<string, string>;

const TSCONFIG = {
  compilerOptions: { target: "ES2020", module: "commonjs", moduleResolution: "node", strict: true, skipLibCheck: true },
};

/** Arguments of the one server; a test replaces some of them. */
const ARGUMENTS = {
  role: '"active"',
  connection: `{
    host: "127.0.0.1",
    port: Number(process.env.SANDBOX_SYNC01_PORT),
    user: "Administrator",
    hostKey: String(process.env.SANDBOX_SYNC01_HOST_KEY),
  }`,
};

const body = (args: Record<string, string>) => `
const tenant = new TenantDirectory();
const sync01 = new ConnectSyncIdentity("sync01", {
  tenant,
${Object.entries({ ...ARGUMENTS, ...args })
  .map(([name, text]) => `  ${name}: ${text},`)
  .join("\n")}
});
new SyncRoleGuard("sync-role-guard", { tenant, servers: [sync01] });
export const ready = sync01.ready;
export const applicationId = sync01.applicationId;
`;

const IMPORT = 'import { ConnectSyncIdentity, SyncRoleGuard, TenantDirectory } from "connect-sync-identity";\n';
const program = (args: Record<string, string> = {}) => IMPORT + body(args);

const project = (main: string) => `name: sync-identities\nruntime: nodejs\nmain: ${main}\n`;

/** Uses what is public; each wrong line must be one for the compiler as well. */
const TYPED_PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import {
  CERTIFICATE_DEFAULTS, checkConfiguration, ConnectSyncIdentity, DeclarationError, FINDINGS, MINIMUM_VERSION,
  SyncRoleGuard, TenantDirectory,
  type CertificatePolicy, type ConnectSyncIdentityArgs, type Diagnostic, type FindingCode,
} from "connect-sync-identity";

const tenant = new TenantDirectory({ cloud: "global" });
const certificate: Partial<CertificatePolicy> = { ...CERTIFICATE_DEFAULTS, lifetime: "200 days" };
const args: ConnectSyncIdentityArgs = {
  tenant,
  role: "staging",
  certificate,
  minimumVersion: MINIMUM_VERSION,
  connection: { host: "a", user: "b", hostKey: "c", privateKey: new pulumi.Config().requireSecret("key") },
};
const identity = new ConnectSyncIdentity("sync01", args, { protect: true });
const ready: pulumi.Output<boolean> = identity.ready;
new SyncRoleGuard("guard", { tenant, servers: [identity] }, { parent: identity });
const code: FindingCode = "rotation-due";
const { problems }: { problems: Diagnostic[] } = checkConfiguration({}, process.env);
const registered = identity.nodes.registration.registered;
export { code, ready, problems, registered, FINDINGS, DeclarationError };
// @ts-expect-error -- no such role
args.role = "primary";
// @ts-expect-error -- no such unit
certificate.lifetime = "200 weeks";
// @ts-expect-error -- no such finding
FINDINGS["no-such-finding"];
`;

describe("the package in an empty project", () => {
  const consumer = new Consumer();
  let stack: TestSandbox;

  before(async function () {
    this.timeout(600_000);
    consumer.install();
    consumer.write("Pulumi.yaml", project("index.ts"));
    consumer.write("Pulumi.dev.yaml", `encryptionsalt: ${encryptionsalt}\n`);
    consumer.write("tsconfig.json", TSCONFIG);
    consumer.write("index.ts", program());
    stack = await TestSandbox.open({ projectFolder: consumer.folder, serverCount: 1 });
  });

  after(async () => {
    await stack?.close();
    consumer.dispose();
  });

  for (const [name, files, options] of [
    ["node", ["typed.ts"], { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 }],
    [
      "node16",
      ["typed.cts", "typed.mts"],
      { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
    ],
  ] as const) {
    it(`the package must have types for moduleResolution ${name}: ${files.join(", ")}`, () => {
      for (const file of files) consumer.write(file, TYPED_PROGRAM);
      assert.deepEqual(consumer.typeErrors([...files], options), []);
      consumer.remove(...files);
    });
  }

  it("a program with the package must report all wrong arguments in a preview, without a stack trace", async () => {
    consumer.write("index.ts", program({ role: '"primary" as "active"', minimumVersion: '"2.4.0.0"' }));
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    assert.match(output, /the arguments of ConnectSyncIdentity sync01 have 2 problems:\n/);
    assert.match(output, /sync01: role: expected "active" or "staging", found "primary"\. Correct it in the program\./);
    assert.match(output, /sync01: minimumVersion: expected at least 2\.5\.79\.0, found 2\.4\.0\.0\. /);
    assert.doesNotMatch(output, /\n\s+at |unhandled exception/);
    consumer.write("index.ts", program());
  });

  it("a program with the package must onboard a server, and then find no work", async () => {
    const output = await stack.up();
    assert.match(output, /ready\s*: true/);
    stack.expectOnboarded("sync01");
    stack.expectSchedulerOn("sync01");
    await stack.expectUnchanged();
  });

  it("a program with the package must store no local folder in state", async () => {
    const { deployment } = JSON.parse(await stack.state()) as {
      deployment: { resources: { sourcePosition?: string }[] };
    };
    // Where in the program a resource is made is the engine's own note, with the folder for a word.
    const resources = JSON.stringify(deployment.resources);
    assert.ok(!resources.includes(consumer.folder) && !resources.includes(ROOT));
    assert.ok(resources.includes("node_modules/connect-sync-identity/host/"));
    const texts = new Set(resources.match(/exports\.handler = (?:[^"\\]|\\.)+/g));
    assert.equal(texts.size, 3, [...texts].join("\n"));
  });

  it("a program with the package must show and fix drift", async () => {
    await stack.sandbox.break("sync01", "certificate");
    const { output } = await stack.preview();
    assert.match(output, /sync01: certificate-missing: /);
    await stack.up();
    stack.expectOnboarded("sync01");
    await stack.expectUnchanged();
  });

  it("a program of ECMAScript modules must create the same resources", async () => {
    consumer.setModules(true);
    consumer.write("Pulumi.yaml", project("index.js"));
    consumer.write("index.js", program());
    consumer.remove("index.ts", "tsconfig.json");
    await stack.expectUnchanged();
  });

  it("the ready-made program must create the same resources from the stack's file, without code", async () => {
    const server = {
      role: "active",
      connection: {
        host: "127.0.0.1",
        port: "${SANDBOX_SYNC01_PORT}",
        user: "Administrator",
        hostKey: "${SANDBOX_SYNC01_HOST_KEY}",
      },
    };
    consumer.setModules(false);
    consumer.write("index.js", 'module.exports = require("connect-sync-identity/program");\n');
    consumer.write("Pulumi.dev.yaml", { encryptionsalt, config: { "sync-identities:servers": { sync01: server } } });
    await stack.expectUnchanged();
  });

  it("must carry the command, which works on the project's own stack and chooses none", async () => {
    const env = { ...stack.sandbox.environment(), PULUMI_STACK: "" };
    const refused = await consumer.command(["revoke", "sync01", "--confirm", "sync01"], env);
    assert.equal(refused.status, 2, refused.output);
    assert.match(refused.output, /needs a named stack.*Stacks in .*: dev$/m);
    stack.expectOnboarded("sync01");
    const doctor = await consumer.command(["doctor", "--stack", "dev"], env);
    assert.equal(doctor.status, 0, doctor.output);
    assert.match(doctor.output, /^dev: healthy; /m);
  });

  it("destroy must keep what the server uses, and must work without the program", async () => {
    consumer.write("index.js", "throw new Error('a destroy runs no program');\n");
    const { code, output } = await stack.destroy();
    assert.notEqual(code, 0);
    assert.match(output, /in use|IN_USE/i);
    stack.expectOnboarded("sync01");
    const state = await stack.state();
    assert.ok(!state.includes("CredentialGuard sync01-guard") && !state.includes("CredentialGuard::sync01-guard"));
    assert.ok(state.includes("SyncServer::sync01-server"));
  });

  it("a program with the package must print no secret", () => {
    const secret = stack.sandbox.environment().ARM_CLIENT_SECRET!;
    assert.ok(!stack.transcript.join("\n").includes(secret));
  });
});
