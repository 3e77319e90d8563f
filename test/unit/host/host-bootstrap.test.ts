import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  checkedCommand,
  decodeCommand,
  installedCommand,
  MAX_COMMAND_LENGTH,
  observeCommand,
  parseBootstrap,
  pipedCommand,
  pipedStdin,
  programManifest,
  removeProgramCommand,
} from "../../../model/protocol/host-bootstrap";
import { ANSWERS, HOST_OPERATIONS, STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";

const HASH = "0123456789abcdef".repeat(4);
const commands = {
  ...Object.fromEntries(HOST_OPERATIONS.map((name) => [`installed ${name}`, installedCommand(name)])),
  ...Object.fromEntries(HOST_OPERATIONS.map((name) => [`piped ${name}`, pipedCommand(name)])),
  observe: observeCommand(HASH),
  "remove-program": removeProgramCommand(),
};
const script = (command: string) => decodeCommand(command)!;

describe("Bootstraps", () => {
  for (const [name, command] of Object.entries(commands)) {
    it(`${name}: a bootstrap must survive cmd.exe and PowerShell as default shells`, () => {
      assert.match(command, /^[A-Za-z0-9+/=. -]+$/);
      assert.ok(command.length <= MAX_COMMAND_LENGTH, `${command.length} characters`);
    });

    it(`${name}: a bootstrap must not override the organisation's execution policy`, () => {
      assert.doesNotMatch(command, /-ExecutionPolicy|-ep\b/i);
      assert.doesNotMatch(script(command), /-ExecutionPolicy|Set-ExecutionPolicy/i);
    });

    it(`${name}: a bootstrap must be ASCII and recognisable`, () => {
      assert.ok(parseBootstrap(script(command)), "not recognised");
      assert.doesNotMatch(script(command), /[^\n -~]/);
    });
  }

  it("a bootstrap must show its kind, operation and argument", () => {
    assert.deepEqual(parseBootstrap(script(installedCommand("register"))), {
      kind: "installed",
      operation: "register",
      argument: null,
    });
    assert.deepEqual(parseBootstrap(script(observeCommand(HASH))), {
      kind: "checked",
      operation: "observe",
      argument: HASH,
    });
    assert.deepEqual(parseBootstrap(script(checkedCommand("release", HASH))), {
      kind: "checked",
      operation: "release",
      argument: HASH,
    });
    assert.deepEqual(parseBootstrap(script(pipedCommand("observe"))), {
      kind: "piped",
      operation: "observe",
      argument: null,
    });
    assert.deepEqual(parseBootstrap(script(removeProgramCommand())), {
      kind: "remove-program",
      operation: null,
      argument: null,
    });
    assert.equal(parseBootstrap("# ConnectSyncHost bootstrap 2 installed observe"), null);
    assert.equal(parseBootstrap("# ConnectSyncHost bootstrap 1 installed rm"), null);
    assert.equal(decodeCommand("rm -rf /"), null);
  });

  it("a bootstrap must not change with the program: a new program changes no command resource", () => {
    for (const name of HOST_OPERATIONS) assert.doesNotMatch(script(installedCommand(name)), /[0-9a-f]{64}/i);
  });

  it("a bootstrap must be short if state holds it several times for each server", () => {
    for (const name of HOST_OPERATIONS) assert.ok(installedCommand(name).length < 450, name);
    assert.ok(removeProgramCommand().length < 1150);
  });

  it("a bootstrap must end with PROGRAM_MISMATCH if the program is absent or never returns its exit code", () => {
    const text = script(installedCommand("register"));
    assert.ok(text.indexOf("$LASTEXITCODE=7") < text.indexOf("ConnectSyncHost.ps1"));
    assert.match(text, /exit \$LASTEXITCODE$/);
  });

  it("a bootstrap must observe only with the expected program, and check every file of it", () => {
    const text = script(observeCommand(HASH));
    assert.ok(text.indexOf("Get-FileHash") < text.indexOf("PROGRAM_MISMATCH"));
    assert.ok(text.indexOf("PROGRAM_MISMATCH") < text.indexOf('& "$folder/ConnectSyncHost.ps1"'));
    assert.match(text, /foreach\(\$file in 'ConnectSyncHost\.ps1','Windows\.ps1'\)/);
    assert.match(text, new RegExp(`-ne '${HASH}'`));
    assert.throws(() => observeCommand("A".repeat(64)), /no SHA-256/);
  });

  it("a bootstrap must check the language mode before a piped program does anything that it could forbid", () => {
    const text = script(pipedCommand("observe"));
    assert.ok(text.indexOf("LANGUAGE_MODE") < text.indexOf("[scriptblock]"));
    const beforeMode = text.slice(0, text.indexOf("LANGUAGE_MODE")).replace(/if\(\$full\)\{.*\}/g, "");
    assert.doesNotMatch(beforeMode, /\[[A-Z][\w.]*\]::|New-Object|\.\w+\(/);
    assert.doesNotMatch(script(observeCommand(HASH)), /LANGUAGE_MODE/);
  });

  it("a bootstrap must refuse with an answer of the protocol, from one format string", () => {
    for (const command of [observeCommand(HASH), pipedCommand("observe")]) {
      // -f binds tighter than +: a concatenation would be formatted in its last part only.
      const template = /\$line='([^']*)' -f \$json;/.exec(script(command))![1];
      const values = ["PROGRAM_MISMATCH", "m", "e", "a", "r", "sync01"];
      const text = template.replace(/\{\{|\}\}|\{(\d)\}/g, (token, index?: string) =>
        index === undefined ? token[0] : JSON.stringify(values[Number(index)]),
      );
      const answer = ANSWERS.observe.parse(JSON.parse(text));
      assert.equal(answer.ok, false);
      assert.equal(answer.server, "sync01");
      assert.match(script(command), /\$json=@\(\$Code,\$Message,\$Expected,\$Actual,\$Remedy,\$name\|/);
    }
  });

  it("a bootstrap must copy only ASCII from a request into its answer", () => {
    // \w of .NET matches letters of every script.
    const pattern = /-cmatch '([^']*)'\)\{\$name=/.exec(script(observeCommand(HASH)))?.[1] ?? "";
    assert.doesNotMatch(pattern, /\\w/);
    assert.equal(new RegExp(pattern).exec('{"server":"sync01","label":"x"}')?.[1], "sync01");
    assert.equal(new RegExp(pattern).exec('{"server":"z\u00fcrich"}'), null);
  });

  it("a bootstrap must not remove the program while a pause still needs it", () => {
    const text = script(removeProgramCommand());
    assert.ok(text.indexOf("pause.json") >= 0 && text.indexOf("pause.json") < text.indexOf("Remove-Item"));
  });
});

