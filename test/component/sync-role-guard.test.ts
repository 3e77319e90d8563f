/** The rules of SyncRoleGuard, and what a run says of both guards, against mocks of the engine. */
import assert from "node:assert/strict";
import { check, diff, provider } from "../../components/sync-role-guard-rules";
import { SyncRoleGuard } from "../../components/sync-role-guard";
import type { SyncRoleGuardInputs, SyncRoleGuardState, SyncRoleView } from "../../model/guard/guard-state";
import type { Observation, TenantRolesObservation } from "../../model/server/observation";
import * as auditing from "../../remote/audit-log";
import * as observing from "../../remote/observe";
import { TenantDirectory } from "../../components/tenant-directory";
import { foreignSecret, STRANGER } from "../helpers/guarded";
import { recordIdentity } from "../helpers/identity-recorder";
import { healthy, observation, PRINCIPAL_OBJECT_ID, problem, tenantRoles } from "../helpers/observations";
import { newResource, record, type Mock } from "../helpers/pulumi-recorder";
import { replace } from "../helpers/replaced";

const holder = { id: STRANGER, name: "Directory Helper", assignmentId: "a" };
const stranger = { ...tenantRoles(), holders: [...tenantRoles().holders, holder] };

const inputs = (view: Partial<SyncRoleView> = {}, changes: Partial<SyncRoleGuardInputs> = {}): SyncRoleGuardInputs => ({
  stack: "dev",
  principals: [PRINCIPAL_OBJECT_ID],
  view: { roles: tenantRoles(), problem: "", audit: [], allowed: [], fleet: [], today: "2026-11-21", ...view },
  run: "run 1",
  ...changes,
});
const checked = (old: unknown, news: SyncRoleGuardInputs) => check(old, news).inputs as SyncRoleGuardState;

describe("check and diff of the tenant's guard", () => {
  const old = checked(undefined, inputs());

  it("the tenant's guard must show no change if only declared principals may synchronise", () => {
    assert.deepEqual(checked(old, inputs()), old);
    assert.equal(diff(old, checked(old, inputs())).changes, false);
  });

  it("the tenant's guard must show a change in every preview while an undeclared principal may synchronise", () => {
    const found = checked(old, inputs({ roles: stranger }));
    assert.equal(diff(old, found).changes, true);
    assert.equal(diff(found, checked(found, inputs({ roles: stranger }, { run: "run 2" }))).changes, true);
    assert.match(found.findings[0], /^tenant: role-holder-foreign: expected .+, found Directory Helper/);
    assert.equal(diff(found, checked(found, inputs())).changes, false);
  });

  it("the tenant's guard must not report a server that leaves in this run, but must report it afterwards", () => {
    const left = inputs({}, { principals: [] });
    const leaving = checked(old, left);
    assert.deepEqual(leaving.findings, []);
    assert.equal(diff(old, leaving).changes, false);
    assert.equal(checked(leaving, left).findings.length, 1);
  });

  it("the tenant's guard must show a change if a server joins", () => {
    assert.equal(diff(old, checked(old, inputs({}, { principals: [PRINCIPAL_OBJECT_ID, STRANGER] }))).changes, true);
  });

  it("the tenant's guard must fail with the reason if the role holders cannot be read, and show that before", async () => {
    const blind = checked(old, inputs({ roles: null, problem: "holders: expected ... [GRAPH_FORBIDDEN]" }));
    assert.equal(diff(old, blind).changes, true);
    await assert.rejects(provider.create(blind), /GRAPH_FORBIDDEN/);
    await assert.rejects(provider.update!("", old, blind), /GRAPH_FORBIDDEN/);
    assert.equal(diff(blind, checked(blind, inputs())).changes, false);
  });

  it("the tenant's guard must do nothing on deletion, and be named after its stack", async () => {
    assert.equal(provider.delete, undefined);
    assert.equal((await provider.create(old)).id, "dev");
  });
});

/** Records the tenant's guard of a stack with one server. */
async function recorded(
  seen: TenantRolesObservation,
  options: { preview?: boolean; observed?: Observation; mock?: Mock } = {},
) {
  const { facts, application } = await healthy();
  const observed = options.observed ?? observation(facts, application);
  const audited: string[][] = [];
  const restore = [
    replace(observing, "observeRoles", async () => seen),
    replace(auditing, "observeAudit", async (_access, ids) => {
      audited.push([...ids]);
      return null;
    }),
  ];
  try {
    const recording = await record(
      async () => {
        const { output } = await import("@pulumi/pulumi");
        const tenant = new TenantDirectory({ setting: (name) => (name === "tenantId" ? "tenant" : undefined) });
        const server = {
          name: "sync01",
          servicePrincipalObjectId: output(PRINCIPAL_OBJECT_ID),
          observation: Promise.resolve(observed),
        };
        const { messages } = new SyncRoleGuard("sync-role-guard", { tenant, servers: [server] });
        return { messages };
      },
      { preview: options.preview ?? false },
      options.mock,
    );
    return { ...recording, audited };
  } finally {
    restore.forEach((undo) => undo());
  }
}

