/** Holds the PowerShell program against the contract in TypeScript: operations, requests, errors, markers, functions. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { z, type ZodObject } from "zod";
import {
  ANSWER_BEGIN,
  ANSWER_END,
  LONGEST_ANSWER_TEXT,
  CertificateRequest,
  DiagnoseRequest,
  HOST_ERRORS,
  HOST_OPERATIONS,
  ObserveRequest,
  PROTOCOL_VERSION,
  RegisterRequest,
  ReleaseRequest,
  RemoveLegacyAccountRequest,
  RollbackRequest,
  SOFTWARE_PROVIDER,
  TPM_PROVIDER,
} from "../../../model/protocol/host-protocol";
import { MOST_STEP_LINES, STEPS, TELL_AT_SECONDS } from "../../../model/protocol/host-progress";
import { KEY_FAULT_CODES } from "../../../sandbox/server/program/key-faults";
import { WINDOWS_FUNCTIONS } from "../../../sandbox/server/pwsh/functions";
import { builtHostProgram } from "../../../tools/host-program/build";
import { codeOf, functionsOf, PROGRAM, readScript, SANDBOX_WINDOWS, WINDOWS } from "./powershell-source";

const HOST = path.join(__dirname, "../../../host");
const SOURCES = path.join(__dirname, "../../../host-program");
/** The program with each command on one line, as PowerShell reads it. */
const program = readScript(PROGRAM).replace(/ `\n\s+/g, " ");
const protocol = readScript("host-program/PROTOCOL.md");

/** Ids of the table of messages, with their exit codes. */
const messages = [
  ...program.matchAll(/^ {4}'([A-Z_]+(?:\.\w+)?)' = @\{\n {8}Exit {4}= (\d+)\n([\s\S]*?)\n {4}\}$/gm),
].map(([, id, exit, text]) => ({ id, code: id.split(".")[0], exit: Number(exit), text }));

/** Property names of a shape's text, down to `depth` braces. */
function shapeOf(name: string): string {
  const start = new RegExp(`^ *${name.replace("$", "\\$")} += @\\{`, "m").exec(program)?.index ?? -1;
  assert.ok(start >= 0, name);
  const from = program.indexOf("@{", start);
  let depth = 0;
  for (let index = from; index < program.length; index += 1) {
    if (program[index] === "{") depth += 1;
    if (program[index] === "}" && --depth === 0) return program.slice(from + 2, index);
  }
  throw new Error(`${name} does not end`);
}

const topLevelNames = (shape: string) =>
  [...shape.replace(/@\(?,? ?@?\{[^}]*\}\)?/g, "'nested'").matchAll(/(\w+) = '/g)].map((match) => match[1]).sort();
/** What a request must have; the nonce, which each may have, is in a table of its own. */
const schemaNames = (schema: ZodObject) =>
  Object.keys(schema.shape)
    .filter((name) => name !== "nonce")
    .sort();

describe("Host program in PowerShell", () => {
  it("the host program must know the operations of the contract, and those of its own task and child process", () => {
    const set = /\[ValidateSet\(([^)]*)\)\]\n\s+\[string\] \$Operation/.exec(program)?.[1] ?? "";
    assert.deepEqual(
      [...set.matchAll(/'([\w-]+)'/g)].map((match) => match[1]),
      [...HOST_OPERATIONS, "restore", "run-cmdlet"],
    );
  });

  it("the host program must have a message with the contract's exit code for every error", () => {
    const codes = new Set(messages.map(({ code }) => code));
    // The bootstrap of a piped program refuses by itself.
    assert.deepEqual([...codes, "EXECUTION_POLICY"].sort(), Object.keys(HOST_ERRORS).sort());
    for (const { id, code, exit } of messages) assert.equal(exit, HOST_ERRORS[code as keyof typeof HOST_ERRORS], id);
  });

  it("the host program must refuse only with ids of the message table, and use every one of them", () => {
    const used = new Set([...program.matchAll(/-Id '([\w.]+)'/g)].map((match) => match[1]));
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

  it("the host program must take the same HRESULTs for proof as its stand-in", () => {
    const table = /^\$script:KeyFaults = @\{\n([^}]*)\}/m.exec(program)?.[1] ?? "";
    const faults = [...table.matchAll(/'(0x[0-9A-F]{8})' = '(\w+)'/g)].map(([, code, fault]) => [code, fault]);
    const expected = Object.entries(KEY_FAULT_CODES).flatMap(([fault, codes]) => codes.map((code) => [code, fault]));
    assert.deepEqual(faults.sort(), expected.sort());
    assert.equal(new Set(faults.map(([code]) => code)).size, faults.length, "an HRESULT proves two things");
  });

  it("the host program must accept exactly the properties of each request", () => {
    const shapes: [string, ZodObject][] = [
      ["'observe'", ObserveRequest],
      ["'diagnose'", DiagnoseRequest],
      ["$script:CertificateShape", CertificateRequest],
      ["'release'", ReleaseRequest],
      ["'register'", RegisterRequest],
      ["'rollback'", RollbackRequest],
      ["'remove-legacy-account'", RemoveLegacyAccountRequest],
    ];
    for (const [name, schema] of shapes) {
      assert.deepEqual(topLevelNames(shapeOf(name)), schemaNames(schema), name);
      for (const [property, nested] of Object.entries(schema.shape)) {
        const object = nested instanceof z.ZodArray ? nested.element : nested;
        if (!(object instanceof z.ZodObject)) continue;
        const shape = shapeOf(name);
        const text = shape.slice(shape.indexOf(`${property} = `));
        const inner = text.slice(text.indexOf("@{") + 2, text.indexOf("}"));
        assert.deepEqual(topLevelNames(inner), schemaNames(object), `${name} ${property}`);
      }
    }
  });

  it("the host program must print the contract's markers, version and provider names", () => {
    for (const line of [ANSWER_BEGIN, ANSWER_END])
      assert.ok(program.includes(`'${line.slice(0, -"-----".length)}'`), line);
    assert.match(program, new RegExp(`^\\$script:TextLimit = ${LONGEST_ANSWER_TEXT}$`, "m"));
    assert.match(program, /^\$script:Optional = @\{ nonce = 'nonce' \}$/m);
    assert.match(program, new RegExp(`^\\$script:ProtocolVersion = ${PROTOCOL_VERSION}$`, "m"));
    assert.ok(program.includes(`'${TPM_PROVIDER}'`) && program.includes(`'${SOFTWARE_PROVIDER}'`));
  });

  it("the host program must return the server even in a constrained language mode where nothing else works", () => {
    const early = program.slice(0, program.lastIndexOf("exit 3", program.indexOf("function ")));
    assert.match(early, /if \(\$Request -cmatch '"server":[^\n]*\n\s+\$constrained = \$Matches\[1\]/);
    assert.match(early, /"server":"' \+ \$constrained \+ '"/);
    assert.match(early, /if \(-not \$Full\) \{\n\s+Write-Output -InputObject \("\$\{constrained\}: LANGUAGE_MODE: /);
  });

  it("the host program must report its steps in the contract's words only, within the same limits", () => {
    const told = [...program.matchAll(/(?:Write-Step -Text|\$step =) '([^']+)'/g)].map(([, text]) => text);
    assert.deepEqual([...new Set(told)].sort(), Object.values(STEPS).sort());
    assert.equal([...program.matchAll(/Write-Step -Text \$/g)].length, 1);
    assert.match(program, new RegExp(`^\\$script:StepLimit = ${MOST_STEP_LINES}$`, "m"));
    assert.match(program, new RegExp(`^\\$script:StepSeconds = ${TELL_AT_SECONDS.join(", ")}$`, "m"));
    for (const text of Object.values(STEPS)) assert.ok(protocol.includes(`\`${text}\``), `PROTOCOL.md lacks: ${text}`);
  });

  it("the end of a certificate on Windows must be counted from its start, which is ten minutes ago", () => {
    const [, start, end] = /\.CreateSelfSigned\((\$now\.AddMinutes\(-10\)), (.+)\)$/m.exec(readScript(WINDOWS)) ?? [];
    assert.equal(end, `${start}.AddDays($LifetimeDays)`);
  });

  it("the host program must call only functions of Windows.ps1 that the interface has", () => {
    const known = new Set(Object.values(WINDOWS_FUNCTIONS).map(({ name }) => name));
    const called = new Set([...codeOf(program).matchAll(/\b[A-Z][a-z]+-Csi\w+/g)].map((match) => match[0]));
    // What the child process does, which a server alone has.
    called.delete("Invoke-CsiCmdletRequest");
    assert.deepEqual(
      [...called].filter((name) => !known.has(name)),
      [],
    );
    assert.deepEqual(
      [...known].filter((name) => !called.has(name)),
      [],
    );
  });

  for (const file of [WINDOWS, SANDBOX_WINDOWS]) {
    it(`${file} must have every function of the interface with its parameters`, () => {
      const functions = new Map(functionsOf(readScript(file)).map((entry) => [entry.name, entry.parameters]));
      for (const { name, parameters } of Object.values(WINDOWS_FUNCTIONS)) {
        assert.deepEqual(functions.get(name), [...parameters], name);
      }
    });
  }

  it("each function of the sandbox must call the method of its name", () => {
    const functions = new Map(functionsOf(readScript(SANDBOX_WINDOWS)).map((entry) => [entry.name, entry.body]));
    for (const [method, { name }] of Object.entries(WINDOWS_FUNCTIONS)) {
      assert.match(functions.get(name)!, new RegExp(`Invoke-CsiBridge -Method '${method}'`), name);
    }
  });

  it("PROTOCOL.md must list every error with its exit code, every function, and the operations", () => {
    for (const [code, exit] of Object.entries(HOST_ERRORS)) {
      assert.match(protocol, new RegExp(`^\\| \`${code}\` +\\| ${exit} `, "m"), code);
    }
    for (const [method, { name, parameters }] of Object.entries(WINDOWS_FUNCTIONS)) {
      const call = [name, ...parameters.map((parameter) => `-${parameter}`)].join(" ");
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
