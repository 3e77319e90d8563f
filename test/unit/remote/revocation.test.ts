import assert from "node:assert/strict";
import { revocationTag } from "../../../model/server/labels";
import { revokeCredentials } from "../../../remote/revocation";
import { fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { APP_ID, OBJECT_ID } from "../../helpers/observations";
import { problemOf } from "../../helpers/problems";
import { words } from "../../helpers/remedies";
import { withoutWaiting } from "../../helpers/waiting";

const NOW = new Date("2026-10-06T12:00:00Z");
const EARLIER = revocationTag(2, new Date("2026-01-01T00:00:00Z"));
const TAG = revocationTag(3, NOW);
const APPLICATION = `applications/${OBJECT_ID}`;
const KEYS = [
  { keyId: "first key", displayName: "CN=first", key: "bytes" },
  { keyId: "second key", displayName: null, key: "bytes" },
];

/** An application with two keys and an earlier revocation, as Graph keeps it. */
class Store {
  tags = ["first tag", EARLIER, "another tag"];
  keyCredentials = KEYS;
  readonly writes: unknown[] = [];
  reads = 0;
  /** What a read shows, where it is not what is stored. */
  shown: (stored: object) => object = (stored) => stored;

  answers(changes: Answers = {}): Answers {
    return {
      [`GET ${APPLICATION}`]: () => {
        this.reads += 1;
        return this.shown({ id: OBJECT_ID, tags: this.tags, keyCredentials: this.keyCredentials });
      },
      [`PATCH ${APPLICATION}`]: ({ body }) => {
        this.writes.push(body);
        Object.assign(this, body);
        return {};
      },
      ...changes,
    };
  }
}

async function revoke(store: Store, changes: Answers = {}) {
  const what = { server: "sync01", objectId: OBJECT_ID, appId: APP_ID, generation: 3 };
  const { result } = await withFetch(fakeGraph(store.answers(changes)), () =>
    revokeCredentials(tenantWith(), what, NOW),
  );
  return result;
}

describe("a revocation", () => {
  const waits = withoutWaiting();

  it("a revocation must remove every key and write its tag in one change", async () => {
    const store = new Store();
    const { removed, tag } = await revoke(store);
    assert.equal(store.writes.length, 1);
    assert.deepEqual(store.keyCredentials, []);
    assert.ok(store.tags.includes(TAG));
    assert.equal(tag, TAG);
    assert.deepEqual(removed, [
      { keyId: "first key", displayName: "CN=first" },
      { keyId: "second key", displayName: null },
    ]);
  });

  it("a revocation must replace the tag of an earlier one and keep every other tag", async () => {
    const store = new Store();
    await revoke(store);
    assert.deepEqual(store.tags, ["first tag", "another tag", TAG]);
  });

  it("a revocation must wait a second between reads until no late key and no late tag is visible", async () => {
    const store = new Store();
    const stale = { tags: store.tags, keyCredentials: store.keyCredentials };
    store.shown = (stored) => {
      if (store.reads === 2) return { ...stored, keyCredentials: stale.keyCredentials };
      return store.reads === 3 ? { ...stored, tags: stale.tags } : stored;
    };
    assert.equal((await revoke(store)).removed.length, 2);
    assert.deepEqual([store.reads, waits()], [4, [1000, 1000]]);
  });

  for (const [what, shown, actual] of [
    ["keys that remain", { keyCredentials: KEYS }, "key first key, key second key"],
    ["a tag that is missing", { tags: [EARLIER] }, "no tag"],
    ["both", { keyCredentials: KEYS, tags: [EARLIER] }, "key first key, key second key, no tag"],
  ] as const) {
    it(`a revocation must report ${what} after five reads as incomplete`, async () => {
      const store = new Store();
      store.shown = (stored) => ({ ...stored, ...shown });
      const problem = await problemOf(revoke(store));
      assert.deepEqual([problem.code, problem.subject, problem.actual], ["REVOCATION_INCOMPLETE", "sync01", actual]);
      assert.match(words(problem.remedy), /^Run again: /);
      assert.deepEqual([store.reads, store.writes.length], [6, 1]);
    });
  }

  it("a revocation must name its missing permission, and the manual way", async () => {
    const store = new Store();
    const problem = await problemOf(revoke(store, { [`PATCH ${APPLICATION}`]: () => refused(403) }));
    assert.deepEqual([problem.code, problem.subject], ["REVOKE_FORBIDDEN", "sync01"]);
    assert.match(problem.actual, /^403 /);
    assert.match(words(problem.remedy), /Application\.ReadWrite\.OwnedBy.*by hand: .*11111111-2222/);
  });

  it("a revocation must ask for another run if Graph failed, and name the manual way", async () => {
    const problem = await problemOf(revoke(new Store(), { [`GET ${APPLICATION}`]: () => refused(500, "oops") }));
    assert.equal(problem.code, "REVOKE_FAILED");
    assert.match(words(problem.remedy), /^Run again\. .*by hand: .*11111111-2222/);
  });

  it("a revocation must not report a failure outside Graph as a refusal of Graph", async () => {
    const unreachable = () => {
      throw new TypeError("fetch failed");
    };
    await assert.rejects(revoke(new Store(), { [`GET ${APPLICATION}`]: unreachable }), TypeError);
  });
});
