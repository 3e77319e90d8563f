/**
 * Parses every PowerShell text of this project with a grammar for PowerShell (tree-sitter, WebAssembly). Skipped where
 * the two packages are not installed. A grammar is not PowerShell: what it takes may still fail when it runs.
 */
import assert from "node:assert/strict";
import * as path from "node:path";
import {
  decodeCommand,
  installedCommand,
  observeCommand,
  pipedCommand,
  removeProgramCommand,
} from "../../../model/host-bootstrap";
import { HOST_OPERATIONS } from "../../../model/host-protocol";
import { ALL_SCRIPTS, readScript } from "./powershell-source";

interface Node {
  type: string;
  isMissing: boolean;
  hasError: boolean;
  startPosition: { row: number; column: number };
  text: string;
  children: (Node | null)[];
}

type Parse = (text: string) => Node;

/** Loads parser and grammar; null where they are not installed. */
async function loadParser(): Promise<Parse | null> {
  let library: string;
  let grammar: string;
  try {
    library = require.resolve("web-tree-sitter");
    // The package's own entry point loads a native module, which is not needed.
    const root = path.dirname(require.resolve("tree-sitter-powershell/package.json"));
    grammar = path.join(root, "tree-sitter-powershell.wasm");
  } catch {
    return null;
  }
  const { Parser, Language } = (await import(library)) as {
    Parser: {
      new (): { setLanguage(language: unknown): void; parse(text: string): { rootNode: Node } };
      init(): Promise<void>;
    };
    Language: { load(file: string): Promise<unknown> };
  };
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => parser.parse(text).rootNode;
}

/** The places that the grammar does not take. */
function errorsOf(node: Node): string[] {
  if (node.type === "ERROR" || node.isMissing) {
    const { row, column } = node.startPosition;
    return [`${row + 1}:${column + 1} ${node.isMissing ? "missing " : ""}${node.type}: ${node.text.slice(0, 60)}`];
  }
  return node.hasError ? node.children.flatMap((child) => (child ? errorsOf(child) : [])) : [];
}

const bootstraps: [string, string][] = [
  ...HOST_OPERATIONS.map((name): [string, string] => [`installed ${name}`, installedCommand(name)]),
  ...HOST_OPERATIONS.map((name): [string, string] => [`piped ${name}`, pipedCommand(name)]),
  ["observe", observeCommand("0".repeat(64))],
  ["remove-program", removeProgramCommand()],
];

describe("PowerShell grammar", () => {
  let parse: Parse | null = null;

  before(async function () {
    this.timeout(20_000);
    parse = await loadParser();
    if (!parse) this.skip();
  });

  it("must tell a text that is wrong", () => {
    assert.notDeepEqual(errorsOf(parse!("function Get-A {\n    if ($true {\n    }\n}\n")), []);
    assert.deepEqual(errorsOf(parse!("function Get-A {\n    if ($true) {\n        1\n    }\n}\n")), []);
  });

  for (const file of ALL_SCRIPTS) {
    it(`must take ${file}`, function () {
      this.timeout(20_000);
      assert.deepEqual(errorsOf(parse!(readScript(file))), []);
    });
  }

  for (const [name, command] of bootstraps) {
    it(`must take the bootstrap ${name}`, () => {
      assert.deepEqual(errorsOf(parse!(decodeCommand(command)!)), []);
    });
  }
});