describe("reports of the tenant's guard", () => {
  for (const preview of [true, false]) {
    const run = preview ? "a preview" : "an up";

    it(`each finding of the tenant's guard must appear once in ${run}`, async () => {
      const { log, exitCode, audited, result } = await recorded({ roles: stranger, problem: null }, { preview });
      assert.deepEqual(
        log.map(({ severity, message }) => [severity, message.split(":", 2).join(":")]),
        [["warning", "tenant: role-holder-foreign"]],
      );
      assert.match(log[0].message, /who is not known/);
      assert.deepEqual([exitCode, audited, result.messages.length], [undefined, [[STRANGER]], 1]);
    });

    it(`missing permissions of the tenant's guard must appear in one line in ${run}`, async () => {
      const roles = tenantRoles({ directoryRoles: null, unread: ["RoleManagement.Read.Directory"] });
      const { facts, application } = await healthy();
      application.principal!.delegatedScopes = null;
      const observed = observation(facts, application);
      const { log, audited } = await recorded({ roles, problem: null }, { preview, observed });
      assert.equal(log.length, 1);
      assert.equal(log[0].severity, "info");
      assert.match(log[0].message, /RoleManagement\.Read\.Directory, Directory\.Read\.All/);
      assert.deepEqual(audited, [[]]);
    });
  }

  it("the tenant's guard must report nothing if everything is as declared", async () => {
    assert.deepEqual((await recorded({ roles: tenantRoles(), problem: null })).log, []);
  });

  it("the tenant's guard must not report the findings of an earlier run", async () => {
    const mock: Mock = async (resource, preview) => {
      if (!resource.type.endsWith(":SyncRoleGuard")) return newResource(resource, preview);
      return { id: "dev", state: { findings: ["tenant: an old finding"], problem: "", run: "run 0" } };
    };
    const { log, result } = await recorded({ roles: tenantRoles(), problem: null }, { mock });
    assert.deepEqual([log, result.messages], [[], []]);
  });

  it("a preview must fail once if the role holders cannot be read", async () => {
    const blind = {
      roles: null,
      problem: problem({ code: "GRAPH_FORBIDDEN", subject: null, property: "holders" }),
    };
    const { log, exitCode } = await recorded(blind, { preview: true });
    assert.deepEqual(
      log.map(({ severity }) => severity),
      ["error"],
    );
    assert.match(log[0].message, /^holders: expected .*\[GRAPH_FORBIDDEN\]/);
    assert.equal(exitCode, 32);
  });
});

describe("reports of a server's guard", () => {
  const audit = (work: () => Promise<Awaited<ReturnType<typeof recordIdentity>>>, audited: string[][] = []) => {
    const restore = replace(auditing, "observeAudit", async (_access, ids) => {
      audited.push([...ids]);
      return [];
    });
    return work().finally(restore);
  };

  for (const preview of [true, false]) {
    it(`each finding of a server's guard must appear once, with its author, in ${preview ? "a preview" : "an up"}`, async () => {
      const { facts, application } = await healthy();
      application.secrets.push(foreignSecret);
      const audited: string[][] = [];
      const seen = observation(facts, application);
      const { log } = await audit(() => recordIdentity({ seen, preview }), audited);
      const lines = log.filter(({ message }) => message.includes("secret-foreign"));
      assert.equal(lines.length, 1);
      assert.match(lines[0].message, /^sync01: secret-foreign: .*who is not known: the audit log does not show it/);
      assert.deepEqual(audited, [[application.objectId, application.principal!.objectId]]);
    });
  }

  it("the audit log must not be read if there is nothing foreign", async () => {
    const { facts, application } = await healthy();
    const audited: string[][] = [];
    const { log } = await audit(
      () => recordIdentity({ seen: observation(facts, application), preview: true }),
      audited,
    );
    assert.deepEqual([audited, log], [[], []]);
  });

  it("a server's guard must come after the registration: a rotation is complete before anything is removed", async () => {
    const { resources } = await recordIdentity();
    const guard = resources.find(({ name }) => name === "sync01-guard")!;
    assert.ok(guard.dependsOn.includes("sync01-registration"));
    assert.deepEqual(guard.secrets, []);
  });
});
