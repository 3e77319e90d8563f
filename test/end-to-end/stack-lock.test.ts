/** The stack's lock: a command that changes what a run changes waits for no run, and no run begins while it works. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { administrator, runOperationOn } from "./operations";
import { TestSandbox } from "./support";

const LOCKS = [".pulumi", "locks", "organization", "connect-sync-identity", "dev"];

describe("the stack's lock", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const locks = () => {
    const folder = path.join(test.folder, "state", ...LOCKS);
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  };

  /** Another run's lock, as the file backend writes it. */
  function lockBySomeone(): () => void {
    const folder = path.join(test.folder, "state", ...LOCKS);
    fs.mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "11111111-2222-4333-8444-555555555555.json");
    const content = { pid: process.pid, username: "other", hostname: "elsewhere", timestamp: "2026-11-21T12:00:00Z" };
    fs.writeFileSync(file, JSON.stringify(content));
    return () => fs.rmSync(file);
  }

  it("a command must refuse while a run is under way, with who runs it, and change nothing", async () => {
    const before = test.server("sync02").connector;
    const unlock = lockBySomeone();
    const rollback = await runOperationOn(test, "leave", ["sync02", "--rollback", "--yes"], administrator(test).stdin);
    const revoke = await runOperationOn(test, "revoke", ["sync02", "--confirm", "sync02"]);
    unlock();
    for (const { code, stderr } of [rollback, revoke]) {
      assert.equal(code, 1, stderr);
      assert.match(stderr, /lock of stack dev: .*other@elsewhere.*pulumi -- cancel.*\[STACK_LOCKED\]/);
    }
    assert.deepEqual(test.server("sync02").connector, before);
    await test.expectUnchanged();
  });

  it("no run must begin while a command works, and the state must be the same after it", async () => {
    // Each write encrypts secrets anew, and the stack's own resource has the place in the program that made it.
    const resources = async () =>
      (
        JSON.parse((await test.state()).replace(/"(ciphertext|sourcePosition)": ?"[^"]*"/g, '"$1": ""')) as {
          deployment: { resources: unknown[] };
        }
      ).deployment.resources;
    const before = await resources();
    // The switch back waits for the end of a cycle, however long the run takes to be refused.
    test.sandbox.server("sync02").startCycle(600);
    const leaving = runOperationOn(test, "leave", ["sync02", "--rollback", "--yes"], administrator(test).stdin);
    const until = Date.now() + 60_000;
    while (locks().length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(locks().length > 0, "the command did not take the lock");
    const { code, output } = await test.tryUp();
    test.sandbox.server("sync02").startCycle(0);
    const { code: left, stdout, stderr } = await leaving;
    assert.notEqual(code, 0, output);
    assert.match(output, /currently locked/);
    assert.equal(left, 0, stderr);
    assert.match(stdout, /sync02: now {5}service account Sync_/);
    assert.deepEqual(await resources(), before);
    assert.deepEqual(locks(), []);
    assert.equal(test.server("sync02").connector.identityType, "ServiceAccount");
  });
});
