/** How commands see a server. What each does with it: its own tests. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { observeServer } from "../../../cli/stack/observe-server";
import { usesOf } from "../../../cli/leave/account-use";
import { diagnose, ProblemError, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import type { TenantAccess } from "../../../remote/tenant-access";
import * as belonging from "../../../remote/belonging";
import * as host from "../../../remote/observe-host";
import { healthy, IDENTITY } from "../../helpers/observations";
import { replace } from "../../helpers/replaced";

const CLI = path.join(__dirname, "..", "..", "..", "cli");
/** The doctor shows every server, also one that belongs elsewhere. */
const SHOWS_ALL = ["doctor/doctor.ts", "stack/observe-server.ts"];

const access: TenantAccess = { tenantId: "t", cloud: "global", connect: () => assert.fail("no one asks the tenant") };
const context = {
  own: IDENTITY,
  identity() {
    return this.own;
  },
  program: { folder: "/", sha256: "", windows: "", program: "" },
  tenantAccess: access,
};

async function observed(change: (facts: HostObservation) => void): Promise<HostObservation | Diagnostic> {
  const { facts } = await healthy();
  change(facts);
  const undo = replace(host, "observeHost", async () => facts);
  const target = { server: "sync01", host: "h", port: 22, user: "u", hostKey: "k" };
  try {
    return await observeServer(context, "sync01", target);
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error.problems[0];
  } finally {
    undo();
  }
}

describe("a server that a command works on", () => {
  it("must be refused by name if its connector or its registry belongs to another cloud", async () => {
    const changes: ((facts: HostObservation) => void)[] = [
      (facts) => (facts.connector.userName = "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.us"),
      (facts) => (facts.azureInstance = 4),
    ];
    for (const change of changes) {
      const seen = await observed(change);
      assert.ok("code" in seen);
      assert.deepEqual([seen.code, seen.subject], ["CLOUD_CONTRADICTED", "sync01"]);
      // Of an account, too, it is said in its own words.
      assert.deepEqual(usesOf("Sync_SYNC01_0123456789ab", [{ server: "sync01", seen }]), [seen]);
    }
    assert.ok("computerName" in (await observed(() => undefined)));
  });

  it("must be refused by name if it belongs to another tenant, also by what would take an account away", async () => {
    const found = diagnose("TENANT_CONTRADICTED", "sync01", { tenantId: "t", name: "fabrikam.com", found: "u" });
    const undo = replace(belonging, "belongingProblem", async () => found);
    try {
      const seen = await observed(() => undefined);
      assert.equal(seen, found);
      assert.deepEqual(usesOf("Sync_SYNC01_0123456789ab", [{ server: "sync01", seen: found }]), [found]);
    } finally {
      undo();
    }
  });

  it("must be observed in the one way that holds it against the stack", () => {
    const files = fs.readdirSync(CLI, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const found = files.filter((file) => fs.readFileSync(path.join(CLI, file), "utf8").includes("/observe-host"));
    assert.deepEqual(found.map((file) => file.split(path.sep).join("/")).sort(), SHOWS_ALL);
  });
});
