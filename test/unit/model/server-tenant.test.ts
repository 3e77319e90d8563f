import assert from "node:assert/strict";
import { serverTenantProblem, tenantNameOf } from "../../../model/tenant/server-tenant";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";

const [OWN, OTHER] = ["11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"];

describe("the tenant of a server", () => {
  it("must be named by what follows the @ of its connector's user name, a domain or an id", () => {
    assert.equal(tenantNameOf("Sync_SYNC01_0123456789ab@Contoso.onmicrosoft.com"), "contoso.onmicrosoft.com");
    assert.equal(tenantNameOf(`{${OTHER}}@contoso.com`), "contoso.com");
    assert.equal(tenantNameOf(`{${OTHER}}@${OWN.toUpperCase()}`), OWN);
    for (const none of ["", "sync", `{${OTHER}}@<tenant>`, "sync@contoso", "contoso.com", "sync@-----BEGIN x"]) {
      assert.equal(tenantNameOf(none), null, none);
    }
  });

  it("must be the stack's, and only a proof of another one is a problem", () => {
    const problem = serverTenantProblem("sync01", OWN, "fabrikam.com", OTHER)!;
    assert.equal(problem.code, "TENANT_CONTRADICTED");
    const said = formatDiagnostic(problem);
    for (const part of ["sync01: connector:", OWN, `fabrikam.com, which is tenant ${OTHER}`]) {
      assert.ok(said.includes(part), said);
    }
    for (const [own, found] of [
      [OWN, OWN],
      [OWN, null],
      [null, OTHER],
    ] as const) {
      assert.equal(serverTenantProblem("sync01", own, "fabrikam.com", found), null);
    }
  });
});
