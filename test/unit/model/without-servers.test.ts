import assert from "node:assert/strict";
import { diagnose } from "../../../model/diagnostics/diagnostic";
import { withoutServers, type TenantVerdict } from "../../../model/fleet/assessment";
import type { GuardFinding } from "../../../model/guard/guard-findings";

const found = (code: "legacy-account-left" | "directory-role-foreign", name: string): GuardFinding => ({
  ...diagnose(code, null, { found: name, role: "Directory Synchronization Accounts", why: "" }, { remedy: "unknown" }),
  removal: null,
});

describe("a tenant that was judged without its servers", () => {
  const verdict: TenantVerdict = {
    ...{ problem: null, notices: [], unknown: ["known before"] },
    undeclared: [found("legacy-account-left", "Sync_SYNC01_1"), found("directory-role-foreign", "mallory")],
  };

  it("an account that is named as the product names one must not be a finding, and must be named as unknown", () => {
    const { undeclared, unknown } = withoutServers(verdict);
    assert.deepEqual(
      undeclared.map(({ code }) => code),
      ["directory-role-foreign"],
    );
    assert.equal(unknown[0], "known before");
    assert.match(unknown[1], /no server was asked.*Sync_SYNC01_1/);
  });
});
