/**
 * Onboarding through the real engine: two servers, idle preview, and what must not be found in state or output.
 * Proves nothing of Entra or Windows themselves: both are emulated here.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TestSandbox } from "./support";

describe("onboarding", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  it("a preview must change nothing anywhere", async () => {
    const before = test.sandbox.status();
    const { code, output } = await test.preview();
    assert.equal(code, 0, output);
    const { servers, tenant } = test.sandbox.status();
    assert.deepEqual(tenant, before.tenant);
    const silent = (list: typeof servers) => list.map((server) => ({ ...server, journal: [] }));
    assert.deepEqual(silent(servers), silent(before.servers));
  });

  it("an up must give each server its own application and TPM key, from a managed application and from a password account", async () => {
    assert.equal(test.server("sync01").connector.identityType, "Application");
    assert.equal(test.server("sync02").connector.identityType, "ServiceAccount");
    await test.up();
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
    assert.notEqual(test.server("sync01").connector.appId, test.server("sync02").connector.appId);
  });

  it("an up must switch the staging server before the active one", () => {
    const [sync01, sync02] = ["sync01", "sync02"].map((name) => test.server(name).journal);
    assert.ok(sync01.some((entry) => entry.includes("register")));
    assert.ok(sync02.some((entry) => entry.includes("register")));
  });

  it("the next preview and the next up must find no work", async () => {
    await test.expectUnchanged();
    const registrations = () =>
      ["sync01", "sync02"].map(
        (name) => test.server(name).journal.filter((entry) => entry.includes("register")).length,
      );
    const before = registrations();
    const output = await test.up();
    assert.match(output, /unchanged/);
    assert.deepEqual(registrations(), before, "a server was registered again");
    await test.expectUnchanged();
  });

  it("an up after a refresh must find no work", async () => {
    const { code, output } = await test.preview(["--refresh", "--expect-no-changes"]);
    assert.equal(code, 0, output);
  });

  it("the stack's outputs must contain what a person needs", async () => {
    const { stdout } = await test.pulumi(["stack", "output", "servers", "--json"]);
    const servers = JSON.parse(stdout);
    for (const name of ["sync01", "sync02"]) {
      const { connector } = test.server(name);
      assert.equal(servers[name].applicationId, connector.appId);
      assert.equal(servers[name].certificateSha256, connector.certificateSha256);
      assert.ok(servers[name].linkCommand.endsWith(`-ApplicationAppId ${connector.appId}`), servers[name].linkCommand);
      assert.deepEqual(servers[name].findings, []);
    }
  });

  // Of these, some 2 KB are what Pulumi's own azuread plugin adds for itself.
  it("state must not exceed 50 KB for each server, guards included: the goal in npm run bench is 40 KB", async () => {
    const state = JSON.stringify(JSON.parse(await test.state()));
    assert.ok(state.length / 2 <= 50 * 1024, `${Math.round(state.length / 2048)} KB a server`);
  });

  it("state must not contain where in the program a resource is made", async () => {
    const { deployment } = JSON.parse(await test.state()) as { deployment: { resources: { type: string }[] } };
    const own = deployment.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    assert.ok(own.length > 20, `${own.length} resources`);
    assert.doesNotMatch(JSON.stringify(own), /"(sourcePosition|stackTrace)"/);
  });

  it("state and output must not contain a private key, the client secret or the SSH key", async () => {
    const state = await test.state();
    const keys = path.join(test.folder, "keys");
    const secrets = fs
      .readdirSync(keys, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".pub") && !/\.(crt|cert|pem)$/.test(entry.name))
      .flatMap((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8").split("\n"))
      .filter((line) => line.length > 20 && !line.startsWith("-----"));
    assert.ok(secrets.length > 0, "no secret to search for");
    for (const text of [state, ...test.transcript]) {
      assert.doesNotMatch(text, /PRIVATE KEY/);
      for (const secret of secrets)
        assert.ok(!text.includes(secret.trim()), "a secret of the sandbox stands there in plain");
    }
  });

  it("destroy must refuse to remove what a server uses, and leave it working", async () => {
    const { code, output } = await test.pulumi(["destroy", "--yes", "--non-interactive", "--color", "never"]);
    assert.notEqual(code, 0, output);
    assert.match(output, /CERTIFICATE_IN_USE/);
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
    await test.up();
    await test.expectUnchanged();
  });

  it("destroy must remove everything from servers and Entra once no connector uses it", async () => {
    for (const name of ["sync01", "sync02"]) await test.sandbox.break(name, "account");
    const { code, output } = await test.pulumi(["destroy", "--yes", "--non-interactive", "--color", "never"]);
    assert.equal(code, 0, output);
    const { tenant, servers } = test.sandbox.status();
    assert.ok(!tenant.applications.some(({ displayName }) => displayName.startsWith("Entra Connect Sync - ")));
    for (const server of servers) {
      assert.deepEqual(server.certificates, [], server.name);
      assert.equal(server.program.sha256, null, server.name);
      assert.equal(server.connector.identityType, "ServiceAccount", server.name);
      test.expectSchedulerOn(server.name);
    }
  });
});
