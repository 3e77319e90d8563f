/** What compiled code imports, and what that brings with it. */
import * as fs from "node:fs";
import { isBuiltin } from "node:module";
import * as path from "node:path";
import * as ts from "typescript";

/** The files of a folder and of all below it. */
export function filesIn(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    return entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [];
  });
}

/** Names of the packages that these files of code require or use in a type. */
export function packagesImportedBy(files: readonly string[]): string[] {
  const names = files.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(fs.readFileSync(file, "utf8"), true, true);
    return importedFiles.map(({ fileName }) => fileName);
  });
  const packages = names.filter((name) => !name.startsWith(".") && !isBuiltin(name));
  return [...new Set(packages.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]))];
}

/** Where Node.js finds a package from a folder; null if it is not installed. */
function folderOf(name: string, from: string): string | null {
  const found = path.join(from, "node_modules", name);
  if (fs.existsSync(path.join(found, "package.json"))) return found;
  const above = path.dirname(from);
  return above === from ? null : folderOf(name, above);
}

/**
 * The folders of packages and of all that they depend on, as they are installed.
 * @throws Error if one is not
 */
export function installedFolders(names: readonly string[], root: string): string[] {
  const found = new Set<string>();
  const add = (name: string, from: string, optional: boolean) => {
    const folder = folderOf(name, from);
    if (folder === null && !optional) throw new Error(`${name}, which ${from} needs, is not installed: run "npm ci"`);
    if (folder === null || found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      fs.readFileSync(path.join(folder, "package.json"), "utf8"),
    ) as Record<"dependencies" | "optionalDependencies", Record<string, string> | undefined>;
    for (const dependency of Object.keys(dependencies)) add(dependency, folder, dependency in optionalDependencies);
  };
  for (const name of names) add(name, root, false);
  return [...found].sort();
}
