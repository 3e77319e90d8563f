/**
 * Reports of Verify-OnServer.ps1 as facts of the sandbox, and what that script may do. The report that is read here was made by
 * the script under pwsh from stubs (host-program/Tests/Stubs/Server.ps1): it shows the form of a report, not of a server.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { serverFixture } from "../../../tools/verify-on-server/report";
import { result } from "../../contract/assertions";
import { ContractHost, ContractWorld, observeRequest } from "../../contract/contract-host";
import { codeOf, functionsOf, readScript, WINDOWS } from "../host/powershell-source";

const SCRIPT = "tools/verify-on-server/Verify-OnServer.ps1";
const MADE = fs.readFileSync(path.join(__dirname, "../../verify-on-server/stubs-under-pwsh.json"), "utf8");

type Fact = { value: unknown; reason: string | null };
function changed(change: (report: { edition: string; version: number; facts: Record<string, Fact> }) => void): string {
  const report = JSON.parse(MADE) as Parameters<typeof change>[0];
  change(report);
  return JSON.stringify(report);
}

describe("a report of a server", function () {
  this.timeout(30_000);
  let world: ContractWorld;
  let host: ContractHost;
  before(async () => {
    world = await ContractWorld.make();
    host = await new ContractHost(world, "model").start();
  });
  after(async () => {
    await host?.stop();
    await world?.close();
  });

  it("must become facts of a sandbox server, which an observation then shows", async () => {
    const { state } = serverFixture(MADE);
    assert.deepEqual(Object.keys(state).sort(), ["defaultShell", "passwordWriteback", "scheduler", "tpm", "version"]);
    host.change((machine) => void Object.assign(machine, { ...state, version: "2.6.91.0" }));
    const answer = result(await host.run("observe", observeRequest()));
    assert.equal(answer.product.version, "2.6.91.0");
    assert.deepEqual(answer.tpm, state.tpm);
    assert.equal(answer.scheduler.StagingModeEnabled, true);
  });

  it("must show parameter sets and types by their names", () => {
    const { cmdlets, shapes } = serverFixture(MADE);
    assert.deepEqual(cmdlets["Add-ADSyncApplicationRegistration"], [["CertificateSHA256Hash", "ApplicationAppId"]]);
    const credential = shapes["Get-ADSyncEntraConnectorCredential"];
    assert.equal(credential["CertificateCredential.CertificateSHA256Hash"], "System.String");
    assert.equal(shapes["Get-ADSyncRunProfileResult"], undefined);
  });

  it("must not count as a real server's unless Windows PowerShell made it", () => {
    assert.equal(serverFixture(MADE).fromServer, false);
    assert.equal(serverFixture(changed((report) => (report.edition = "Desktop"))).fromServer, true);
  });

  it("must leave the sandbox as it is if a fact was not read, and name the reason", () => {
    const text = changed(({ facts }) => (facts.tpm = { value: null, reason: "Access is denied." }));
    const { state, unread } = serverFixture(text);
    assert.equal(state.tpm, undefined);
    assert.equal(unread.tpm, "Access is denied.");
  });

  it("must be refused if it has another version or form", () => {
    assert.throws(() => serverFixture(changed((report) => (report.version = 2))));
    assert.throws(() => serverFixture(changed(({ facts }) => (facts.tpm = { value: "yes", reason: null }))));
    assert.throws(() => serverFixture("{}"));
  });
});

describe("the script that reads a server", () => {
  const text = readScript(SCRIPT);
  const code = codeOf(text);

  it("must be ASCII, in lines of at most 140 columns, with help for each function", () => {
    assert.doesNotMatch(text, /[^\n -~]/);
    assert.deepEqual(
      text.split("\n").filter((line) => line.length > 140),
      [],
    );
    const functions = functionsOf(text);
    assert.ok(functions.length > 15);
    assert.deepEqual(
      functions.filter(({ help }) => !help.includes(".SYNOPSIS")).map(({ name }) => name),
      [],
    );
  });

  it("must call only functions of the host program that exist, and none that changes a server", () => {
    const called = new Set([...code.matchAll(/\b([A-Z][a-z]+-Csi\w+)/g)].map(([, name]) => name));
    const known = new Set(functionsOf(readScript(WINDOWS)).map(({ name }) => name));
    const reading = /^(Get|Test|Import)-/;
    const others = [...called].filter((name) => !known.has(name) || !reading.test(name));
    assert.deepEqual(others, ["New-CsiSignature"]);
  });

  it("must write nothing but its report, start no process, and call no cmdlet that changes something", () => {
    const changing = /\b((?:Set|Add|Remove|Start|Stop|Invoke|Out|Install|Update|Restart|Register)-\w+)/g;
    const calls = [...code.matchAll(changing)].map(([, name]) => name);
    assert.deepEqual(calls, ["Set-StrictMode"]);
    assert.deepEqual(
      [...code.matchAll(/::(Write\w+|Delete\w*|Move\w*|Create\w*)\(/g)].map(([, name]) => name),
      [...["Create", "WriteAllText", "WriteAllLines"]],
    );
    assert.match(code, /Security\.Cryptography\.SHA256\]::Create\(\)/);
  });
});
