/** What the guards remember between runs, and what of it is a change. */
import assert from "node:assert/strict";
import {
  credentialGuardChanged,
  nextCredentialGuard,
  nextSyncRoleGuard,
  syncRoleGuardChanged,
  type CredentialGuardInputs,
  type SyncRoleGuardInputs,
} from "../../../model/guard/guard-state";
import { generationFacts } from "../../helpers/certificates";
import { foreignKey, guardInputs, STRANGER, viewOf } from "../../helpers/guarded";
import {
  IDENTITY,
  OTHER_APP_ID,
  PIPELINE_OBJECT_ID,
  PRINCIPAL_OBJECT_ID,
  SYNC_ROLE_ID,
  tenantRoles,
} from "../../helpers/observations";

const codesOf = ({ findings }: { findings: string[] }) => findings.map((line) => line.split(": ")[1]);

describe("the stored state of a server's guard", () => {
  const guarded = async (changes: Partial<CredentialGuardInputs> = {}) => {
    const view = await viewOf(1);
    return { view, old: nextCredentialGuard(undefined, guardInputs(view, changes)) };
  };

  it("a server's guard must show no change if owners and roles are declared in another order, or twice", async () => {
    const owners = [PIPELINE_OBJECT_ID, STRANGER];
    const roles = [SYNC_ROLE_ID, STRANGER];
    const { view, old } = await guarded({ owners, roles });
    view.application.owners.push({ id: STRANGER, name: "second owner" });
    view.application.principal!.appRoles.push({ id: "a", appRoleId: STRANGER, resourceId: "g", resourceName: "Graph" });
    const other = { owners: [...owners].reverse(), roles: [...roles, ...roles].reverse() };
    const next = nextCredentialGuard(old, guardInputs(view, other));
    assert.deepEqual([next.owners, next.roles], [old.owners, old.roles]);
    assert.equal(credentialGuardChanged(old, next), false);
  });

  it("a server's guard must show a change if stack, server, application or policy changes", async () => {
    const { old } = await guarded();
    for (const change of [{ stack: "b" }, { server: "b" }, { application: "b" }, { policy: "enforce" as const }]) {
      assert.equal(credentialGuardChanged(old, { ...old, ...change }), true, JSON.stringify(change));
    }
  });

  it("a server's guard must recognise a key by the present and the former name of the server while the host is not observed", async () => {
    const view = await viewOf(1);
    const { sha256, subject } = await generationFacts({ ...IDENTITY, server: "old01" }, 1);
    view.application.keys.push(foreignKey({ sha256, subject }));
    view.host = null;
    assert.deepEqual(codesOf(nextCredentialGuard(undefined, guardInputs(view))), ["key-foreign"]);
    assert.deepEqual(codesOf(nextCredentialGuard(undefined, guardInputs(view, { renamedFrom: "old01" }))), []);
  });

  it("a server's guard must report as missing what an earlier run assigned to this application, not to another one", async () => {
    const { view, old } = await guarded();
    view.application.lock = false;
    assert.deepEqual(codesOf(nextCredentialGuard(old, guardInputs(view))), ["lock-off"]);
    assert.deepEqual(codesOf(nextCredentialGuard({ ...old, application: OTHER_APP_ID }, guardInputs(view))), []);
    assert.deepEqual(codesOf(nextCredentialGuard(undefined, guardInputs(view))), []);
  });

  it("a server's guard must plan no removal for a finding that removes nothing", async () => {
    const { view, old } = await guarded();
    view.application.lock = false;
    const next = nextCredentialGuard(old, guardInputs(view, { policy: "enforce" }));
    assert.deepEqual([next.findings.length, next.removals], [1, []]);
  });
});

describe("the stored state of the tenant's guard", () => {
  const inputs = (changes: Partial<SyncRoleGuardInputs> = {}): SyncRoleGuardInputs => ({
    stack: "dev",
    principals: [PRINCIPAL_OBJECT_ID],
    view: { roles: tenantRoles(), problem: "", audit: [], allowed: [], hosts: [], today: "2026-11-21" },
    run: "run 1",
    ...changes,
  });

  it("the tenant's guard must not block the run if nothing was found", () => {
    assert.equal(nextSyncRoleGuard(undefined, inputs()).run, "");
  });

  it("the tenant's guard must show a change if the stack changes", () => {
    const old = nextSyncRoleGuard(undefined, inputs());
    assert.equal(syncRoleGuardChanged(old, nextSyncRoleGuard(old, inputs({ stack: "prod" }))), true);
  });
});
