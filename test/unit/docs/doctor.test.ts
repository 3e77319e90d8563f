/** docs/doctor.md names what the doctor looks at, and nothing else. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CONNECTION_CHECKS } from "../../../cli/doctor/doctor-connection-checks";
import { serverChecks } from "../../../cli/doctor/doctor-server-checks";
import { tenantChecks } from "../../../cli/doctor/doctor-tenant-checks";
import { serverFacts, tenantFacts } from "../cli/doctor-facts";

const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/doctor.md"), "utf8");

/** Names in the first column of the tables under a heading. */
function documented(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading))!;
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) => [...row.split("|")[1].matchAll(/`([^`]+)`/g)].map((match) => match[1]));
}

describe("docs/doctor.md", () => {
  it("docs/doctor.md must have a row for every check of a server", () => {
    const names = [...CONNECTION_CHECKS, ...serverChecks(serverFacts()).map(({ check }) => check)];
    assert.deepEqual(documented("A server").sort(), [...names].sort());
  });

  it("docs/doctor.md must have a row for every check of the tenant", () => {
    const names = tenantChecks(tenantFacts()).map(({ check }) =>
      check.replace(/^(permission|application) .*/, "$1 ..."),
    );
    assert.deepEqual(documented("The tenant").sort(), [...new Set(names)].sort());
  });
});
