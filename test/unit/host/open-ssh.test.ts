/** Rules for the text of the script that opens SSH on a server. What it does, its Pester tests show. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { codeOf, functionsOf, readScript, SETUP } from "./powershell-source";

const TESTS = "host-program/Open-Ssh/Tests";
const text = readScript(SETUP);
const functions = functionsOf(text);

/** Cmdlets of modules that this script calls: they do not see its `$ErrorActionPreference`. */
const MODULES =
  /\b(?:(?:Get|New|Set|Remove|Enable|Disable)-NetFirewall\w+|(?:Get|Set|Start|Stop|Restart)-Service|Get-Local\w+|Get-CimInstance|\w+-WindowsCapability|(?:Get|Set)-Acl)\b/;
/** Whatever changes a server. */
const CHANGES =
  /\b(?:Add-WindowsCapability|(?:New|Set|Remove|Enable|Disable)-NetFirewallRule|Set-Acl|(?:Set|Start|Stop|Restart)-Service|Remove-Item|Copy-Item|Move-Item)\b/;
/** The cmdlet's own name in a function of this script. */
const calls = (code: string) =>
  codeOf(code)
    .split("\n")
    .filter((line) => MODULES.test(line) && !/^\s*function /.test(line));

describe("host-program/Open-Ssh/Open-Ssh.ps1", () => {
  it("Open-Ssh.ps1 must end at the error of each cmdlet of a module", () => {
    const own = new Set(functions.map(({ name }) => name));
    const lines = calls(text).filter((line) => ![...own].some((name) => MODULES.exec(line)?.[0] === name));
    assert.ok(lines.length >= 15, String(lines.length));
    for (const line of lines) assert.match(line, /-ErrorAction Stop\b/, line);
    assert.doesNotMatch(codeOf(text), /SilentlyContinue|-ErrorAction Ignore/);
  });

  it("Open-Ssh.ps1 must change something only within a step, which asks ShouldProcess and reads again", () => {
    const plan = functions.find(({ name }) => name === "Invoke-Plan")!.body;
    const changing = functions.filter(({ name, body }) => CHANGES.test(codeOf(body)) && name !== "Invoke-Plan");
    assert.deepEqual(
      changing.map(({ name }) => name),
      ["Set-KeyFileSecurity", "Add-SshServer", "Set-OwnRule", "Set-SshService"],
    );
    const sets = [...plan.matchAll(/-Set (?:\{[^\n]*\}|\$\w+)/g)].map(([found]) => found).join("\n");
    for (const { name } of changing) assert.ok(sets.includes(name), name);
    for (const line of codeOf(plan)
      .split("\n")
      .filter((one) => CHANGES.test(one)))
      assert.match(line, /-Set \{/);
    const step = functions.find(({ name }) => name === "Invoke-Step")!.body;
    assert.match(step, /\$PSCmdlet\.ShouldProcess\([\s\S]*& \$Set[\s\S]*& \$Test/);
  });

  it("Open-Ssh.ps1 must have help and an output type for every function, and no line over 140 columns", () => {
    for (const { name, help, parameters, body } of functions) {
      assert.match(help, /\.SYNOPSIS/, name);
      assert.match(body, /\[CmdletBinding\(/, name);
      assert.match(body, /\[OutputType\(/, name);
      assert.match(name, /^(?:Add|Assert|ConvertFrom|ConvertTo|Get|Invoke|Read|Resolve|Set|Test|Write)-\w+$/);
      for (const parameter of parameters) assert.ok(help.includes(`.PARAMETER ${parameter}`), `${name} ${parameter}`);
    }
    const tests = fs.readdirSync(path.join(__dirname, "../../..", TESTS)).map((name) => `${TESTS}/${name}`);
    for (const file of [SETUP, ...tests])
      for (const line of readScript(file).split("\n")) assert.ok(line.length <= 140, `${file}: ${line}`);
  });

  it("Open-Ssh.ps1 must let an agent with several keys try each of them, and end a session whose client is gone", () => {
    const settings = Object.fromEntries(
      [...text.matchAll(/^ +'(\w+) (\d+)'$/gm)].map(([, name, value]) => [name, Number(value)]),
    );
    assert.ok(settings.MaxAuthTries >= 6);
    assert.ok(settings.ClientAliveInterval > 0 && settings.ClientAliveInterval * settings.ClientAliveCountMax <= 300);
  });

  it("Open-Ssh.ps1 must leave commands and SFTP to the key: no forced command, no other root", () => {
    assert.doesNotMatch(text, /^\s*'?(?:ForceCommand|ChrootDirectory)/m);
  });
});
