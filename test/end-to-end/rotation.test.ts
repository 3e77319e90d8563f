/**
 * Rotation through the real engine: due by the clock, on demand, without the old key, and where it fails half-way. All
 * the while each connector's own credential must get it a token.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { mostAtOnce } from "../../tools/bench/overlap";
import { watchTokens, type TokenCounts } from "../../sandbox/engine/token-watch";
import { TestSandbox } from "./support";

const DAY = 86_400;
const SERVERS = ["sync01", "sync02"];

describe("rotation", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const current = (server: string) => test.server(server).connector.certificateSha256;
  const journal = (server: string) => test.server(server).journal;

  /** Keys in the machine's own key store, the TPM's among them. */
  function keyCount(server: string): number {
    const file = path.join(test.sandbox.folder.serverFolder(server), "machine.json");
    const { keys } = JSON.parse(fs.readFileSync(file, "utf8")) as { keys: { dead: string | null }[] };
    // One that does not open cannot be deleted: what is left of it is of no use to anybody.
    return keys.filter(({ dead }) => dead === null).length;
  }

  function keyCredentials(server: string): string[] {
    const { appId } = test.server(server).connector;
    const application = test.sandbox.status().tenant.applications.find((candidate) => candidate.appId === appId);
    return application?.keyCredentials.map(({ sha256 }) => sha256) ?? [];
  }

  /** Runs while each connector's credential is tried every 100 ms. */
  async function watched<T>(run: () => Promise<T>): Promise<{ result: T; counts: Record<string, TokenCounts> }> {
    const watch = watchTokens(test.sandbox, 100);
    try {
      const result = await run();
      return { result, counts: await watch.stop() };
    } finally {
      await watch.stop();
    }
  }

  function expectRotated(server: string, old: string | null): void {
    test.expectOnboarded(server);
    test.expectSchedulerOn(server);
    assert.notEqual(current(server), old);
    assert.equal(keyCount(server), 1, `${server}: an old key is left`);
    assert.equal(test.server(server).unverified, null);
  }

  it("a due rotation must rotate both servers, with a working credential at every moment", async () => {
    const old = SERVERS.map(current);
    const ran = SERVERS.map((server) => journal(server).length);
    test.sandbox.clock.advance(200 * DAY);
    const seen = await test.preview();
    for (const server of SERVERS) assert.match(seen.output, new RegExp(`${server}: rotation-due: `));
    const before = SERVERS.map((server) => test.sandbox.server(server).switchSpans.length);
    const { counts } = await watched(() => test.up());
    SERVERS.forEach((server, index) => {
      expectRotated(server, old[index]);
      const { requests, failures, firstFailures, certificates } = counts[server];
      assert.deepEqual([failures, firstFailures], [0, []], server);
      assert.ok(requests >= 10, `${server}: ${requests} requests only`);
      assert.deepEqual(
        certificates.map(({ certificateSha256 }) => certificateSha256),
        [old[index], current(server)],
      );
      const steps = journal(server).slice(ran[index]);
      const order = ["ensure-certificate ok", "register ok", "release ok", "remove-certificate ok"];
      assert.deepEqual(
        steps.filter((step) => order.includes(step)),
        order,
      );
    });
    const [active, staging] = SERVERS.map((server) => counts[server].certificates[1].since);
    assert.ok(staging < active, "the active server was switched before the staging server");
    const spans = SERVERS.flatMap((server, index) => test.sandbox.server(server).switchSpans.slice(before[index]));
    assert.equal(spans.length, 2);
    assert.equal(mostAtOnce(spans), 1, "two servers were switched at once");
    await test.expectUnchanged();
  });

  it("a server must rotate on demand, once for each new value", async () => {
    const old = SERVERS.map(current);
    const config = test.configuration((text) => text.replace("role: active", "role: active\n      rotate: ticket 1"));
    await test.up({ config });
    expectRotated("sync01", old[0]);
    assert.equal(current("sync02"), old[1], "the other server was rotated too");
    await test.expectUnchanged({ config });
  });

  it("a server must rotate after the TPM was cleared, even if the cmdlet needs the old key", async () => {
    const old = SERVERS.map(current);
    test.sandbox.faults.set("sync02", "rotation-needs-old-key", null);
    for (const server of SERVERS) await test.sandbox.break(server, "key");
    await test.up();
    test.sandbox.faults.clear();
    SERVERS.forEach((server, index) => expectRotated(server, old[index]));
  });

  it("a server must rotate after the old certificate has expired, even if the cmdlet needs it", async () => {
    const old = SERVERS.map(current);
    test.sandbox.faults.set("sync01", "rotation-needs-old-key", null);
    test.sandbox.clock.advance(400 * DAY);
    await test.up();
    test.sandbox.faults.clear();
    SERVERS.forEach((server, index) => expectRotated(server, old[index]));
  });

  it("a failed switch of the staging server must stop the switch of the active server, and remove no key", async () => {
    const old = SERVERS.map(current);
    test.sandbox.clock.advance(200 * DAY);
    test.sandbox.faults.set("sync02", "cmdlet-fails", null);
    const { result, counts } = await watched(() => test.tryUp({ args: ["--continue-on-error"] }));
    test.sandbox.faults.clear();
    assert.notEqual(result.code, 0, result.output);
    assert.match(result.output, /sync02: CMDLET_FAILED: /);
    SERVERS.forEach((server, index) => {
      assert.equal(current(server), old[index], `${server} was switched`);
      assert.ok(keyCredentials(server).includes(old[index]!), `${server}: the old key credential is gone`);
      const { requests, failures, firstFailures } = counts[server];
      assert.deepEqual([failures, firstFailures], [0, []], server);
      assert.ok(requests >= 10, `${server}: ${requests} requests only`);
      test.expectSchedulerOn(server);
    });
  });

  it("the next up must finish what a failed switch left", async () => {
    const old = SERVERS.map(current);
    await test.up();
    SERVERS.forEach((server, index) => expectRotated(server, old[index]));
    await test.expectUnchanged();
  });
});
