/** What the script that opens SSH on a server must and must not do, read from its text; nothing here runs it. */
import assert from "node:assert/strict";
import { codeOf, functionsOf, readScript, SETUP } from "./powershell-source";

const text = readScript(SETUP);
const functions = functionsOf(text);
const body = (name: string) => {
  const found = functions.find((entry) => entry.name === name);
  assert.ok(found, `there is no function ${name}`);
  return found.body;
};

/** Whatever changes a server. */
const CHANGES =
  /\b(?:Add-WindowsCapability|New-NetFirewallRule|Remove-NetFirewallRule|Disable-NetFirewallRule|Set-Acl|Set-Service|(?:Re)?[Ss]tart-Service|Remove-Item|Copy-Item)\b|WriteAllText\(/;

describe("host-program/Open-Ssh/Open-Ssh.ps1", () => {
  it("Open-Ssh.ps1 must refuse a caller without administrator rights, and bad input, before it changes anything", () => {
    const main = text.slice(text.lastIndexOf("\n}\n", text.indexOf("\nif (-not (Test-Elevated))")));
    const order = ["Test-Elevated", "throw", "Read-PublicKey", "Assert-Address", "Assert-User", "Set-Firewall"];
    const places = order.map((name) => main.indexOf(name));
    assert.ok(
      places.every((place) => place > 0),
      String(places),
    );
    assert.deepEqual(
      places,
      [...places].sort((left, right) => left - right),
    );
  });

  it("Open-Ssh.ps1 must change nothing without ShouldProcess, so that -WhatIf changes nothing", () => {
    assert.match(text, /^\[CmdletBinding\(SupportsShouldProcess = \$true/m);
    const changing = functions.filter((entry) => CHANGES.test(codeOf(entry.body)));
    assert.deepEqual(
      changing.map(({ name }) => name),
      ["Add-SshServer", "Set-Firewall", "Set-AuthorizedKey", "Set-SshConfiguration", "Set-SshService"],
    );
    for (const { name, body: code } of changing) {
      assert.match(code, /\[CmdletBinding\(SupportsShouldProcess = \$true\)\]/, name);
      const lines = codeOf(code).split("\n");
      const first = lines.findIndex((line) => CHANGES.test(line));
      const asked = lines.findIndex((line) => line.includes("$PSCmdlet.ShouldProcess("));
      assert.ok(asked >= 0 && asked < first, `${name}: changes before it asks`);
      const says = lines.filter((line) => /\bWrite-Change -Changed \$(?:true|false)/.test(line)).join("\n");
      assert.ok(
        says.includes("$true") && says.includes("$false"),
        `${name}: must say what it changed, and that it had not to`,
      );
    }
    const functionText = functions.reduce((rest, entry) => rest.replace(entry.body, ""), text);
    assert.doesNotMatch(codeOf(functionText), CHANGES);
  });

  it("Open-Ssh.ps1 must restrict the key as far as its work allows: no terminal, no forwarding, only these addresses", () => {
    assert.match(body("Set-AuthorizedKey"), /\$line = "restrict,from=`"\$\(\$Address -join ','\)`" /);
    assert.doesNotMatch(text, /^\s*'?(?:ForceCommand|ChrootDirectory)/m);
  });

  it("Open-Ssh.ps1 must let an agent with several keys try each of them, and end a session whose client is gone", () => {
    const settings = [...body("Get-WantedConfiguration").matchAll(/^ +'(\w+) (\d+)'$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    const { MaxAuthTries, ClientAliveInterval, ClientAliveCountMax } = Object.fromEntries(settings) as Record<
      string,
      number
    >;
    assert.ok(MaxAuthTries >= 6);
    assert.ok(ClientAliveInterval > 0 && ClientAliveInterval * ClientAliveCountMax <= 300);
  });

  it("Open-Ssh.ps1 must leave only login by key, for the one user", () => {
    const block = body("Get-WantedConfiguration");
    for (const line of [
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PubkeyAuthentication yes",
      "AllowTcpForwarding no",
      "AllowAgentForwarding no",
    ]) {
      assert.ok(block.includes(`'${line}'`), line);
    }
    assert.match(block, /"AllowUsers \$\(\$Account\.ToLowerInvariant\(\)\)"/);
    assert.match(block, /return "\$block`r`n\$rest"/, "sshd takes the first value of a setting");
  });

  it("Open-Ssh.ps1 must let sshd check new settings before they replace the old ones", () => {
    const code = body("Set-SshConfiguration");
    const tried = code.indexOf("& $sshd -t -f $tried");
    assert.ok(tried > 0 && tried < code.indexOf("WriteAllText($file"));
    assert.match(code, /if \(\$LASTEXITCODE -ne 0\) \{\s+Remove-Item -LiteralPath \$tried\s+throw /);
  });

  it("Open-Ssh.ps1 must give the key's file to SYSTEM and Administrators only, without inheritance", () => {
    assert.match(text, /^\$script:KeyFileSecurity = 'O:BAD:PAI\(A;;FA;;;SY\)\(A;;FA;;;BA\)'$/m);
    assert.match(body("Set-AuthorizedKey"), /Set-Acl -LiteralPath \$file -AclObject \$security/);
  });

  it("Open-Ssh.ps1 must close the port for other addresses before anything listens, and again after the installation", () => {
    const main = text.slice(text.indexOf("\nif (-not (Test-Elevated))"));
    const calls = main.match(/^(?:Set|Add|Write)-\w+/gm);
    assert.deepEqual(calls, [
      ...["Set-Firewall", "Add-SshServer", "Set-Firewall", "Set-SshService"],
      ...["Set-AuthorizedKey", "Set-SshConfiguration", "Write-PinLine"],
    ]);
    assert.match(body("Set-Firewall"), /Disable-NetFirewallRule -Name \$script:WideRuleName/);
  });

  it("Open-Ssh.ps1 must refuse a private key, a key with options, and an address range that includes everyone", () => {
    const key = /-cnotmatch '(\^\(ssh-ed25519[^\n]*)'\) \{/.exec(body("Read-PublicKey"));
    const pattern = new RegExp(key![1]);
    assert.match("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQ pipeline", pattern);
    for (const line of [
      'command="x" ssh-ed25519 AAAA',
      "ssh-rsa AAAA",
      'ssh-ed25519 AAAA a"b',
      "ssh-ed25519 AAAA a\nssh-ed25519 BBBB",
    ]) {
      assert.doesNotMatch(line, pattern, line);
    }
    assert.match(body("Read-PublicKey"), /-cmatch 'PRIVATE KEY'\) \{\s+throw /);
    assert.match(body("Assert-Address"), /\$prefix -lt \$least -or \$prefix -gt \$bits/);
    assert.match(body("Assert-Address"), /\$least = 8\b[\s\S]*\$least = 32\b/);
  });

  it("Open-Ssh.ps1 must never remove another key", () => {
    assert.match(body("Set-AuthorizedKey"), /\$after = @\(\$others\) \+ @\(\$line\)/);
  });
});
