/**
 * The rules of CredentialGuard as the dynamic provider calls them. What is not proven here: that the engine calls them in
 * this order and hands them the stack's configuration (end-to-end tests do).
 */
import assert from "node:assert/strict";
import { check, diff, guardProvider } from "../../components/credential-guard-rules";
import type { CredentialGuardInputs, CredentialGuardState } from "../../model/guard/guard-state";
import { foreignKey, foreignSecret, guardInputs, STRANGER, viewOf } from "../helpers/guarded";
import * as removing from "../../remote/credential-removal";
import * as reaching from "../../remote/tenant-access";
import type { TenantAccess } from "../../remote/tenant-access";
import { OBJECT_ID, OTHER_APP_ID, PIPELINE_OBJECT_ID } from "../helpers/observations";
import { replace } from "../helpers/replaced";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const NEW_KEY = "99999999-1111-4333-8444-555555555555";

const checked = (old: unknown, news: CredentialGuardInputs) => check(old, news).inputs as CredentialGuardState;
const changes = (old: CredentialGuardState, next: CredentialGuardState) => diff(old, next).changes;

/** A guard after its first run, whose key state knows. */
async function guarded(...generations: number[]) {
  const view = await viewOf(...generations);
  const keys = [view.application.keys.at(-1)!.keyId];
  return { view, keys, old: checked(undefined, guardInputs(view, { keys })) };
}

describe("check and diff of a guard", () => {
  it("a guard must show no change if there is nothing foreign", async () => {
    const { view, keys, old } = await guarded(1);
    const next = checked(old, guardInputs(view, { keys, run: "run 2" }));
    assert.equal(changes(old, next), false);
    assert.deepEqual(next, old);
  });

  it("a guard must show a change in every preview while there is something foreign, under both policies", async () => {
    for (const policy of ["report", "enforce"] as const) {
      const { view, keys } = await guarded(1);
      let old = checked(undefined, guardInputs(view, { keys, policy }));
      view.application.secrets.push(foreignSecret);
      for (const run of ["run 2", "run 3"]) {
        const next = checked(old, guardInputs(view, { keys, policy, run }));
        assert.equal(changes(old, next), true);
        assert.deepEqual([next.findings.length, next.run], [1, run]);
        old = next;
      }
      view.application.secrets.pop();
      const healed = checked(old, guardInputs(view, { keys, policy }));
      assert.equal(changes(old, healed), false);
      assert.deepEqual([healed.findings, healed.removals, healed.run], [[], [], ""]);
    }
  });

  it("a guard must plan a removal only under the policy enforce", async () => {
    const { view, keys, old } = await guarded(1);
    view.application.keys.push(foreignKey());
    assert.deepEqual(checked(old, guardInputs(view, { keys })).removals, []);
    const enforced = checked(old, guardInputs(view, { keys, policy: "enforce" }));
    assert.deepEqual(enforced.removals, [{ kind: "key", id: STRANGER }]);
  });

  it("a guard must recognise the old key until it is removed, during and after a rotation", async () => {
    const {
      keys: [first],
      old,
    } = await guarded(1);
    const both = await viewOf(1, 2);
    both.host!.certificates.shift();
    const rotating = checked(old, guardInputs(both, { keys: [NEW_KEY] }));
    assert.deepEqual(rotating.findings, []);
    assert.deepEqual([...rotating.keys].sort(), [first, NEW_KEY].sort());
    assert.equal(changes(old, rotating), true, "the new key is not remembered");
    const after = await viewOf(2);
    after.application.keys[0].keyId = NEW_KEY;
    const done = checked(rotating, guardInputs(after, { keys: [NEW_KEY] }));
    assert.deepEqual(done.keys, [NEW_KEY]);
    assert.equal(changes(rotating, done), false, "an old key that is gone is nothing to do");
  });

  it("a guard must show a change in the preview of a rotation, whose new key is not known yet", async () => {
    const { view, old } = await guarded(1);
    assert.equal(changes(old, checked(old, guardInputs(view, { keys: [UNKNOWN] }))), true);
  });

  it("a guard must show a change if another owner, role, policy or application is declared", async () => {
    const { view, keys, old } = await guarded(1);
    for (const declared of [
      { owners: [PIPELINE_OBJECT_ID, STRANGER] },
      { roles: [] },
      { policy: "enforce" as const },
      { application: OTHER_APP_ID },
    ]) {
      assert.equal(
        changes(old, checked(old, guardInputs(view, { keys, ...declared }))),
        true,
        JSON.stringify(declared),
      );
    }
  });

  it("a guard must not judge an application other than its own", async () => {
    const { view, keys, old } = await guarded(1);
    view.application.secrets.push(foreignSecret);
    assert.deepEqual(checked(old, guardInputs(view, { keys, application: OTHER_APP_ID })).findings, []);
    assert.equal(checked(old, guardInputs(view, { keys, application: UNKNOWN })).findings.length, 1);
  });

  it("a guard must keep little in state, and nothing of the observation", async () => {
    const { old } = await guarded(1);
    assert.deepEqual(Object.keys(old).sort(), [
      ...["application", "findings", "keys", "owners", "policy", "removals", "roles", "run", "server", "stack"],
    ]);
    assert.ok(JSON.stringify(old).length < 450, String(JSON.stringify(old).length));
  });

  it("a guard must refuse an unknown input instead of planning without it", () => {
    const view = UNKNOWN as never;
    assert.throws(() => check(undefined, guardInputs(view)), /sync01: the observed credentials are unknown/);
  });
});

