/**
 * Every block and every command of README and docs is of a known kind, and is what its kind wants. What needs the Pulumi
 * CLI or a sandbox is in test/end-to-end/docs.test.ts. What this does not prove: that a text says what is true.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import ts from "typescript";
import { parse as parseYaml } from "yaml";
import { blocksOf, inlinesOf, pages, ROOT, type Block } from "../../docs/blocks";
import { ownCommands } from "../../docs/commands";
import { kindOf, OUTSIDE, OUTSIDE_LANGUAGES, type Kind } from "../../docs/kinds";
import { npmProblems } from "../../docs/npm-commands";
import { ownArguments, ownProblems } from "../../docs/own-commands";
import { commandsIn } from "../../docs/shell";
import { stackFileProblems } from "../../docs/stack-files";
import { loadParser, syntaxErrors, type Parse } from "../host/powershell-parser";

const blocks = pages().flatMap((page) => blocksOf(page));
const of = (kind: Kind) => blocks.filter((block) => kindOf(block) === kind);
const place = ({ page, line }: { page: string; line: number }) => `${page}:${line}`;

/** Texts in which a code of an error, a finding or a setting may be defined. */
const SOURCE = ["model", "components", "remote", "console", "cli", "host", "sandbox"]
  .flatMap((folder) => fs.readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(ts|ps1)$/.test(entry.name))
  .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
  .join("\n");

/** Places with what is wrong there. */
function wrong<T extends { page: string; line: number }>(
  list: readonly T[],
  problems: (item: T) => string[],
): string[] {
  return list.flatMap((item) => problems(item).map((problem) => `${place(item)}: ${problem}`));
}

