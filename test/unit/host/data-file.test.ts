/** Data for PowerShell: what is written, and that PowerShell reads the same from it if it is on PATH. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { HOST_MESSAGES } from "../../../model/protocol/host-messages";
import { PROGRAM_CONSTANTS, WINDOWS_CONSTANTS } from "../../../tools/host-program/data";
import { powerShellData } from "../../../tools/host-program/data-file";
import { requestRows } from "../../../tools/host-program/request-rows";

const SOURCES = path.join(__dirname, "../../../host-program");

/** Prints the three data files as the module has them. Parts of a long text are joined, as its readers do. */
const READ = `
Import-Module '${SOURCES}/ConnectSyncHost.psd1'
& (Get-Module ConnectSyncHost) {
    $sentences = @{}
    foreach ($id in $script:Messages.Keys) {
        $entry = $script:Messages[$id]
        $sentences[$id] = @{ message = $entry.Message -join ''; remedy = $entry.Remedy -join '' }
    }
    $values = @{}
    foreach ($name in 'VARIABLES' -split ' ') { $values[$name] = Get-Variable -Scope Script -Name $name -ValueOnly }
    ConvertTo-Json -Compress -Depth 12 -InputObject @{ sentences = $sentences; values = $values; requests = $script:Requests }
}
`;

describe("Data for PowerShell", () => {
  it("data must be written as PowerShell reads it: quotes doubled, names that need it quoted", () => {
    assert.equal(
      powerShellData({ a: "it's", "b.c": [1, true, null] }),
      "@{\n    a = 'it''s'\n    'b.c' = @(1, $true, $null)\n}",
    );
    assert.equal(powerShellData({}), "@{}");
    assert.throws(() => powerShellData("\u00e9"), /not ASCII/);
  });

  it("a text too long for a line must be written in parts that fit and give the text again", () => {
    for (const text of ["word ".repeat(60), "x".repeat(500), `${"y".repeat(200)} it's `]) {
      const lines = powerShellData({ name: text }).split("\n");
      assert.ok(lines.every((line) => line.length <= 140));
      const parts = lines.flatMap((line) => /^ {8}'(.*)'$/.exec(line)?.[1] ?? []);
      assert.equal(parts.join("").replaceAll("''", "'"), text);
    }
  });

  it("the module must read from its data files what the model has", function () {
    this.timeout(60_000);
    const constants = { ...PROGRAM_CONSTANTS, ...WINDOWS_CONSTANTS };
    const script = READ.replace("VARIABLES", Object.keys(constants).join(" "));
    const { status, stdout, stderr, error } = spawnSync(
      "pwsh",
      ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script],
      { encoding: "utf8", timeout: 50_000 },
    );
    if (error) this.skip();
    assert.equal(status, 0, stderr);
    const read = JSON.parse(stdout) as { sentences: unknown; values: unknown; requests: unknown };
    assert.deepEqual(read.sentences, HOST_MESSAGES);
    assert.deepEqual(
      read.values,
      Object.fromEntries(Object.entries(constants).map(([name, { value }]) => [name, value])),
    );
    const joined = JSON.stringify(read.requests, (name, value: unknown) =>
      name === "Pattern" && Array.isArray(value) ? value.join("") : value,
    );
    assert.deepEqual(JSON.parse(joined), requestRows());
  });
});
