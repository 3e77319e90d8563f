/** The administrator's credential in the PowerShell program: how it comes in, where it goes, and that it does not get out. */
import assert from "node:assert/strict";
import { installedCommand, observeCommand, pipedCommand } from "../../../model/protocol/host-bootstrap";
import { scriptOf } from "../../helpers/commands";
import { HOST_OPERATIONS } from "../../../model/protocol/host-protocol";
import { REQUESTS } from "../../../model/protocol/host-requests";
import { codeOf, functionsOf, PROGRAM, readScript, WINDOWS } from "./powershell-source";

const program = new Map(functionsOf(readScript(PROGRAM)).map((entry) => [entry.name, entry]));
const windows = new Map(functionsOf(readScript(WINDOWS)).map((entry) => [entry.name, entry]));

/** What Read-Credential leaves of a request, and what it takes: its expression means the same here. */
function readCredential(text: string): { rest: string; taken: Record<string, string> } {
  const source = /\$pattern = '([^\n]*)'\n/.exec(program.get("Read-Credential")!.body)?.[1];
  const pattern = new RegExp(source!, "g");
  const taken = [...text.matchAll(pattern)].map(([, name, value]) => [name, JSON.parse(`"${value}"`) as string]);
  return { rest: text.replace(pattern, '"$1":"***"'), taken: Object.fromEntries(taken) as Record<string, string> };
}

const ascii = (value: unknown) =>
  JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("The credential in the host program", () => {
  for (const password of ['p"w', "back\\slash\\", "$1 `$(x)", "p\u00e4ss \ud83d\ude00", '","password":"x', "{}[]:,"]) {
    it(`the credential must be removed from a request completely: ${ascii(password)}`, () => {
      const credential = { userName: "admin@contoso.onmicrosoft.com", password };
      const { rest, taken } = readCredential(ascii({ protocol: 1, server: "sync01", credential }));
      assert.deepEqual(taken, credential);
      const hidden = { userName: "***", password: "***" };
      assert.deepEqual(JSON.parse(rest), { protocol: 1, server: "sync01", credential: hidden });
    });
  }

  it("the credential must be removed before the request is parsed", () => {
    const { body } = program.get("Read-Request")!;
    const taken = body.indexOf("$plain = Read-Credential -Text $Text");
    const parsed = body.indexOf("Read-JsonText -Text $plain");
    assert.ok(taken > 0 && parsed > taken);
    assert.equal(body.match(/Json/g)?.length, 1);
  });

  it("the credential must not be bound to a parameter of a cmdlet: module logging writes those", () => {
    const commands = codeOf(program.get("Read-Credential")!.body).match(/\b[A-Z][a-z]+-[A-Z]\w+/g);
    assert.deepEqual(commands, ["New-Object"]);
    const scripts = HOST_OPERATIONS.flatMap((name) => [installedCommand(name), pipedCommand(name)]);
    for (const command of [...scripts, observeCommand("0".repeat(64))]) {
      assert.doesNotMatch(scriptOf(command), /\$input\s*\||\$text\s*\||Out-String/);
    }
  });

  it("the credential must not reach a file, a process or the environment", () => {
    for (const name of ["Invoke-CsiCredentialCmdlet", "Invoke-CsiRollback", "Invoke-CsiLegacyAccountRemoval"]) {
      const { body } = windows.get(name)!;
      assert.doesNotMatch(
        codeOf(body),
        /IO\.|Write-|Process|Environment|\$env:|ConvertTo-|GetNetworkCredential|Export-/,
        name,
      );
      assert.doesNotMatch(body, /"[^"\n]*\$(?:\w+\.)?Credential/, name);
    }
  });

  it("the credential must be hidden in every text of an error", () => {
    const { body } = program.get("Invoke-Program")!;
    assert.match(body, /foreach \(\$name in 'message', 'expected', 'actual', 'remedy'\)/);
    assert.match(body, /\$answer\.error\[\$name\] = Hide-Credential -Text \$answer\.error\[\$name\]/);
    assert.ok(body.indexOf("Hide-Credential") < body.indexOf("Write-Answer"));
  });

  it("the credential must be requested by two operations only", () => {
    const asked = HOST_OPERATIONS.filter((operation) => "credential" in REQUESTS[operation].shape);
    assert.deepEqual(asked, ["rollback", "remove-legacy-account"]);
  });
});
