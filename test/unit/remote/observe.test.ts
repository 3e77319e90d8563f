import assert from "node:assert/strict";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import * as graph from "../../../remote/graph";
import * as host from "../../../remote/observe-host";
import { observe } from "../../../remote/observe";
import type { TenantAccess } from "../../../remote/tenant-access";
import { healthy, IDENTITY, problem } from "../../helpers/observations";
import { replace } from "../../helpers/replaced";
import type { SshTarget } from "../../../remote/ssh-target";

const target: SshTarget = { server: "sync01", host: "h", port: 22, user: "u", hostKey: "k" };
const access: TenantAccess = { tenantId: "t", cloud: "global", connect: () => assert.fail("the tenant is replaced") };
const program = { folder: "/", sha256: "", windows: "", program: "" };

/** Observes with both sides replaced. */
async function observed(sides: {
  host: typeof host.observeHost;
  tenant: typeof graph.observeApplication;
  named?: typeof graph.observeNamed;
}): ReturnType<typeof observe> {
  const restore = [
    replace(host, "observeHost", sides.host),
    replace(graph, "observeApplication", sides.tenant),
    replace(graph, "observeNamed", sides.named ?? (async () => [])),
  ];
  try {
    return await observe(target, IDENTITY, access, program, { applicationName: "Entra Connect Sync - sync01" });
  } finally {
    restore.forEach((undo) => undo());
  }
}

describe("an observation", () => {
  it("an observation must contain the answers of host and tenant", async () => {
    const { facts, application } = await healthy();
    const seen = await observed({ host: async () => facts, tenant: async () => application });
    assert.deepEqual(seen, {
      host: { facts, problem: null },
      tenant: { application, problem: null },
      named: [],
      keyRules: null,
    });
  });

  it("an observation must contain every application of the declared name", async () => {
    const { facts, application } = await healthy();
    const other = { objectId: "o", appId: "a", displayName: "Entra Connect Sync - sync01" };
    const asked: unknown[] = [];
    const named = async (...[, server, name]: Parameters<typeof graph.observeNamed>) => {
      asked.push(server, name);
      return [other];
    };
    const seen = await observed({ host: async () => facts, tenant: async () => application, named });
    assert.deepEqual([seen.named, asked], [[other], ["sync01", "Entra Connect Sync - sync01"]]);
  });

  it("an observation must ask the tenant for the server's marker", async () => {
    const { facts } = await healthy();
    const asked: unknown[] = [];
    await observed({
      host: async () => facts,
      tenant: async (_access, server, marker) => {
        asked.push(server, marker);
        return null;
      },
    });
    assert.deepEqual(asked, ["sync01", "ConnectSyncIdentity:dev/sync01"]);
  });

  it("an observation must read both sides at the same time", async () => {
    const { facts, application } = await healthy();
    let tenantAsked = () => undefined as void;
    const asked = new Promise<void>((resolve) => (tenantAsked = resolve));
    const seen = await observed({
      // Waits for the other side: one after the other would wait for ever.
      host: () => asked.then(() => facts),
      tenant: async () => {
        tenantAsked();
        return application;
      },
    });
    assert.equal(seen.host.facts, facts);
  });

  it("an observation must contain the tenant's answer if the host cannot be reached, and vice versa", async () => {
    const { facts, application } = await healthy();
    const fail = async () => {
      throw new ProblemError([problem()]);
    };
    const withoutHost = await observed({ host: fail, tenant: async () => application });
    assert.deepEqual(withoutHost.host, { facts: null, problem: problem() });
    assert.equal(withoutHost.tenant.application, application);
    const withoutTenant = await observed({ host: async () => facts, tenant: fail });
    assert.deepEqual(withoutTenant.tenant, { application: null, problem: problem() });
    assert.equal(withoutTenant.host.facts, facts);
  });

  it("an observation must never reject: an unexpected failure becomes an error of one line, with its cause", async () => {
    const fail = async () => {
      throw new TypeError("fetch failed\n    at somewhere", { cause: new Error("self-signed certificate") });
    };
    const seen = await observed({ host: fail, tenant: fail });
    assert.equal(seen.host.problem?.code, "HOST_NOT_OBSERVED");
    assert.equal(seen.tenant.problem?.code, "TENANT_NOT_OBSERVED");
    for (const { actual, subject } of [seen.host.problem!, seen.tenant.problem!]) {
      assert.equal(subject, "sync01");
      assert.match(actual, /^fetch failed.*\(self-signed certificate\)$/);
    }
  });
});
