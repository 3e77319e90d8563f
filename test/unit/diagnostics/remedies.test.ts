/** What a remedy says can be done: every command parses in its shell and is a command that exists, with its stack. */
import assert from "node:assert/strict";
import { parse } from "shell-quote";
import { quotePosix, quotePowerShell } from "../../../model/diagnostics/quoting";
import { renderCommand, renderRemedy, type CommandPart, type Reader } from "../../../model/diagnostics/remedy";
import { loadParser, syntaxErrors } from "../host/powershell-parser";
import { ownProblems } from "../../docs/own-commands";
import { AZ_COMMANDS, parseShape, PULUMI_COMMANDS } from "./command-shapes";
import { REMEDIES, TEMPLATES } from "./samples";

const PRODUCTION: Reader = { stack: "prod", sandbox: false, folder: null };
const SANDBOX: Reader = { stack: "dev", sandbox: true, folder: null };
/** A name that a shell would take for more than a name. */
const HOSTILE: Reader = { stack: "org/it's; $(touch x)", sandbox: false, folder: null };

const commands = REMEDIES.flatMap(([name, remedy]) =>
  remedy.flatMap((part): [string, CommandPart][] => (typeof part === "string" ? [] : [[name, part]])),
);
const kindOf = (kind: CommandPart["kind"], shell?: string) =>
  commands.filter(
    ([, part]) => part.kind === kind && (shell === undefined || (part.kind === "shell" && part.shell === shell)),
  );

/** The words that a POSIX shell makes of a line. @throws where it would do more than run one command with these words */
function wordsOf(line: string): string[] {
  const words = parse(line, (name) => ({ op: `$${name}` }));
  for (const word of words) assert.equal(typeof word, "string", `${line}: ${JSON.stringify(word)}`);
  return words as string[];
}

function ownWords(line: string): string[] {
  const [npx, binary, ...rest] = wordsOf(line);
  assert.deepEqual([npx, binary], ["npx", "connect-sync-identity"]);
  return rest;
}

describe("a remedy", () => {
  it("must be there for every kind of command", () => {
    assert.ok(kindOf("own").length >= 5 && kindOf("pulumi").length >= 25);
    assert.ok(kindOf("shell", "posix").length >= 15 && kindOf("shell", "powershell").length >= 6);
  });

  for (const [name, part] of kindOf("own")) {
    it(`must name a command of this project that exists, with its stack: ${name}`, async () => {
      for (const reader of [PRODUCTION, SANDBOX, HOSTILE]) {
        const words = ownWords(renderCommand(part, reader));
        assert.deepEqual(await ownProblems(words), [], words.join(" "));
        const stack = part.kind === "own" && part.stack !== undefined ? part.stack : reader.stack;
        assert.deepEqual(words.slice(-2), ["--stack", stack]);
      }
    });
  }

  for (const [name, part] of kindOf("pulumi")) {
    it(`must name a command of Pulumi's that exists, with its stack, and the sandbox's own for its stack: ${name}`, () => {
      for (const reader of [PRODUCTION, HOSTILE]) {
        const [pulumi, ...words] = wordsOf(renderCommand(part, reader));
        assert.equal(pulumi, "pulumi");
        parseShape(PULUMI_COMMANDS, words);
        assert.deepEqual(words.slice(-2), ["--stack", reader.stack]);
      }
      const [sandbox, pulumi, dashes, ...words] = ownWords(renderCommand(part, SANDBOX));
      assert.deepEqual([sandbox, pulumi, dashes], ["sandbox", "pulumi", "--"]);
      parseShape(PULUMI_COMMANDS, words);
    });
  }

  for (const [name, part] of kindOf("shell", "posix")) {
    it(`must name a command of another tool in its shape: ${name}`, () => {
      const [tool, ...words] = wordsOf(renderCommand(part, PRODUCTION));
      if (tool === "ssh-add") assert.equal(words.length, 1);
      else if (tool === "pkill") assert.deepEqual(words, ["-KILL", "pulumi"]);
      else {
        assert.equal(tool, "az");
        parseShape(AZ_COMMANDS, words);
      }
    });
  }

  it("must parse as PowerShell if it is for the server", async function () {
    const parsePowerShell = await loadParser();
    if (!parsePowerShell) return this.skip();
    for (const [name, part] of kindOf("shell", "powershell")) {
      const line = renderCommand(part, PRODUCTION);
      assert.deepEqual(syntaxErrors(parsePowerShell(line)), [], `${name}: ${line}`);
    }
  });

  for (const [name, template] of TEMPLATES) {
    it(`must let each command be copied without what follows it, and end sentences that have none: ${name}`, () => {
      for (const [index, part] of template.entries()) {
        const next = template[index + 1];
        if (typeof part !== "string")
          assert.ok(next === undefined || (typeof next === "string" && /^ ;? ?/.test(next)));
        else if (next === undefined && part !== "{help}") assert.match(part, /\.$/);
        else if (next !== undefined) assert.match(part, / $/);
      }
    });
  }

  it("must name no stack that is not known", () => {
    const part: CommandPart = { kind: "own", command: "adopt", args: ["sync01"] };
    const unknown = { ...PRODUCTION, stack: null };
    assert.equal(renderCommand(part, unknown), "npx connect-sync-identity adopt sync01 --stack <stack>");
  });

  it("must show its commands as the exit marks them", () => {
    const remedy = ["Run: ", { kind: "pulumi", args: ["up"] } as const];
    assert.equal(renderRemedy(remedy, PRODUCTION), "Run: pulumi up --stack prod");
    assert.equal(
      renderRemedy(remedy, PRODUCTION, (line) => `<${line}>`),
      "Run: <pulumi up --stack prod>",
    );
  });
});

describe("quoting", () => {
  const words = [
    "plain",
    "",
    "a b",
    "it's",
    '"',
    "$HOME",
    "`x`",
    "$(x)",
    "a;b",
    "a\\b",
    "*",
    "~",
    "#",
    "!",
    "é",
    "\u2019",
  ];

  for (const word of words) {
    it(`must give a POSIX shell the very word: ${JSON.stringify(word)}`, () => {
      assert.deepEqual(wordsOf(`x ${quotePosix(word)}`), ["x", word]);
    });

    it(`must give PowerShell one word of the same text: ${JSON.stringify(word)}`, () => {
      const quoted = quotePowerShell(word);
      if (quoted === word) assert.match(word, /^[\w+=:./\\-]+$/);
      else assert.equal(quoted.slice(1, -1).replace(/(['\u2018\u2019\u201a\u201b])\1/g, "$1"), word);
    });
  }
});
