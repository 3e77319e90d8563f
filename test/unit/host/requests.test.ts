/**
 * One set of requests for the program and its stand-in: both take and refuse the same, with the same words. The program's
 * functions run under PowerShell 7 if it is on PATH, all examples in one process.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { REQUESTS } from "../../../model/protocol/host-requests";
import { readRequest } from "../../../sandbox/server/program/request";
import { Refusal } from "../../../sandbox/server/program/refusal";
import { GOOD_REQUESTS, REQUEST_EXAMPLES, type RequestExample } from "../../contract/request-examples";

const MODULE = path.join(__dirname, "../../../host-program/ConnectSyncHost.psd1");

/** Reads a list of operations and texts on stdin; prints what was found of each, empty if it was taken. */
const READ_ALL = `
Import-Module '${MODULE}'
$examples = ConvertFrom-Json -InputObject ([Console]::In.ReadToEnd())
$found = & (Get-Module ConnectSyncHost) {
    param($examples)
    foreach ($example in $examples) {
        $script:Operation = $example.operation
        $script:Credential = $null
        try {
            $body = Read-Request -Text ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($example.text)))
            if ($body -isnot [PSCustomObject]) { 'no object' } else { '' }
        } catch {
            $data = $_.Exception.Data['HostError']
            if ($null -eq $data) { "$($_.Exception.Message)" } else { [string] $data.actual }
        }
    }
} $examples
ConvertTo-Json -Compress -InputObject @($found)
`;

function byProgram(examples: readonly RequestExample[]): string[] {
  const input = examples.map(({ operation, text }) => ({ operation, text: Buffer.from(text).toString("base64") }));
  const { status, stdout, stderr } = spawnSync(
    "pwsh",
    ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", READ_ALL],
    { input: JSON.stringify(input), encoding: "utf8", timeout: 100_000 },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as string[];
}

function byStandIn({ operation, text }: RequestExample): string {
  try {
    readRequest(operation, text);
    return "";
  } catch (error) {
    assert.ok(error instanceof Refusal);
    assert.equal(error.error.code, "INVALID_REQUEST");
    return error.error.actual;
  }
}

const expected = REQUEST_EXAMPLES.map(({ title, refused }) => `${title}: ${refused ?? ""}`);
const found = (actual: string[]) => REQUEST_EXAMPLES.map(({ title }, index) => `${title}: ${actual[index]}`);

describe("Requests", function () {
  this.timeout(120_000);

  it("the examples of requests must have each property of each operation, and hundreds of cases", () => {
    assert.ok(REQUEST_EXAMPLES.length > 300, `${REQUEST_EXAMPLES.length}`);
    for (const [operation, schema] of Object.entries(REQUESTS)) {
      const names = Object.keys(schema.shape).filter((name) => name !== "nonce");
      assert.deepEqual(Object.keys(GOOD_REQUESTS[operation as keyof typeof REQUESTS]).sort(), names.sort(), operation);
    }
  });

  it("the stand-in must take and refuse the examples of requests, with the property and the reason", () => {
    assert.deepEqual(found(REQUEST_EXAMPLES.map(byStandIn)), expected);
  });

  it("the host program must take and refuse the same requests, with the same words", function () {
    if (spawnSync("pwsh", ["-NoProfile", "-Command", "exit 0"], { timeout: 30_000 }).status !== 0) this.skip();
    assert.deepEqual(found(byProgram(REQUEST_EXAMPLES)), expected);
  });
});