describe("create and update of a guard", () => {
  /** Runs a provider with the writing replaced; tells what was asked of it. */
  async function acted(
    done: string[],
    work: (provider: ReturnType<typeof guardProvider>) => Promise<{ outs?: unknown; id?: string }>,
    config: Record<string, string> = { "azuread:tenantId": "tenant" },
    environment: Record<string, string> = {},
  ) {
    const asked: { access: TenantAccess; guarded: unknown; removals: unknown }[] = [];
    const restore = replace(removing, "applyGuard", async (access, guarded, removals) => {
      asked.push({ access, guarded, removals });
      return done;
    });
    try {
      const provider = guardProvider(environment);
      const read = { get: (key: string) => config[key], require: () => assert.fail("nothing is required") };
      await provider.configure!({ config: read as never });
      const { outs, id } = await work(provider);
      return { outs: outs as CredentialGuardState, id, asked };
    } finally {
      restore();
    }
  }

  it("a guard must switch the lock on at creation, and be named after stack and server", async () => {
    const { old } = await guarded(1);
    const lock = "switched the app instance property lock on";
    const { asked, outs, id } = await acted([lock], (provider) => provider.create(old));
    assert.equal(id, "dev/sync01");
    assert.equal(asked.length, 1);
    assert.deepEqual(asked[0].removals, []);
    assert.equal((asked[0].guarded as { application: string }).application, OBJECT_ID);
    assert.deepEqual(outs.findings, [], "what a creation sets is nothing to be told");
  });

  it("a guard must remove what check planned, and report the removals beside the findings of that run", async () => {
    const { view, keys, old } = await guarded(1);
    view.application.secrets.push(foreignSecret);
    const next = checked(old, guardInputs(view, { keys, policy: "enforce", run: "run 2" }));
    const { asked, outs } = await acted([`removed secret ${STRANGER}`], (provider) => provider.update!("", old, next));
    assert.deepEqual(asked[0].removals, [{ kind: "secret", id: STRANGER }]);
    assert.deepEqual(outs.findings.slice(1), [`sync01: removed secret ${STRANGER}`]);
    assert.equal(outs.run, "run 2");
  });

  it("a guard must remove nothing under the policy report", async () => {
    const { view, keys, old } = await guarded(1);
    view.application.secrets.push(foreignSecret);
    view.application.keys.push(foreignKey());
    const next = checked(old, guardInputs(view, { keys }));
    const { asked, outs } = await acted([], (provider) => provider.update!("", old, next));
    assert.deepEqual(asked[0].removals, []);
    assert.equal(outs.findings.length, 2);
  });

  it("a guard must use the tenant of the stack's configuration, otherwise of the environment", async () => {
    const { old } = await guarded(1);
    const create = (provider: ReturnType<typeof guardProvider>) => provider.create(old);
    const both = await acted([], create, { "azuread:tenantId": "configured" }, { ARM_TENANT_ID: "environment" });
    assert.equal(both.asked[0].access.tenantId, "configured");
    const empty = await acted([], create, { "azuread:tenantId": "" }, { ARM_TENANT_ID: "environment" });
    assert.equal(empty.asked[0].access.tenantId, "environment");
    await assert.rejects(acted([], create, {}, {}), /TENANT_NOT_CONFIGURED/);
  });

  it("a guard must treat an empty setting as absent, and leave the cloud to the settings if none is configured", async () => {
    const { old } = await guarded(1);
    const seen: unknown[] = [];
    const restore = replace(reaching, "tenantAccess", (setting, cloud) => {
      seen.push([setting("metadataHost", "ARM_METADATA_HOSTNAME"), cloud]);
      return { tenantId: "tenant" } as TenantAccess;
    });
    const create = (provider: ReturnType<typeof guardProvider>) => provider.create(old);
    try {
      await acted([], create, {}, { ARM_METADATA_HOSTNAME: "" });
      await acted([], create, { cloud: "china", "azuread:metadataHost": "localhost:1" });
    } finally {
      restore();
    }
    assert.deepEqual(seen, [
      [undefined, null],
      ["localhost:1", "china"],
    ]);
  });

  it("a guard must share one access and its token among all servers", async () => {
    const { old } = await guarded(1);
    const { asked } = await acted([], async (provider) => {
      await provider.create(old);
      return provider.create(old);
    });
    assert.equal(asked[0].access, asked[1].access);
  });

  it("a guard must do nothing on deletion", () => {
    assert.equal(guardProvider({}).delete, undefined);
  });
});
