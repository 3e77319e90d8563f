import assert from "node:assert/strict";
import type { Removal } from "../../../model/guard/guard-findings";
import { applyGuard } from "../../../remote/credential-removal";
import { GRAPH, fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { APP_ID, OBJECT_ID, PRINCIPAL_OBJECT_ID } from "../../helpers/observations";
import { problemOf } from "../../helpers/problems";
import { withoutWaiting } from "../../helpers/waiting";
import { words } from "../../helpers/remedies";

const OWN = "own key";
const LOCKED = { isEnabled: true, allProperties: true };
const APPLICATION = `applications/${OBJECT_ID}`;
const PRINCIPAL = `servicePrincipals/${PRINCIPAL_OBJECT_ID}`;

/** A tenant with one application, as Graph keeps it. */
class Store {
  keys = [OWN, "foreign key", "another key"];
  secrets = ["foreign secret"];
  principalKeys = ["principal key"];
  principalSecrets = ["principal secret"];
  /** The certificate of a key, if it is not one of its own. */
  certificates: Record<string, string> = {};
  lock: object | null = LOCKED;
  /** Runs before an answer is made. */
  before: (request: string) => void = () => undefined;
  readonly writes: string[] = [];

  private credentials(keys: string[], secrets: string[]) {
    const list = (ids: string[]) =>
      ids.map((keyId) => ({ keyId, key: this.certificates[keyId] ?? `bytes of ${keyId}` }));
    return { keyCredentials: list(keys), passwordCredentials: list(secrets) };
  }

  answers(changes: Answers = {}): Answers {
    const write = (name: string, change: (body: never) => void) => {
      return ({ method, body }: { method: string; body: unknown }) => {
        this.before(`${method} ${name}`);
        this.writes.push(`${method} ${name}`);
        change(body as never);
        return {};
      };
    };
    const idsOf = (entries: { keyId: string }[]) => entries.map(({ keyId }) => keyId);
    type Patch = { keyCredentials?: { keyId: string }[]; servicePrincipalLockConfiguration?: object };
    return {
      [`GET ${APPLICATION}`]: () => {
        this.before("GET application");
        const lock = { servicePrincipalLockConfiguration: this.lock };
        return { appId: APP_ID, ...lock, ...this.credentials(this.keys, this.secrets) };
      },
      [`PATCH ${APPLICATION}`]: write("application", (body: Patch) => {
        if (body.keyCredentials) this.keys = idsOf(body.keyCredentials);
        if (body.servicePrincipalLockConfiguration) this.lock = body.servicePrincipalLockConfiguration;
      }),
      [`POST ${APPLICATION}/removePassword`]: write("application secret", ({ keyId }: { keyId: string }) => {
        this.secrets = this.secrets.filter((id) => id !== keyId);
      }),
      [`DELETE ${APPLICATION}/federatedIdentityCredentials/federation`]: write("federation", () => undefined),
      [`GET servicePrincipals(appId='${APP_ID}')`]: { id: PRINCIPAL_OBJECT_ID },
      [`GET ${PRINCIPAL}`]: () => this.credentials(this.principalKeys, this.principalSecrets),
      [`PATCH ${PRINCIPAL}`]: write("principal", (body: Patch) => {
        assert.notDeepEqual(this.lock, LOCKED, "Graph refuses a write of locked properties");
        this.principalKeys = idsOf(body.keyCredentials!);
      }),
      [`POST ${PRINCIPAL}/removePassword`]: write("principal secret", ({ keyId }: { keyId: string }) => {
        assert.notDeepEqual(this.lock, LOCKED, "Graph refuses a write of locked properties");
        this.principalSecrets = this.principalSecrets.filter((id) => id !== keyId);
      }),
      ...changes,
    };
  }
}

const removal = (kind: Removal["kind"], id: string): Removal => ({ kind, id });

function apply(store: Store, removals: Removal[], changes: Answers = {}) {
  const guarded = { server: "sync01", application: OBJECT_ID, keys: [OWN] };
  return withFetch(fakeGraph(store.answers(changes)), () => applyGuard(tenantWith(), guarded, removals));
}

describe("the guard's writing", () => {
  const waits = withoutWaiting();

  it("the guard must read once and write nothing if there is no work", async () => {
    const store = new Store();
    const { result, requests } = await apply(store, []);
    assert.deepEqual([result, store.writes, requests.length], [[], [], 1]);
    assert.ok(requests[0].url.startsWith(`${GRAPH}${APPLICATION}?$select=`));
  });

  it("the guard must remove the named credentials, and no other key, secret or credential", async () => {
    const store = new Store();
    const { result } = await apply(store, [
      removal("key", "foreign key"),
      removal("secret", "foreign secret"),
      removal("federated-credential", "federation"),
      removal("principal-key", "principal key"),
      removal("principal-secret", "principal secret"),
    ]);
    assert.deepEqual([store.keys, store.secrets], [[OWN, "another key"], []]);
    assert.deepEqual([store.principalKeys, store.principalSecrets], [[], []]);
    assert.ok(store.writes.includes("DELETE federation"));
    assert.deepEqual(result, [
      "removed key foreign key",
      "removed secret foreign secret",
      "removed federated credential federation",
      "removed key principal key",
      "removed secret principal secret",
    ]);
  });

  it("the guard must not write if someone else has removed the credential meanwhile", async () => {
    const store = new Store();
    const gone = [removal("key", "gone"), removal("secret", "gone"), removal("principal-key", "gone")];
    const { result } = await apply(store, gone);
    assert.deepEqual(result, []);
    assert.deepEqual(store.keys, [OWN, "foreign key", "another key"]);
  });

  it("the guard must lock if the lock is off or partial", async () => {
    for (const lock of [null, { isEnabled: false, allProperties: true }, { isEnabled: true, allProperties: false }]) {
      const store = new Store();
      store.lock = lock;
      const { result } = await apply(store, []);
      assert.deepEqual(store.lock, LOCKED);
      assert.deepEqual(result, ["switched the app instance property lock on"]);
    }
  });

  it("the guard must report a removal and the lock together", async () => {
    const store = new Store();
    store.lock = null;
    const { result } = await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(result, ["removed key foreign key", "switched the app instance property lock on"]);
  });

  it("the guard must remove other entries of its server's certificate, and of no other one, under every policy", async () => {
    const store = new Store();
    store.certificates = { "another key": `bytes of ${OWN}` };
    const { result } = await apply(store, []);
    assert.deepEqual([store.keys, result], [[OWN, "foreign key"], ["removed key another key"]]);
  });

  it("the guard must keep every entry of a certificate if none has the server's own id", async () => {
    const store = new Store();
    store.keys = ["foreign key", "another key"];
    store.certificates = { "foreign key": `bytes of ${OWN}`, "another key": `bytes of ${OWN}` };
    await apply(store, []);
    assert.deepEqual(store.keys, ["foreign key", "another key"]);
  });

  it("the guard must not report the removal of a key that is still present afterwards", async () => {
    const store = new Store();
    store.before = (request) => {
      if (request === "GET application" && store.writes.length > 0) store.keys.push("foreign key");
    };
    assert.deepEqual((await apply(store, [removal("key", "foreign key")])).result, []);
  });

  it("the guard must leave the lock on, even if a later removal fails", async () => {
    const store = new Store();
    const failing = { [`POST ${PRINCIPAL}/removePassword`]: () => refused(400, "Request_BadRequest") };
    await problemOf(apply(store, [removal("principal-secret", "principal secret")], failing));
    assert.deepEqual(store.lock, LOCKED);
  });

  it("the guard must not unlock anything for a credential on the application", async () => {
    const store = new Store();
    await apply(store, [removal("key", "foreign key"), removal("secret", "foreign secret")]);
    assert.deepEqual(store.writes, ["PATCH application", "POST application secret"]);
  });

  it("the guard must keep a key that another writer adds before the write", async () => {
    const store = new Store();
    let reads = 0;
    store.before = (request) => {
      if (request === "GET application" && (reads += 1) === 2) store.keys.push("added meanwhile");
    };
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, [OWN, "another key", "added meanwhile"]);
  });

  it("the guard must wait until it sees the server's own key, so that a late replica does not drop it", async () => {
    const store = new Store();
    store.keys = ["foreign key"];
    let reads = 0;
    store.before = (request) => {
      if (request === "GET application" && (reads += 1) === 3) store.keys.push(OWN);
    };
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, [OWN]);
    assert.deepEqual(waits(), [1000]);
  });

  it("the guard must continue without the server's own key if it stays away: foreign keys of a revoked server go too", async () => {
    const store = new Store();
    store.keys = ["foreign key"];
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, []);
    assert.deepEqual(waits(), [1000, 1000]);
  });

  it("the guard must name a key that another writer lost, and its server", async () => {
    for (const [lost, whose] of [
      [OWN, "this server's own"],
      ["another key", "another writer's"],
    ]) {
      const store = new Store();
      store.before = (request) => {
        if (request === "GET application" && store.writes.length > 0)
          store.keys = store.keys.filter((id) => id !== lost);
      };
      const problem = await problemOf(apply(store, [removal("key", "foreign key")]));
      assert.deepEqual([problem.code, problem.subject], ["KEY_CREDENTIAL_LOST", "sync01"]);
      assert.ok(problem.actual.includes(lost) && problem.actual.includes(whose), problem.actual);
      assert.match(words(problem.remedy), /pulumi preview/);
    }
  });

  it("the guard must name the missing permission, and what it did until then", async () => {
    const refusal = { [`POST ${APPLICATION}/removePassword`]: () => refused(403) };
    const problem = await problemOf(
      apply(new Store(), [removal("key", "foreign key"), removal("secret", "foreign secret")], refusal),
    );
    assert.equal(problem.code, "GUARD_FORBIDDEN");
    assert.match(problem.actual, /^403 .*after removing key foreign key/);
    assert.match(words(problem.remedy), /an owner of the application, or grant it Application\.ReadWrite\.All/);
    const broken = { [`GET ${APPLICATION}`]: () => refused(500, "oops") };
    const failed = await problemOf(apply(new Store(), [], broken));
    assert.deepEqual([failed.code, words(failed.remedy)], ["GUARD_FAILED", "Run again: pulumi up --stack prod"]);
    assert.doesNotMatch(failed.actual, /after removing/);
  });
});
