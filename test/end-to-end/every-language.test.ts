/**
 * The package's own provider with the real engine: a YAML program with one resource, whose servers are in the stack's file or
 * in the program, is onboarded, repaired and read by the commands; a TypeScript program's state goes on in it.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { kindOf } from "../../model/resources/resource-types";
import { runOperationOn } from "./operations";
import type { TestSandbox } from "./support";
import { PROJECT, serversOf, YamlProject } from "./yaml-project";

const ROOT = path.resolve(__dirname, "../..");
const SYNC = "connect-sync-identity:index:SyncIdentities";

interface Resource {
  urn: string;
  type: string;
  custom: boolean;
}

const resourcesOf = async (test: TestSandbox) =>
  (JSON.parse(await test.state()) as { deployment: { resources: Resource[] } }).deployment.resources;

/** Kind and name of each resource that is neither a provider nor what holds all others. */
const named = (resources: readonly Resource[]) =>
  resources
    .filter(({ type }) => !/^pulumi:/.test(type) && type !== SYNC)
    .map(({ urn, type }) => `${kindOf(type)} ${urn.split("::").at(-1)}`)
    .sort();

describe("a program in another language", function () {
  this.timeout(900_000);
  const project = new YamlProject();
  let test: TestSandbox;
  before(async () => (test = await project.open()));
  after(() => project.close());

  it("must be refused in a preview with every problem by its place, and register nothing", async () => {
    project.configure({ owners: "me" });
    const { sync01 } = serversOf(test);
    project.write({ servers: { sync01: { ...sync01, minimumVersion: "1" } } });
    const { code, output } = await test.pulumi(["preview", "--non-interactive", "--color", "never"]);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /SyncIdentities sync has \d problems, in its arguments and in the configuration of stack dev:/,
    );
    assert.match(output, /in the program: sync01: minimumVersion: expected a version of four numbers/);
    assert.match(output, /in the stack: owners: /);
    assert.doesNotMatch(output, /ConnectSyncIdentity/);
  });

  it("an input from a resource that does not exist yet must be refused by its name, with the remedy", async () => {
    project.configure({});
    const servers = serversOf(test);
    const connection = { ...(servers.sync01.connection as object), user: "${other.id}" };
    const other = { type: "pulumi:providers:connect-sync-identity" };
    project.write({ servers: { ...servers, sync01: { role: "active", connection } } }, { resources: { other } });
    const { code, output } = await test.pulumi(["preview", "--non-interactive", "--color", "never"]);
    assert.notEqual(code, 0);
    assert.match(output, /sync01: connection\.user: expected a value that a preview knows, .* not known yet/);
  });

  it("must onboard servers of the stack's file in the order of their switches, with one line of program", async () => {
    project.write({});
    project.configure({ servers: serversOf(test) });
    await test.up();
    for (const server of ["sync01", "sync02"]) test.expectOnboarded(server);
    await test.expectUnchanged();
    const log = test.sandbox.status().servers.map(({ name }) => name);
    assert.deepEqual(log.sort(), ["sync01", "sync02"]);
  });

  it("the same servers in the program must be the same resources, and those of its file then count no more", async () => {
    project.configure({ servers: { sync09: { role: "active" } } });
    project.write({ servers: serversOf(test) });
    await test.expectUnchanged();
    project.write({});
    project.configure({ servers: serversOf(test) });
  });

  it("an explicit version in the program must leave everything in the same process", async () => {
    project.write({}, { options: { version: "0.1.0" } });
    const { code, output } = await test.pulumi(["preview", "--non-interactive", "--color", "never"]);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\d+ to (create|replace|delete)/);
    project.write({});
  });

  it("a lost certificate must be shown, be repaired by an up, and be no finding afterwards", async () => {
    await test.sandbox.break("sync02", "label");
    const { output } = await test.preview();
    assert.match(output, /sync02: certificate-missing/);
    const before = test.server("sync02").connector.certificateSha256;
    await test.up();
    assert.notEqual(test.server("sync02").connector.certificateSha256, before);
    test.expectOnboarded("sync02");
    await test.expectUnchanged();
  });

  it("a foreign credential must be removed if the program enforces it: the guard reaches the tenant with the stack's settings", async () => {
    project.write({ credentialPolicy: "enforce" });
    await test.sandbox.break("sync01", "foreign-key");
    await test.up();
    const { appId } = test.server("sync01").connector;
    const application = test.sandbox.status().tenant.applications.find((one) => one.appId === appId)!;
    assert.equal(application.keyCredentials.length, 1);
    await test.expectUnchanged();
  });

  it("a refresh must keep what state holds, and an idle preview after it find nothing", async () => {
    const before = named(await resourcesOf(test));
    const { code, output } = await test.pulumi(["refresh", "--yes", "--non-interactive", "--color", "never"]);
    assert.equal(code, 0, output);
    assert.deepEqual(named(await resourcesOf(test)), before);
    await test.expectUnchanged();
  });

  it("the commands must read stack's file and state", async () => {
    const options = ["--cwd", project.folder];
    const report = await runOperationOn(test, "report", [...options, "--json"]);
    assert.match(report.stdout, /"sync01"/, report.stderr);
    const doctor = await runOperationOn(test, "doctor", options);
    assert.doesNotMatch(doctor.stdout + doctor.stderr, /not in state|no such stack/);
  });

  it("a destroy must be stopped by the lease while a connector uses its certificate", async () => {
    const { code, output } = await test.destroy();
    assert.notEqual(code, 0);
    assert.match(output, /IN_USE|in use/i);
    for (const server of ["sync01", "sync02"]) assert.equal(test.server(server).connector.identityType, "Application");
    await test.up();
    await test.expectUnchanged();
  });
});

describe("a TypeScript program that moves to the package", function () {
  this.timeout(900_000);
  const project = new YamlProject();
  let test: TestSandbox;
  before(async () => {
    test = await project.open();
    project.configure({ servers: serversOf(test) });
  });
  after(() => project.close());

  it("must keep every resource: none is created, replaced or deleted, and the same ones are there afterwards", async () => {
    const yaml = fs.readFileSync(path.join(project.folder, "Pulumi.yaml"), "utf8");
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(project.folder, "node_modules"));
    fs.writeFileSync(
      path.join(project.folder, "Pulumi.yaml"),
      stringify({ name: PROJECT, runtime: { name: "nodejs", options: { typescript: false } } }),
    );
    fs.writeFileSync(
      path.join(project.folder, "index.js"),
      `require(${JSON.stringify(path.join(ROOT, "node_modules/ts-node"))}).register({ transpileOnly: true, cwd: ${JSON.stringify(ROOT)} });\n` +
        `module.exports = require(${JSON.stringify(path.join(ROOT, "index"))});\n`,
    );
    await test.up();
    const before = await resourcesOf(test);
    assert.ok(before.some(({ type }) => type.startsWith("pulumi-nodejs:dynamic/")));
    fs.writeFileSync(path.join(project.folder, "Pulumi.yaml"), yaml);
    const preview = await test.preview();
    assert.equal(preview.code, 0, preview.output);
    assert.doesNotMatch(preview.output, /\d+ to (replace|delete)/);
    await test.up();
    const after = await resourcesOf(test);
    assert.deepEqual(named(after), named(before));
    assert.ok(!after.some(({ urn }) => urn.includes("pulumi-nodejs:dynamic/connect-sync-identity")));
    await test.expectUnchanged();
  });
});