describe("Stdin of a piped program", () => {
  it("the stdin of a piped program must contain the three parts between separator lines", () => {
    const stdin = pipedStdin("function A {}\r\n", "param()", '{"protocol":1}');
    assert.deepEqual(stdin.split(`${STDIN_SEPARATOR}\n`), ["function A {}\n", "param()\n", '{"protocol":1}\n']);
  });

  it("the stdin of a piped program must not contain what the host would misread", () => {
    assert.throws(() => pipedStdin("ä", "b", "{}"), /Windows\.ps1 holds characters other than ASCII/);
    assert.throws(() => pipedStdin("a", `b\n${STDIN_SEPARATOR}\n`, "{}"), /ConnectSyncHost\.ps1 holds the line/);
    assert.throws(() => pipedStdin("a", "b", '{"x":"é"}'), /the request holds/);
  });
});

describe("Manifest", () => {
  it("a manifest must be identical for the same files in any order", () => {
    const one = programManifest({ "b.ps1": "2", "a.ps1": Buffer.from("1") });
    assert.deepEqual(one, programManifest({ "a.ps1": "1", "b.ps1": "2" }));
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    assert.deepEqual(JSON.parse(one.text), { files: { "a.ps1": sha256("1"), "b.ps1": sha256("2") } });
    assert.equal(one.sha256, sha256(one.text));
    assert.ok(one.text.endsWith("}\n"));
  });
});
