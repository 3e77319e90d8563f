/** Holds the PowerShell program against the contract in TypeScript: operations, requests, errors, markers, functions. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { HOST_ERRORS, HOST_OPERATIONS } from "../../../model/protocol/host-protocol";
import { codeOfMessage, HOST_MESSAGES, type HostMessageId } from "../../../model/protocol/host-messages";
import type { HostMessage } from "../../../model/protocol/host-credential-messages";
import { STEPS } from "../../../model/protocol/host-progress";
import { KEY_FAULT_CODES } from "../../../sandbox/server/program/key-faults";
import { REFUSAL_CODES } from "../../../model/protocol/host-constants";
import { TOKEN_ERRORS } from "../../../model/tenant/token-errors";
import { WINDOWS_FUNCTIONS } from "../../../sandbox/server/pwsh/functions";
import { builtHostProgram, dataFiles } from "../../../tools/host-program/build";
import { PROGRAM_CONSTANTS, WINDOWS_CONSTANTS } from "../../../tools/host-program/data";
import { netPattern } from "../../../tools/host-program/request-rows";
import { codeOf, functionsOf, PROGRAM, readScript, WINDOWS } from "./powershell-source";

const HOST = path.join(__dirname, "../../../host");
const SOURCES = path.join(__dirname, "../../../host-program");
/** The program with each command on one line, as PowerShell reads it. */
const program = readScript(PROGRAM).replace(/ `\n\s+/g, " ");
const protocol = readScript("host-program/PROTOCOL.md");

/** Sentence and remedy of a message. */
const messages = Object.entries<HostMessage>(HOST_MESSAGES).map(([id, { message, remedy }]) => ({
  id,
  text: message + remedy,
}));

describe("Host program in PowerShell", () => {
  it("the host program must know the operations of the contract, and those of its own task and child process", () => {
    const set = /\[ValidateSet\(([^)]*)\)\]\n\s+\[string\] \$Operation/.exec(program)?.[1] ?? "";
    assert.deepEqual(
      [...set.matchAll(/'([\w-]+)'/g)].map((match) => match[1]),
      [...HOST_OPERATIONS, "restore", "run-cmdlet"],
    );
  });

  it("the host program must have a message for every error, and none for another", () => {
    const codes = new Set(messages.map(({ id }) => codeOfMessage(id as HostMessageId)));
    // The bootstrap of a piped program refuses by itself.
    assert.deepEqual([...codes, "EXECUTION_POLICY"].sort(), Object.keys(HOST_ERRORS).sort());
  });

  it("the host program must refuse only with ids of the message table, and use every one of them", () => {
    const used = new Set([...program.matchAll(/-(?:Missing)?Id '([A-Z][\w.]+)'/g)].map((match) => match[1]));
    const known = new Set(messages.map(({ id }) => id));
    assert.deepEqual(
      [...used].filter((id) => !known.has(id)),
      [],
    );
    assert.deepEqual(
      [...known].filter((id) => !used.has(id)),
      [],
    );
  });

  it("the host program must fill every placeholder of a message", () => {
    let calls = 0;
    for (const { id, text } of messages) {
      const wanted = new Set([...text.matchAll(/\{(\d)\}/g)].map((match) => match[1])).size;
      if (wanted === 0) continue;
      for (const call of program.matchAll(new RegExp(`-Id '${id.replace(".", "\\.")}'[^\\n]*`, "g"))) {
        let detail = codeOf(call[0].slice(call[0].indexOf("-Detail"))).split(" -OperatorCommand")[0];
        for (let last = ""; detail !== last;) [last, detail] = [detail, detail.replace(/\([^()]*\)/g, "x")];
        const given = call[0].includes("-Detail") ? detail.split(",").length : 0;
        assert.equal(given, wanted, call[0]);
        calls += 1;
      }
    }
    assert.ok(calls > 20, `${calls}`);
  });

  it("an HRESULT must prove one thing about a key, and be written as the program writes it", () => {
    const codes = Object.values(KEY_FAULT_CODES).flat();
    assert.equal(new Set(codes).size, codes.length);
    for (const code of codes) assert.match(code, /^0x[0-9A-F]{8}$/);
  });

  it("no code of Entra that passes may count as a refused credential", () => {
    for (const code of REFUSAL_CODES) assert.notEqual(TOKEN_ERRORS[code].kind, "passing", code);
  });

  it("a pattern of a request must mean the same to .NET, or be refused when the program is built", () => {
    assert.equal(netPattern("^https?:\\/\\/[a-z]+$"), "\\A(?:https?://[a-z]+)\\z");
    for (const source of ["^\\d$", "^[\\w-]$", "a$", "^a", "^[^a]$", "^(?<name>a)$"]) {
      assert.throws(() => netPattern(source), /not for both languages/, source);
    }
  });

  it("a value of the data must be set once in its script, and used there", () => {
    for (const [file, constants] of [
      [PROGRAM, { ...PROGRAM_CONSTANTS, Messages: null, Requests: null }],
      [WINDOWS, WINDOWS_CONSTANTS],
    ] as const) {
      const code = readScript(file);
      for (const name of Object.keys(constants)) {
        assert.equal(code.match(new RegExp(`^\\$script:${name} = `, "gm"))?.length, 1, name);
        assert.ok(code.match(new RegExp(`\\$script:${name}\\b`, "g"))!.length > 1, `${name} is not used`);
      }
    }
  });

  it("the data of the program must be on one page of values: no file of the tree sets one of them", () => {
    const names = [...Object.keys(PROGRAM_CONSTANTS), ...Object.keys(WINDOWS_CONSTANTS), "Messages", "Requests"];
    const set = new RegExp(`^\\$script:(?:${names.join("|")}) = `, "m");
    for (const folder of ["Public", "Private", "Windows"]) {
      for (const name of fs.readdirSync(path.join(SOURCES, folder))) {
        assert.doesNotMatch(fs.readFileSync(path.join(SOURCES, folder, name), "utf8"), set, `${folder}/${name}`);
      }
    }
  });

  it("the host program must return the server even in a constrained language mode where nothing else works", () => {
    const early = program.slice(0, program.lastIndexOf("exit 3", program.indexOf("function ")));
    assert.match(early, /if \(\$Request -cmatch '"server":[^\n]*\n\s+\$constrained = \$Matches\[1\]/);
    assert.match(early, /"server":"' \+ \$constrained \+ '"/);
    assert.match(early, /if \(-not \$Full\) \{\n\s+Write-Output -InputObject \("\$\{constrained\}: LANGUAGE_MODE: /);
    const { message, remedy } = HOST_MESSAGES.LANGUAGE_MODE;
    assert.doesNotMatch(message + remedy, /["\\{}]/, "it goes into JSON and is not filled in");
    assert.ok(early.includes(`'${message}'`) && early.includes(`'${remedy}'`), "both are on one line");
  });

  it("the host program must report steps of the contract only, and each of them", () => {
    const reported = [...program.matchAll(/(?:Write-Step -Id|\$step =) '([^']+)'/g)].map(([, id]) => id);
    assert.deepEqual([...new Set(reported)].sort(), Object.keys(STEPS).sort());
    assert.equal([...program.matchAll(/Write-Step -Id \$/g)].length, 1);
    for (const text of Object.values(STEPS)) assert.ok(protocol.includes(`\`${text}\``), `PROTOCOL.md lacks: ${text}`);
  });

  it("the end of a certificate on Windows must be counted from its start, which is ten minutes ago", () => {
    const [, start, end] = /\.CreateSelfSigned\((\$now\.AddMinutes\(-10\)), (.+)\)$/m.exec(readScript(WINDOWS)) ?? [];
    assert.equal(end, `${start}.AddDays($LifetimeDays)`);
  });

  it("the host program must call only functions of Windows.ps1 that the interface has", () => {
    const known = new Set(Object.values(WINDOWS_FUNCTIONS).map(({ name }) => name));
    const called = new Set([...codeOf(program).matchAll(/\b[A-Z][a-z]+-Csi\w+/g)].map((match) => match[0]));
    // What the child process and the proof of the restore task do, which a server alone has.
    for (const name of ["Invoke-CsiCmdletRequest", "Write-CsiTaskProof"]) called.delete(name);
    assert.deepEqual(
      [...called].filter((name) => !known.has(name)),
      [],
    );
    assert.deepEqual(
      [...known].filter((name) => !called.has(name)),
      [],
    );
  });

  it("PROTOCOL.md must list every error with its exit code, every function, and the operations", () => {
    for (const [code, exit] of Object.entries(HOST_ERRORS)) {
      assert.match(protocol, new RegExp(`^\\| \`${code}\` +\\| ${exit} `, "m"), code);
    }
    const parameters = new Map(functionsOf(readScript(WINDOWS)).map((entry) => [entry.name, entry.parameters]));
    for (const [method, { name }] of Object.entries(WINDOWS_FUNCTIONS)) {
      const call = [name, ...parameters.get(name)!.map((parameter) => `-${parameter}`)].join(" ");
      assert.match(protocol, new RegExp(`^\\| \`${method}\` +\\| \`${call}\``, "m"), name);
    }
    for (const operation of HOST_OPERATIONS) assert.match(protocol, new RegExp(`^### ${operation}$`, "m"));
  });

  it("the installed files must be what is built from their sources: npm run host-program builds them", () => {
    const { files } = builtHostProgram();
    assert.deepEqual(Object.keys(files).sort(), fs.readdirSync(HOST).sort());
    for (const [name, text] of Object.entries(files)) {
      assert.equal(fs.readFileSync(path.join(HOST, name), "utf8"), text, name);
    }
  });

  it("the data files must be what is written from the model, in ASCII and lines that fit", () => {
    for (const [name, text] of Object.entries(dataFiles())) {
      assert.equal(fs.readFileSync(path.join(SOURCES, name), "utf8"), text, name);
      assert.match(text, /^(?:[ -~]{0,140}\n)+$/, name);
    }
  });

  it("each source file must begin with what it may do to a server", () => {
    for (const folder of ["Public", "Private", "Windows"]) {
      for (const name of fs.readdirSync(path.join(SOURCES, folder))) {
        const first = fs.readFileSync(path.join(SOURCES, folder, name), "utf8").split("\n\n")[0];
        assert.match(first, /^# [^#]{20,}\.$/, `${folder}/${name}`);
      }
    }
  });

  it("the module must export one function for each operation, from a file of its own", () => {
    const exported = [...readScript("host-program/ConnectSyncHost.psd1").matchAll(/'(Invoke-(\w+))'/g)];
    const operations = fs.readdirSync(path.join(SOURCES, "Public")).map((name) => path.basename(name, ".ps1"));
    assert.deepEqual(exported.map(([, , operation]) => operation).sort(), operations.sort());
    for (const [, name, operation] of exported) {
      assert.ok(readScript(`host-program/Public/${operation}.ps1`).includes(`function ${name} {`), name);
    }
    assert.equal(operations.length, HOST_OPERATIONS.length + 1);
  });
});
