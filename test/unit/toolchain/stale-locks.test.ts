import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { staleLocks } from "../../../sandbox/toolchain/stale-locks";
import { inTemporaryFolder } from "./support";

function writeLock(backend: string, name: string, content: unknown): string {
  const file = path.join(backend, ".pulumi/locks/organization/project/dev", `${name}.json`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const HERE = { username: "somebody", hostname: os.hostname(), timestamp: "2026-01-01T00:00:00Z" };

describe("toolchain: locks of the file backend", () => {
  it("locks of dead processes on this host must be removed", () =>
    inTemporaryFolder((backend) => {
      const dead = writeLock(backend, "dead", { ...HERE, pid: 4_194_999 });
      assert.deepEqual(staleLocks(backend), [dead]);
      assert.equal(fs.existsSync(dead), false);
    }));

  it("the lock of a running Pulumi must not be removed", () =>
    inTemporaryFolder((backend) => {
      const alive = writeLock(backend, "alive", { ...HERE, pid: process.pid });
      assert.deepEqual(
        staleLocks(backend, (pid) => pid === process.pid),
        [],
      );
      assert.equal(fs.existsSync(alive), true);
    }));

  it("a process id that another program has now must count as dead", () =>
    inTemporaryFolder((backend) => {
      writeLock(backend, "reused", { ...HERE, pid: process.pid });
      assert.equal(staleLocks(backend).length, 1);
    }));

  it("locks of other hosts, or unreadable ones, must not be touched", () =>
    inTemporaryFolder((backend) => {
      writeLock(backend, "elsewhere", { ...HERE, hostname: "another", pid: 4_194_999 });
      writeLock(backend, "broken", "{");
      writeLock(backend, "other", { pid: "1" });
      assert.deepEqual(staleLocks(backend), []);
    }));

  it("no locks must be found if there is no backend", () =>
    inTemporaryFolder((root) => assert.deepEqual(staleLocks(path.join(root, "none")), [])));
});
