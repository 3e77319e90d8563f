/** Every example in a docstring, and every TypeScript program on a page about the package, compiles. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const ROOT = path.resolve(__dirname, "../../..");
const SOURCES = ["components", "model", "remote", "host", "cli", "console", "sandbox", "tools", "index.ts"];
const PAGES = ["docs/package.md", "tools/packaging/README.md"];

interface Example {
  /** Where it stands: `components/x.ts:54`. */
  at: string;
  code: string;
}

function sourceFiles(entry: string): string[] {
  const file = path.join(ROOT, entry);
  if (fs.statSync(file).isFile()) return entry.endsWith(".ts") ? [entry] : [];
  return fs.readdirSync(file).flatMap((name) => (name === "node_modules" ? [] : sourceFiles(path.join(entry, name))));
}

/** The examples of a file's docstrings, as TypeScript itself reads them. */
function docstringExamples(file: string): Example[] {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(path.join(ROOT, file), "utf8"),
    ts.ScriptTarget.ES2020,
    true,
  );
  const examples: Example[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts
      .getJSDocTags(node)
      .filter(({ tagName, parent }) => tagName.text === "example" && parent.parent === node)) {
      const line = source.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      const text = tag.getText().replace(/^@example\n?/, "");
      examples.push({ at: `${file}:${line}`, code: text.replace(/^\s*\* ?/gm, "").replace(/^```.*$/gm, "") });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return examples;
}

function pageExamples(page: string): Example[] {
  const text = fs.readFileSync(path.join(ROOT, page), "utf8");
  return [...text.matchAll(/^```(?:ts|typescript)\n([^]*?)^```/gm)].map((match) => ({
    at: `${page}:${text.slice(0, match.index).split("\n").length}`,
    code: match[1],
  }));
}

/** What the compiler says of each example, as a module of its own that imports the package by its name. */
function compile(examples: Example[]): string[] {
  const virtual = new Map(
    examples.map(({ code }, index) => [path.join(ROOT, `.example-${index}.ts`), `${code}\nexport {};\n`]),
  );
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, resolveJsonModule: true },
    ...{ target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS, types: ["node"], lib: ["lib.es2023.d.ts"] },
    moduleResolution: ts.ModuleResolutionKind.Node10,
    baseUrl: ROOT,
    paths: { "connect-sync-identity": ["components/index.ts"] },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (file) => virtual.has(file) || fileExists(file);
  host.readFile = (file) => virtual.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) =>
    virtual.has(file) ? ts.createSourceFile(file, virtual.get(file)!, version) : getSourceFile(file, version, ...rest);
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual.keys()].flatMap((file, index) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(
      ({ messageText }) => `${examples[index].at}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

describe("an example", function () {
  this.timeout(120_000);
  const docstrings = SOURCES.flatMap(sourceFiles).flatMap(docstringExamples);
  const pages = PAGES.flatMap(pageExamples);

  it("each example in a docstring or on a page must be found", () => {
    const text = SOURCES.flatMap(sourceFiles).map((file) => fs.readFileSync(path.join(ROOT, file), "utf8"));
    assert.equal(docstrings.length, text.join("\n").split(/^ *\* @example$/m).length - 1);
    assert.ok(docstrings.length >= 5 && pages.length >= 2);
  });

  it("each example must compile, and a wrong one must not", () => {
    const wrong = {
      at: "wrong",
      code: 'import { TenantDirectory } from "connect-sync-identity";\nnew TenantDirectory({ cloud: 7 });',
    };
    const told = compile([...docstrings, ...pages, wrong]);
    assert.deepEqual(
      told.filter((line) => !line.startsWith("wrong: ")),
      [],
    );
    assert.equal(told.length, 1);
  });
});
