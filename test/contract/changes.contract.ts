/** The event log: every change on the server, and who made it. */
import assert from "node:assert/strict";
import { refused, result } from "./assertions";
import { APP_ID, observeRequest, releaseRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

const NONCE = "0123456789abcdef0123456789abcdef";

export function describeChanges(host: CurrentHost): void {
  const register = (sha256: string, changes = {}) => host().run("register", host().registerRequest(sha256, changes));
  const entries = () => host().state.changes ?? [];
  const observe = async () => result(await host().run("observe", observeRequest()));

  describe("event log", () => {
    it("a switch must be logged with what, who, before, after and the run", async () => {
      const sha256 = await host().certified();
      const run = await register(sha256, { nonce: NONCE });
      result(run);
      const own = entries().filter(({ message }) => message.includes("register of sync01"));
      assert.deepEqual(
        own.map(({ id }) => id),
        [3, 4, 1],
      );
      for (const { message } of own) {
        assert.match(message, new RegExp(`By: SYNC01\\\\\\w+`));
        assert.match(message, new RegExp(`Run: ${NONCE}`));
      }
      const [{ message }] = own.slice(-1);
      const lines = message.split("\r\n");
      const state = (name: string) =>
        JSON.parse(lines.find((line) => line.startsWith(`${name}: `))!.slice(name.length + 2)) as {
          connector: { appId: string | null; certificateSha256: string | null };
        };
      assert.equal(state("before").connector.appId, null);
      assert.deepEqual([state("after").connector.appId, state("after").connector.certificateSha256], [APP_ID, sha256]);
    });

    it("a run without a nonce must have an id of its own", async () => {
      const sha256 = await host().certified();
      result(await register(sha256));
      const runs = new Set(entries().map(({ message }) => /^Run: ([0-9a-f]{32})$/m.exec(message)?.[1]));
      assert.equal(runs.size, 2, [...runs].join());
      assert.equal(runs.has(undefined), false);
    });

    it("a change that failed half-way must be logged with its error", async () => {
      const sha256 = await host().registered();
      host().server.break("scheduler");
      const next = await host().certified(2);
      assert.ok(sha256);
      host().faults.set("sync01", "cmdlet-fails", 1);
      refused(await register(next), "CMDLET_FAILED");
      const { id, message } = entries().at(-1)!;
      assert.equal(id, 2);
      assert.match(message, /Error: CMDLET_FAILED: /);
    });

    it("what changes nothing must not be logged", async () => {
      const sha256 = await host().registered();
      const before = entries().length;
      result(await register(sha256));
      await host().run("release", releaseRequest(sha256));
      await observe();
      assert.equal(entries().length, before);
    });

    it("an entry must hold no certificate and no credential", async () => {
      await host().registered();
      const { certificate } = host().state.certificates[0];
      for (const { message } of entries()) assert.equal(message.includes(certificate.slice(0, 64)), false);
    });

    it("observe must return the newest entries of the hours that it is asked for, and none if none are", async () => {
      await host().registered();
      const { changes, unreadable } = await observe();
      assert.deepEqual(
        changes?.map(({ id }) => id),
        entries().map(({ id }) => id),
      );
      assert.deepEqual(unreadable, []);
      host().change((state) => {
        const [first] = state.changes!;
        state.changes = Array.from({ length: 30 }, () => ({ ...first, message: "x".repeat(5000) }));
      });
      const many = (await observe()).changes!;
      assert.deepEqual([many.length, many[0].message.length], [20, 1000]);
      assert.deepEqual(result(await host().run("observe", observeRequest(0))).changes, []);
    });

    it("a log that takes no entry must not fail a change, and must be reported", async () => {
      const sha256 = await host().certified();
      host().faults.set("sync01", "event-log-refuses", null);
      const run = await register(sha256);
      assert.equal(result(run).action, "linked");
      assert.match(run.stderr, /sync01: the event log of the server took no entry/);
      const { changes, unreadable } = await observe();
      assert.deepEqual(changes, []);
      assert.match(unreadable?.find(({ field }) => field === "changes")?.reason ?? "", /event log file is full/);
    });
  });
}
