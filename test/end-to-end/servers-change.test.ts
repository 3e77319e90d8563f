/** A server that is rebuilt, reached by another name, or renamed in the configuration. */
import assert from "node:assert/strict";
import { watchTokens } from "../../sandbox/engine/token-watch";
import { TestSandbox } from "./support";

type Options = Parameters<TestSandbox["up"]>[0];

/** The lines of the configuration that say how sync02 is reached. */
const SYNC02 = /( {4}sync02:\n {6}role: staging\n {6}connection:\n {8}host: )127\.0\.0\.1/;

describe("changed servers", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const moved = (): Options => ({ config: test.configuration((text) => text.replace(SYNC02, "$1localhost")) });
  const named = (name: string, from?: string): Options => ({
    config: test.configuration((text) =>
      text
        .replace(SYNC02, "$1localhost")
        .replace("    sync02:", `    ${name}:${from ? `\n      renamedFrom: ${from}` : ""}`),
    ),
  });

  async function expectConverged(options: Options, declaredAs = "sync02"): Promise<void> {
    test.expectOnboarded("sync02", declaredAs);
    test.expectOnboarded("sync01");
    for (const name of ["sync01", "sync02"]) test.expectSchedulerOn(name);
    const ours = test.sandbox.status().tenant.applications.filter(({ displayName }) => / - sync/.test(displayName));
    assert.equal(ours.length, 2, "an application was left over");
    await test.expectUnchanged(options);
  }

  /** Runs something while both servers are asked for tokens; each must get one every time. */
  async function withCredentialThroughout(work: () => Promise<unknown>): Promise<void> {
    const watch = watchTokens(test.sandbox);
    await work();
    for (const [name, counts] of Object.entries(await watch.stop())) {
      assert.ok(counts.requests > 0, `${name} was not asked`);
      assert.equal(counts.failures, 0, `${name}: ${counts.firstFailures.join()}`);
    }
  }

  it("a server with a new host name must keep its certificate, and nothing must be deleted", async () => {
    const before = test.server("sync02").connector;
    await withCredentialThroughout(async () => {
      const output = await test.up(moved());
      assert.doesNotMatch(output, /\b(deleted|replaced)\b/, output);
    });
    assert.deepEqual(test.server("sync02").connector, before);
    await expectConverged(moved());
  });

  it("a server whose host key is not the declared one must not be changed", async () => {
    const before = test.server("sync02").connector;
    test.sandbox.faults.set("sync02", "host-key", null);
    const seen = await test.preview([], moved());
    const run = await test.tryUp(moved());
    test.sandbox.faults.clear("sync02");
    for (const { code, output } of [seen, run]) {
      assert.notEqual(code, 0, output);
      assert.match(output, /sync02: connection\.hostKey: .*HOST_KEY_MISMATCH/);
    }
    assert.deepEqual(test.server("sync02").connector, before);
    await expectConverged(moved());
  });

  it("a server that was rebuilt under its name must be onboarded again", async () => {
    const before = test.server("sync02").connector.certificateSha256;
    await test.sandbox.break("sync02", "rebuilt");
    const seen = await test.preview([], moved());
    assert.equal(seen.code, 0, seen.output);
    for (const code of ["certificate-missing", "connector-password-account", "program-changed"]) {
      assert.match(seen.output, new RegExp(`warning: sync02: ${code}: `));
    }
    await test.up(moved());
    assert.notEqual(test.server("sync02").connector.certificateSha256, before);
    // The account of the machine that it was before belongs to no server any more.
    assert.match((await test.preview([], moved())).output, /tenant: legacy-account-left: .*Sync_SYNC02_/);
    test.removeLeftovers();
    await expectConverged(moved());
  });

  it("a rebuilt server with a new connection must get what is missing in place, without a deletion there", async () => {
    await test.sandbox.break("sync02", "rebuilt");
    const output = await test.up();
    assert.doesNotMatch(output, /sync02-(certificate|lease|registration) (deleted|replaced)/, output);
    test.removeLeftovers();
    await expectConverged({});
  });

  it("a rename must not begin while the server cannot be reached, and must complete once it can", async () => {
    await test.up(moved());
    const before = test.server("sync02").connector;
    test.sandbox.faults.set("sync02", "unreachable", null);
    const run = await test.tryUp(named("sync09", "sync02"));
    test.sandbox.faults.clear("sync02");
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /sync09: connection\.host: .*HOST_UNREACHABLE/);
    assert.deepEqual(test.server("sync02").connector, before);
    await withCredentialThroughout(() => test.up(named("sync09", "sync02")));
    assert.equal(test.server("sync02").connector.appId, before.appId, "the application was made anew");
    await expectConverged(named("sync09", "sync02"), "sync09");
  });

  it("a rename without renamedFrom must give the server a new application, and keep it synchronising", async () => {
    const { appId } = test.server("sync02").connector;
    await withCredentialThroughout(() => test.up(named("sync10")));
    assert.notEqual(test.server("sync02").connector.appId, appId);
    await expectConverged(named("sync10"), "sync10");
  });
});
