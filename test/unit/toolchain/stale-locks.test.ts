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
  it("removes those of dead processes of this host", () =>
    inTemporaryFolder((backend) => {
      const dead = writeLock(backend, "dead", { ...HERE, pid: 4_194_999 });
      assert.deepEqual(staleLocks(backend), [dead]);
      assert.equal(fs.existsSync(dead), false);
    }));

  it("must not remove the lock of a Pulumi that runs", () =>
    inTemporaryFolder((backend) => {
      const alive = writeLock(backend, "alive", { ...HERE, pid: process.pid });
      assert.deepEqual(
        staleLocks(backend, (pid) => pid === process.pid),
        [],
      );
      assert.equal(fs.existsSync(alive), true);
    }));

  it("takes a process id for dead that went to another program", () =>
    inTemporaryFolder((backend) => {
      writeLock(backend, "reused", { ...HERE, pid: process.pid });
      assert.equal(staleLocks(backend).length, 1);
    }));

  it("must not touch locks of other hosts, or what it cannot read", () =>
    inTemporaryFolder((backend) => {
      writeLock(backend, "elsewhere", { ...HERE, hostname: "another", pid: 4_194_999 });
      writeLock(backend, "broken", "{");
      writeLock(backend, "other", { pid: "1" });
      assert.deepEqual(staleLocks(backend), []);
    }));

  it("finds nothing where there is no backend", () =>
    inTemporaryFolder((root) => assert.deepEqual(staleLocks(path.join(root, "none")), [])));
});
