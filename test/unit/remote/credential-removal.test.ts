import assert from "node:assert/strict";
import type { Removal } from "../../../model/guard/guard-findings";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { applyGuard } from "../../../remote/credential-removal";
import { GRAPH, fakeGraph, refused, tenantWith, type Answers } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { APP_ID, OBJECT_ID, PRINCIPAL_OBJECT_ID } from "../../helpers/observations";
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
  lock: object | null = LOCKED;
  /** Runs before an answer is made. */
  before: (request: string) => void = () => undefined;
  readonly writes: string[] = [];

  private credentials(keys: string[], secrets: string[]) {
    const list = (ids: string[]) => ids.map((keyId) => ({ keyId, key: "bytes" }));
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

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => assert.fail("it should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProblemError, String(error));
  return error.problems[0];
}

describe("the guard's writing", () => {
  it("must be one read and no write where nothing is to be done", async () => {
    const store = new Store();
    const { result, requests } = await apply(store, []);
    assert.deepEqual([result, store.writes, requests.length], [[], [], 1]);
    assert.ok(requests[0].url.startsWith(`${GRAPH}${APPLICATION}?$select=`));
  });

  it("must take away what is named, and no other key, secret or credential", async () => {
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
    assert.deepEqual(result, [
      "removed key foreign key",
      "removed secret foreign secret",
      "removed federated credential federation",
      "removed key principal key",
      "removed secret principal secret",
    ]);
  });

  it("must not write where somebody else has removed it meanwhile", async () => {
    const store = new Store();
    const gone = [removal("key", "gone"), removal("secret", "gone"), removal("principal-key", "gone")];
    const { result } = await apply(store, gone);
    assert.deepEqual(result, []);
    assert.deepEqual(store.keys, [OWN, "foreign key", "another key"]);
  });

  it("must lock where the lock is off or partial", async () => {
    for (const lock of [null, { isEnabled: false, allProperties: true }, { isEnabled: true, allProperties: false }]) {
      const store = new Store();
      store.lock = lock;
      const { result } = await apply(store, []);
      assert.deepEqual(store.lock, LOCKED);
      assert.deepEqual(result, ["switched the app instance property lock on"]);
    }
  });

  it("must leave the lock on, also where a removal behind it fails", async () => {
    const store = new Store();
    const failing = { [`POST ${PRINCIPAL}/removePassword`]: () => refused(400, "Request_BadRequest") };
    await problemOf(apply(store, [removal("principal-secret", "principal secret")], failing));
    assert.deepEqual(store.lock, LOCKED);
  });

  it("must not unlock anything for what is on the application", async () => {
    const store = new Store();
    await apply(store, [removal("key", "foreign key"), removal("secret", "foreign secret")]);
    assert.deepEqual(store.writes, ["PATCH application", "POST application secret"]);
  });

  it("must keep a key that another writer adds before the write", async () => {
    const store = new Store();
    let reads = 0;
    store.before = (request) => {
      if (request === "GET application" && (reads += 1) === 2) store.keys.push("added meanwhile");
    };
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, [OWN, "another key", "added meanwhile"]);
  });

  it("must wait until the server's own key is seen, so that a late replica does not drop it", async () => {
    const store = new Store();
    store.keys = ["foreign key"];
    let reads = 0;
    store.before = (request) => {
      if (request === "GET application" && (reads += 1) === 3) store.keys.push(OWN);
    };
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, [OWN]);
  });

  it("must go on without it where it stays away: a revoked server's strangers go too", async () => {
    const store = new Store();
    store.keys = ["foreign key"];
    await apply(store, [removal("key", "foreign key")]);
    assert.deepEqual(store.keys, []);
  });

  it("must name a key that was lost to another writer, and whose it was", async () => {
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

  it("must say which permission it lacks, and what it had done by then", async () => {
    const refusal = { [`POST ${APPLICATION}/removePassword`]: () => refused(403) };
    const problem = await problemOf(
      apply(new Store(), [removal("key", "foreign key"), removal("secret", "foreign secret")], refusal),
    );
    assert.equal(problem.code, "GUARD_FORBIDDEN");
    assert.match(problem.actual, /^403 .*after removing key foreign key/);
    assert.match(words(problem.remedy), /an owner of the application, or grant it Application\.ReadWrite\.All/);
    const broken = { [`GET ${APPLICATION}`]: () => refused(500, "oops") };
    assert.equal((await problemOf(apply(new Store(), [], broken))).code, "GUARD_FAILED");
  });
});
