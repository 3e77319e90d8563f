/** A revoked credential is gone at once, stays gone through every run, and comes back by a rotation that is asked for. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";
import { runOperationIn, runOperationOn } from "./operations";

describe("revocation", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const revoke = (...args: string[]) => runOperationOn(test, "revoke", args);
  const application = (server: string) => {
    const found = test.sandbox
      .status()
      .tenant.applications.find(({ displayName }) => displayName === `Entra Connect Sync - ${server}`);
    assert.ok(found, server);
    return found;
  };
  const tags = (server: string) =>
    (test.sandbox.tenant.store.applicationById(application(server).appId)?.properties.tags ?? []) as string[];

  it("revoke must require the server's name a second time", async () => {
    for (const [args, message] of [
      [["sync02"], /no question can be asked; give --confirm/],
      [["sync02", "--confirm", "sync01"], /"sync01", but the server is "sync02"/],
      [["sync03", "--confirm", "sync03"], /no server "sync03"; there is sync0/],
    ] as [string[], RegExp][]) {
      const { code, stderr } = await revoke(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
    test.expectOnboarded("sync02");
  });

  it("must not be done on a stack that is not named: nothing changes, and the error lists the stacks", async () => {
    const inside = { ...test.sandbox.environment(), PULUMI_STACK: "" };
    // From outside, where the sandbox would be started: its folder is the test's, which is held all the time.
    const outside = { ...process.env, SANDBOX_FOLDER: test.folder, PULUMI_STACK: "" };
    const before = [application("sync02"), tags("sync02")];
    for (const env of [inside, outside]) {
      const { code, stdout, stderr } = await runOperationIn(env, "revoke", ["sync02", "--confirm", "sync02"]);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^error: .*needs a named stack: add --stack <name>.*Stacks in .*: .*dev/);
    }
    assert.deepEqual([application("sync02"), tags("sync02")], before);
    test.expectOnboarded("sync02");
  });

  it("revoke must name the missing permission if Graph forbids it, and remove nothing", async () => {
    test.sandbox.faults.set("tenant", "forbidden", null);
    const { code, stderr } = await revoke("sync02", "--confirm", "sync02");
    test.sandbox.faults.clear("tenant");
    assert.equal(code, 1, stderr);
    assert.match(stderr, /sync02: key credentials: .*Application\.ReadWrite.*Certificates & secrets.*REVOKE_FORBIDDEN/);
    test.expectOnboarded("sync02");
  });

  it("revoke must remove the key at once, even if the server cannot be reached", async () => {
    const [key] = application("sync02").keyCredentials;
    test.sandbox.faults.set("sync02", "unreachable", null);
    const { code, stdout, stderr } = await revoke("sync02", "--confirm", "sync02");
    test.sandbox.faults.clear("sync02");
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`key ${key.keyId}: .*certificate ${key.sha256}`));
    assert.match(stderr, /What stops working/);
    assert.match(stdout, new RegExp(`^SANDBOX: .*\nsync02: removed key ${key.keyId}`));
    assert.match(stdout, /\nSANDBOX: .*\n$/);
    assert.match(stdout, /config set --path connect-sync-identity:servers\.sync02\.rotate /);
    assert.deepEqual(application("sync02").keyCredentials, []);
    assert.ok(tags("sync02").some((tag) => /^ConnectSyncIdentity:revoked:g1:\d{4}-.*Z$/.test(tag)));
    assert.equal(application("sync01").keyCredentials.length, 1, "another server's key");
  });

  it("the next preview must report a revocation, and neither up nor up --refresh must undo it", async () => {
    const seen = await test.preview();
    assert.match(seen.output, /sync02: credential-revoked: /);
    assert.doesNotMatch(seen.output, /credential-missing/);
    await test.up();
    assert.deepEqual(application("sync02").keyCredentials, [], "up brought the credential back");
    // A refresh takes it out of state, as it is gone from Entra: what is made again is stopped, and says why.
    const refreshed = await test.tryUp({ args: ["--refresh"] });
    assert.notEqual(refreshed.code, 0, refreshed.output);
    assert.match(refreshed.output, /sync02: credential: .*set rotate.*CREDENTIAL_REVOKED/);
    assert.deepEqual(application("sync02").keyCredentials, [], "up --refresh brought the credential back");
    const again = await test.preview();
    assert.match(again.output, /sync02: credential-revoked: /);
    test.expectOnboarded("sync01");
  });

  it("revoke must do nothing the second time", async () => {
    const { code, stdout } = await revoke("sync02", "--confirm", "sync02");
    assert.equal(code, 0);
    assert.match(stdout, /revoked already on .*; nothing was changed/);
    const { stdout: json } = await revoke("sync02", "--confirm", "sync02", "--json");
    const { stack, server, changed, sandbox } = JSON.parse(json) as Record<string, unknown>;
    assert.deepEqual([stack, server, changed, sandbox], ["dev", "sync02", false, true]);
  });

  it("a requested rotation must end a revocation, with a credential that works", async () => {
    const before = test.server("sync02").connector.certificateSha256;
    const config = test.configuration((text) => text.replace("role: staging", "role: staging\n      rotate: back"));
    await test.up({ config });
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    assert.notEqual(test.server("sync02").connector.certificateSha256, before);
    await test.expectUnchanged({ config });
  });
});
