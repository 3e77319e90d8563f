/** The policy pack compiled into a folder of its own, as Pulumi Cloud and other repositories need it. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { dependencies } from "../../package.json";
import pack from "../../policy/package.json";

const REPOSITORY = path.join(__dirname, "../..");
const SOURCE = path.join(REPOSITORY, "policy");

interface Compiled {
  /** By path within the repository, with the extension `.js`. */
  files: Map<string, string>;
  /** Names of the packages that are imported. */
  packages: Set<string>;
}

/** The package of an import: `@scope/name` or `name`. */
const packageOf = (specifier: string) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** A file and all of the project's own that it imports. */
function compile(file: string, compiled: Compiled): void {
  const name = path.relative(REPOSITORY, file).replace(/\.ts$/, ".js");
  if (compiled.files.has(name)) return;
  const source = fs.readFileSync(file, "utf8");
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
    verbatimModuleSyntax: false,
  };
  const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: file });
  compiled.files.set(name, outputText);
  // After the compilation no import of a type is left.
  for (const { fileName: specifier } of ts.preProcessFile(outputText, true, true).importedFiles) {
    if (specifier.startsWith(".")) compile(`${path.resolve(path.dirname(file), specifier)}.ts`, compiled);
    else if (!specifier.startsWith("node:")) compiled.packages.add(packageOf(specifier));
  }
}

/** What the pack needs, in the versions of this project. @throws Error for a package that this project does not name */
function needed(packages: ReadonlySet<string>): Record<string, string> {
  const all: Record<string, string> = { ...dependencies };
  const entries = [...packages].sort().map((name) => {
    if (!all[name]) throw new Error(`the policy pack imports ${name}, which package.json does not name`);
    return [name, all[name]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * Builds the pack into a folder that is not there yet, or is empty.
 * @returns the files that were written
 * @throws Error if the folder holds something
 */
export function buildPolicyPack(folder: string): string[] {
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty; name an empty or new folder`);
  }
  const compiled: Compiled = { files: new Map(), packages: new Set(["@pulumi/pulumi"]) };
  compile(path.join(SOURCE, "pack.ts"), compiled);
  const { name, version, description, license } = pack;
  const manifest = { name, version, description, license, main: "policy/index.js" };
  const files = new Map([
    ...compiled.files,
    ["policy/index.js", fs.readFileSync(path.join(SOURCE, "index.js"), "utf8")],
    ["PulumiPolicy.yaml", fs.readFileSync(path.join(SOURCE, "PulumiPolicy.yaml"), "utf8")],
    ["config.production.json", fs.readFileSync(path.join(SOURCE, "config.production.json"), "utf8")],
    ["package.json", `${JSON.stringify({ ...manifest, dependencies: needed(compiled.packages) }, null, 2)}\n`],
  ]);
  for (const [file, content] of files) {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
  return [...files.keys()].sort();
}
