import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LockedError, SandboxLock } from "../../../sandbox/folder/lock";
import { Script, temporaryFolders } from "./support";

describe("the sandbox's lock", () => {
  const folder = temporaryFolders();
  const lockFile = () => path.join(folder(), "lock");
  const holderOf = (file: string) => (JSON.parse(fs.readFileSync(file, "utf8")) as { command: string }).command;

  it("a released lock must be free, and a second release must do nothing", async () => {
    const file = lockFile();
    const first = await SandboxLock.take(file, "first", 0);
    first.release();
    const second = await SandboxLock.take(file, "second", 0);
    first.release();
    assert.ok(fs.existsSync(file), "the second holder's lock is gone");
    second.release();
    assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
  });

  it("a lock must show its holder: process, command and time", async () => {
    const file = lockFile();
    const lock = await SandboxLock.take(file, "npm start", 0);
    await assert.rejects(SandboxLock.take(file, "sandbox status", 0.2), (error: Error) => {
      assert.ok(error instanceof LockedError);
      assert.match(error.message, /"npm start"/);
      assert.match(error.message, new RegExp(`process ${process.pid}, since \\d{4}-`));
      return true;
    });
    lock.release();
  });

  it("a lock must pass to a waiting command as soon as it is free", async () => {
    const file = lockFile();
    const first = await SandboxLock.take(file, "first", 0);
    const waiting = SandboxLock.take(file, "second", 10);
    assert.equal(holderOf(file), "first");
    first.release();
    const second = await waiting;
    assert.equal(holderOf(file), "second");
    second.release();
  });

  it("a lock must be taken over at once from a dead process", async () => {
    const file = lockFile();
    const script = new Script(`
      load("sandbox/folder/lock").SandboxLock.take(${JSON.stringify(file)}, "doomed", 0).then(() => process.kill(process.pid, "SIGKILL"))`);
    assert.equal((await script.end()).signal, "SIGKILL");
    assert.equal(holderOf(file), "doomed");
    const next = await SandboxLock.take(file, "next", 0);
    assert.equal(holderOf(file), "next");
    next.release();
  });

  it("a lock must be taken over from a dead process whose id another process has now", async function () {
    if (process.platform !== "linux") this.skip(); // Only Linux tells when a process started.
    const file = lockFile();
    const holder = { pid: process.pid, host: os.hostname(), processStart: "1", command: "gone", since: "2026-01-01" };
    fs.writeFileSync(file, JSON.stringify(holder));
    const next = await SandboxLock.take(file, "next", 0);
    assert.equal(holderOf(file), "next");
    next.release();
  });

  it("a lock must not be taken from a process of another host, which cannot be checked", async () => {
    const file = lockFile();
    const holder = { pid: 1, host: "elsewhere", processStart: null, command: "far", since: "2026-01-01" };
    fs.writeFileSync(file, JSON.stringify(holder));
    await assert.rejects(SandboxLock.take(file, "next", 0), LockedError);
  });

  it("only one of several commands must get the lock of a dead process", async () => {
    const file = lockFile();
    const dead = { pid: 2 ** 22 + 1, host: os.hostname(), processStart: null, command: "dead", since: "2026-01-01" };
    fs.writeFileSync(file, JSON.stringify(dead));
    const takers = Array.from({ length: 8 }, () => SandboxLock.take(file, "taker", 0.3));
    const results = await Promise.allSettled(takers);
    const won = results.filter((result) => result.status === "fulfilled");
    assert.equal(won.length, 1);
    won[0].value.release();
  });

  for (const [how, code] of [
    ["an uncaught error", `throw new Error("lost")`],
    ["process.exit", `process.exit(0)`],
  ]) {
    it(`a lock must be free after ${how}`, async () => {
      const file = lockFile();
      const taken = `load("sandbox/folder/lock").SandboxLock.take(${JSON.stringify(file)}, "short", 0)`;
      await new Script(`${taken}.then(() => { ${code} })`).end();
      assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
    });
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`a lock must be free after ${signal}`, async () => {
      const file = lockFile();
      const script = new Script(`
        load("console/interrupts").installInterrupts();
        load("sandbox/folder/lock").SandboxLock.take(${JSON.stringify(file)}, "short", 0).then(() => console.log("taken"));
        setInterval(() => undefined, 1000);`);
      await script.prints("taken");
      script.process.kill(signal);
      assert.equal((await script.end()).code, signal === "SIGINT" ? 130 : 143);
      assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
    });
  }
});
