import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  checkedCommand,
  installedCommand,
  MAX_COMMAND_LENGTH,
  observeCommand,
  parseBootstrap,
  pipedCommand,
  pipedStdin,
  programManifest,
  removeProgramCommand,
  SHORT_PROGRAM_PATH,
} from "../../../model/protocol/host-bootstrap";
import { bootstrapOf, scriptOf } from "../../helpers/commands";
import { ANSWERS, HOST_OPERATIONS, STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";

const HASH = "0123456789abcdef".repeat(4);
const commands = {
  ...Object.fromEntries(HOST_OPERATIONS.map((name) => [`installed ${name}`, installedCommand(name)])),
  ...Object.fromEntries(HOST_OPERATIONS.map((name) => [`piped ${name}`, pipedCommand(name)])),
  observe: observeCommand(HASH),
  "remove-program": removeProgramCommand(),
};
const script = scriptOf;

describe("Bootstraps", () => {
  for (const [name, command] of Object.entries(commands)) {
    it(`${name}: a bootstrap must survive cmd.exe and PowerShell as default shells`, () => {
      // In double quotes neither shell changes a character but these: $ and ` of PowerShell, % of cmd.exe.
      assert.match(command, /^[A-Za-z0-9+/=. \\:~-]+$/);
      assert.ok(command.length <= MAX_COMMAND_LENGTH, `${command.length} characters`);
    });

    it(`${name}: a bootstrap must not override the organisation's execution policy`, () => {
      assert.doesNotMatch(command, /-ExecutionPolicy|-ep\b/i);
      assert.doesNotMatch(script(command), /(?<!Get)-ExecutionPolicy/i);
    });

    it(`${name}: a bootstrap must be ASCII and recognisable`, () => {
      assert.ok(bootstrapOf(command), "not recognised");
      assert.doesNotMatch(script(command), /[^\n -~]/);
    });
  }

  it("the installed program must be started as a file and in clear text, but for release", () => {
    const path = "C:\\PROGRA~1\\ConnectSyncIdentity\\ConnectSyncHost.ps1";
    for (const name of HOST_OPERATIONS) {
      const begin = `powershell.exe -NoProfile -NonInteractive -File ${path} -Operation ${name}`;
      assert.equal(checkedCommand(name, HASH), `${begin} -Manifest ${HASH} -Full`);
      if (name !== "release") assert.equal(installedCommand(name), begin);
    }
  });

  it("a command that an earlier version wrote into a state must still be recognised", () => {
    for (const name of HOST_OPERATIONS) {
      const earlier = script(installedCommand("release")).replace(" release ", ` ${name} `);
      const expected = { kind: "installed", operation: name, argument: null };
      assert.deepEqual(parseBootstrap({ script: earlier }), expected);
      const checked = { kind: "checked", operation: name, argument: HASH };
      assert.deepEqual(parseBootstrap({ script: `# ConnectSyncHost bootstrap 1 checked ${name} ${HASH}\n` }), checked);
    }
    const removal = parseBootstrap({ script: "# ConnectSyncHost bootstrap 1 remove-program -\n" });
    assert.equal(removal?.kind, "remove-program");
  });

  it("a bootstrap must show its kind, operation and argument", () => {
    const installed = { kind: "installed", operation: "register", argument: null };
    assert.deepEqual(bootstrapOf(installedCommand("register")), installed);
    assert.deepEqual(bootstrapOf(installedCommand("release")), { ...installed, operation: "release" });
    const checked = { kind: "checked", operation: "observe", argument: HASH };
    assert.deepEqual(bootstrapOf(observeCommand(HASH)), checked);
    assert.deepEqual(bootstrapOf(checkedCommand("release", HASH)), { ...checked, operation: "release" });
    assert.deepEqual(bootstrapOf(pipedCommand("observe")), { kind: "piped", operation: "observe", argument: null });
    assert.equal(bootstrapOf(removeProgramCommand())?.kind, "remove-program");
    const scripts = [
      "# ConnectSyncHost bootstrap 2 piped observe",
      "# ConnectSyncHost bootstrap 1 piped rm",
      "rm -rf /",
    ];
    for (const other of scripts) assert.equal(parseBootstrap({ script: other }), null);
    const file = SHORT_PROGRAM_PATH;
    for (const args of [["-Operation", "rm"], ["-Operation", "observe", "-Full"], []]) {
      assert.equal(parseBootstrap({ file, args }), null);
    }
    assert.equal(parseBootstrap({ file: "C:\\x.ps1", args: ["-Operation", "observe"] }), null);
  });

  it("a bootstrap must not change with the program: a new program changes no command resource", () => {
    for (const name of HOST_OPERATIONS) assert.doesNotMatch(installedCommand(name), /[0-9a-f]{64}/i);
  });

  it("a bootstrap must be short if state holds it several times for each server", () => {
    for (const name of HOST_OPERATIONS) assert.ok(installedCommand(name).length < 450, name);
    assert.ok(removeProgramCommand().length < 1150);
  });

  it("release must end with PROGRAM_MISMATCH if the program is absent or never returns its exit code", () => {
    const text = script(installedCommand("release"));
    assert.ok(text.indexOf("$LASTEXITCODE=7") < text.indexOf("ConnectSyncHost.ps1"));
    assert.match(text, /exit \$LASTEXITCODE$/);
  });

  it("a bootstrap must name the expected program by its SHA-256", () => {
    assert.throws(() => observeCommand("A".repeat(64)), /no SHA-256/);
  });

  it("a piped program must be refused by the execution policies that would refuse its file, before any of it runs", () => {
    const text = script(pipedCommand("observe"));
    assert.match(
      text,
      /\$policy="\$\(Get-ExecutionPolicy\)";if\('AllSigned','Restricted' -contains \$policy\)\{Deny 3 EXECUTION_POLICY /,
    );
    assert.ok(text.indexOf("EXECUTION_POLICY") < text.indexOf("[scriptblock]"));
  });

  it("a bootstrap must check the language mode before a piped program does anything that it could forbid", () => {
    const text = script(pipedCommand("observe"));
    assert.ok(text.indexOf("LANGUAGE_MODE") < text.indexOf("[scriptblock]"));
    const beforeMode = text.slice(0, text.indexOf("LANGUAGE_MODE")).replace(/if\(\$full\)\{.*\}/g, "");
    assert.doesNotMatch(beforeMode, /\[[A-Z][\w.]*\]::|New-Object|\.\w+\(/);
  });

  it("a bootstrap must refuse with an answer of the protocol, from one format string", () => {
    for (const command of [pipedCommand("observe"), pipedCommand("register")]) {
      // -f binds tighter than +: a concatenation would be formatted in its last part only.
      const template = /\$line='([^']*)' -f \$json;/.exec(script(command))![1];
      const values = ["PROGRAM_MISMATCH", "m", "e", "a", "r", "sync01"];
      const text = template.replace(/\{\{|\}\}|\{(\d)\}/g, (token, index?: string) =>
        index === undefined ? token[0] : JSON.stringify(values[Number(index)]),
      );
      const answer = JSON.parse(text) as { ok: boolean; server: string };
      assert.ok(ANSWERS.observe.safeParse({ ...answer, operation: "observe" }).success);
      assert.equal(answer.ok, false);
      assert.equal(answer.server, "sync01");
      assert.match(script(command), /\$json=@\(\$Code,\$Message,\$Expected,\$Actual,\$Remedy,\$name\|/);
    }
  });

  it("a bootstrap must copy only ASCII from a request into its answer", () => {
    // \w of .NET matches letters of every script.
    const pattern = /-cmatch '([^']*)'\)\{\$name=/.exec(script(pipedCommand("observe")))?.[1] ?? "";
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
