/** A grammar for PowerShell (tree-sitter, WebAssembly), where its two packages are installed. */
import * as path from "node:path";

export interface Node {
  type: string;
  isMissing: boolean;
  hasError: boolean;
  startPosition: { row: number; column: number };
  text: string;
  children: (Node | null)[];
}

export type Parse = (text: string) => Node;

/** Loads parser and grammar; null where they are not installed. */
export async function loadParser(): Promise<Parse | null> {
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
export function syntaxErrors(node: Node): string[] {
  if (node.type === "ERROR" || node.isMissing) {
    const { row, column } = node.startPosition;
    return [`${row + 1}:${column + 1} ${node.isMissing ? "missing " : ""}${node.type}: ${node.text.slice(0, 60)}`];
  }
  return node.hasError ? node.children.flatMap((child) => (child ? syntaxErrors(child) : [])) : [];
}