describe("blocks of the documentation", () => {
  it("the documentation must contain blocks of each kind", () => {
    assert.ok(blocks.length > 40, `${blocks.length}`);
    for (const kind of [
      "shell",
      "powershell",
      "stack-file",
      "mermaid",
      "output",
      "drawing",
      "json",
      "project-file",
    ] as const) {
      assert.ok(of(kind).length > 0, kind);
    }
  });

  it("each block of the documentation must have a known kind", () => {
    const first = (block: Block) => [`of no known kind: ${block.language} ${block.text.split("\n")[0]}`];
    assert.deepEqual(
      wrong(blocks, (block) => (kindOf(block) === null ? first(block) : [])),
      [],
    );
  });

  it("an unknown block must be distinguished from a known one", () => {
    assert.equal(kindOf({ language: "", text: "Some words that are no command" }), null);
    assert.equal(kindOf({ language: "sh", text: "frobnicate --all" }), null);
    assert.equal(kindOf({ language: "cobol", text: "MOVE A TO B" }), null);
    assert.equal(kindOf({ language: "yaml", text: "a: 1" }), null);
    assert.equal(kindOf({ language: "", text: "npm start && pulumi up" }), "shell");
    assert.equal(kindOf({ language: "", text: "sync01: BUSY: Another operation" }), "output");
  });

  it("each foreign program and language must have a reason", () => {
    for (const [name, reason] of Object.entries({ ...OUTSIDE, ...OUTSIDE_LANGUAGES }))
      assert.ok(reason.length > 5, name);
  });

  it("stack files in the documentation must be valid for a run", () => {
    assert.deepEqual(
      wrong(of("stack-file"), ({ text }) => stackFileProblems(text)),
      [],
    );
  });

  it("a stack file that a run refuses must be detected", () => {
    assert.match(stackFileProblems("connect-sync-identity:servers:\n  sync01:\n    rol: active")[0], /unknown key/);
    assert.match(stackFileProblems("config:\n  other:key: 1")[0], /no known namespace/);
  });

  it("JSON in the documentation must parse", () => {
    const problems = ({ text }: Block) => {
      try {
        JSON.parse(text);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    };
    assert.deepEqual(wrong(of("json"), problems), []);
  });

  it("YAML of pipelines and projects in the documentation must parse", () => {
    const problems = ({ text }: Block) => {
      try {
        parseYaml(text);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    };
    assert.deepEqual(wrong([...of("pipeline"), ...of("project-file")], problems), []);
  });

  it("TypeScript in the documentation must have no syntax error", () => {
    const problems = ({ text }: Block) => {
      const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
      return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
    };
    assert.deepEqual(wrong(of("typescript"), problems), []);
  });

  it("diagrams in the documentation must parse", async () => {
    const { validateMermaid } = await import("@aj-archipelago/merval");
    const problems = ({ text }: Block) =>
      validateMermaid(text).errors.map(({ line, message }) => `${line}: ${message}`);
    assert.deepEqual(wrong(of("mermaid"), problems), []);
    assert.notDeepEqual(validateMermaid("flowchart LR\n  A[Git --> B(Entra)\n").errors, []);
  });

  it("the documentation must not name an error, finding or event that the source does not have", () => {
    const problems = ({ text }: Block) =>
      [...text.matchAll(/\b[A-Z][A-Z]+_[A-Z_]+[A-Z]\b/g)]
        .map(([code]) => code)
        .filter((code) => !SOURCE.includes(code));
    assert.deepEqual(wrong(of("output"), problems), []);
  });
});

describe("PowerShell of the documentation", () => {
  let parse: Parse | null = null;
  before(async function () {
    this.timeout(20_000);
    parse = await loadParser();
    if (!parse) this.skip();
  });

  it("PowerShell in the documentation must parse", () => {
    const cmdlet = /^[A-Z][a-z]+-[A-Z]\w+ \S/;
    const inline = pages()
      .flatMap((page) => inlinesOf(page))
      .filter(({ text }) => cmdlet.test(text));
    // What stands for a value is a word; the grammar takes no digits in the name of a parameter, as PowerShell does.
    const filled = (text: string) =>
      text
        .replace(/<[A-Za-z][\w ]*>/g, "value")
        .replaceAll("...", "value")
        .replaceAll("-CertificateSHA256Hash", "-CertificateHash");
    assert.deepEqual(
      wrong([...of("powershell"), ...inline], ({ text }) => syntaxErrors(parse!(filled(text)))),
      [],
    );
  });
});

describe("scripts of the documentation", () => {
  it("scripts in the documentation must be called with parameters that they have", () => {
    const common = ["WhatIf", "Confirm", "Verbose"];
    const calls = of("powershell").flatMap(({ page, line, text }) =>
      [...text.matchAll(/\.\\([\w-]+\.ps1)(.*)/g)].map(([, script, rest]) => ({ page, line, script, rest })),
    );
    assert.ok(calls.length > 1, `${calls.length}`);
    const problems = ({ script, rest }: (typeof calls)[number]) => {
      const places = [path.join("host-program", path.basename(script, ".ps1")), "tools/verify-on-server"];
      const place = places.find((one) => fs.existsSync(path.join(ROOT, one, script)));
      if (!place) return [`${script} is not there`];
      const source = fs.readFileSync(path.join(ROOT, place, script), "utf8");
      const known = [...source.matchAll(/^\.PARAMETER (\w+)/gm)].map(([, name]) => name);
      const used = [...rest.matchAll(/(?<=\s)-([A-Z]\w+)/g)].map(([, name]) => name);
      return used.filter((name) => ![...known, ...common].includes(name)).map((name) => `${script} has no -${name}`);
    };
    assert.deepEqual(wrong(calls, problems), []);
  });
});

describe("commands of the documentation", function () {
  this.timeout(240_000);

  it("commands in the documentation must be parsed as a shell does", () => {
    assert.deepEqual(commandsIn('eval "$(ssh-agent)" && A=1 pulumi up -s <stack> | jq -r ".a" > file # c'), [
      { program: "eval", args: [] },
      { program: "ssh-agent", args: [] },
      { program: "pulumi", args: ["up", "-s", "placeholder"] },
      { program: "jq", args: ["-r", ".a"] },
    ]);
  });

  it("npm commands in the documentation must be scripts of package.json", () => {
    const commands = ownCommands().filter(({ program }) => program === "npm");
    assert.ok(commands.length > 20, `${commands.length}`);
    const problems = commands.flatMap((command) =>
      npmProblems(command).map((problem) => `${command.place}: ${command.line}: ${problem}`),
    );
    assert.deepEqual(problems, []);
  });

  it("must be commands of the tree, with the options and arguments that each has", async () => {
    const commands = ownCommands().flatMap((command) => {
      const words = ownArguments(command);
      return words === null ? [] : [{ words, at: `${command.place}: ${command.line}` }];
    });
    assert.ok(commands.length > 60, `${commands.length}`);
    const problems: string[] = [];
    for (const { words, at } of commands) {
      problems.push(...(await ownProblems(words)).map((problem) => `${at}: ${problem}`));
      process.chdir(ROOT); // Where --cwd led away from.
    }
    assert.deepEqual(problems, []);
  });

  it("must name the stack where they change something on one", () => {
    const changing = ["adopt", "leave", "revoke", "remove-legacy-account", "reset-machine-identifier"];
    const nameless = ownCommands().filter((command) => {
      const [name, ...rest] = ownArguments(command) ?? [];
      return changing.includes(name) && rest.length > 0 && !rest.includes("--help") && !rest.includes("--stack");
    });
    assert.deepEqual(
      nameless.map(({ place, line }) => `${place}: ${line}`),
      [],
    );
  });

  it("a command with a wrong script, option, argument or name must be detected", async () => {
    for (const line of ["npm run no-such-script", "npm test -- unitt", "npm run lint -- --fix"]) {
      assert.notDeepEqual(npmProblems(commandsIn(line)[0]), [], line);
    }
    const wrongs = [
      "doctor --jason",
      "doktor",
      "leave sync01 sync02 --rollback",
      "revoke --confirm sync02",
      "sandbox brake sync01 certificate",
      "sandbox break sync01 certificat",
    ];
    for (const words of wrongs) assert.notDeepEqual(await ownProblems(words.split(" ")), [], words);
    for (const words of [
      "doctor",
      "sandbox pulumi -- up --yes",
      "sandbox break --help",
      "revoke sync02 --stack prod",
    ]) {
      assert.deepEqual(await ownProblems(words.split(" ")), [], words);
    }
  });
});
