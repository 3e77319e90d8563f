/** Builds the published package: compiled code with its types, the host program, the schema, and its own package.json. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as library from "../../components/index";
import { commitOf } from "../../cli/work-tree";
import { filesIn, packagesImportedBy } from "./imports";
import { publishedManifest, type RepositoryManifest } from "./manifest";

const ROOT = path.resolve(__dirname, "../..");

/** The output folder of `npm run package`. */
export const PACKAGE_FOLDER = path.join(ROOT, "dist");

/** Taken over byte by byte. The whole of host/: it is copied to servers as a folder. */
const COPIED = [
  "bin/connect-sync-identity.js",
  "host",
  "host-program/PROTOCOL.md",
  "host-program/Open-Ssh/Open-Ssh.ps1",
  "host-program/Sign-HostProgram.ps1",
  "schema/stack.schema.json",
  // What report --format sentinel and defender fill in.
  "detections",
  // What a workflow of a project with the package uses.
  "pipelines/run-pulumi.sh",
  "pipelines/github/sign-in",
  "pipelines/github/preview",
  "pipelines/github/sign-in.sh",
  "pipelines/github/stop-commands.sh",
  "pipelines/github/id-token.mjs",
  "pipelines/github/explain-sign-in.mjs",
  "pipelines/identities/github-main.json",
  "pipelines/identities/github-preview.json",
  "pipelines/identities/github-production.json",
  "LICENSE",
  "CHANGELOG.md",
];

/** Names of the packages that the compiled code imports. What starts the command compiles it in a clone only. */
function importedBy(folder: string): string[] {
  const own = filesIn(folder).filter((file) => !file.startsWith(path.join(folder, "bin")));
  return packagesImportedBy(own.filter((file) => /\.(js|d\.ts)$/.test(file)));
}

/** Named exports for `import`, all re-exported from the one copy that `require` loads. */
function writeModule(folder: string): void {
  const entry = path.join(folder, "components", "index");
  const names = Object.keys(library).filter((name) => name !== "__esModule" && name !== "default");
  fs.writeFileSync(`${entry}.mjs`, `export { ${names.sort().join(", ")} } from "./index.js";\n`);
  fs.writeFileSync(`${entry}.d.mts`, 'export * from "./index.js";\n');
}

/** Gives the program index.ts another name: in a package, index is the module that is imported. */
function renameProgram(folder: string): void {
  for (const extension of [".js", ".d.ts"]) {
    fs.renameSync(path.join(folder, `index${extension}`), path.join(folder, `program${extension}`));
  }
}

/**
 * Builds the package.
 *
 * @param folder recreated; its former content is removed
 */
export function buildPackage(folder: string = PACKAGE_FOLDER): void {
  fs.rmSync(folder, { recursive: true, force: true });
  const tsc = require.resolve("typescript/bin/tsc");
  const args = ["--project", path.join(ROOT, "tsconfig.package.json"), "--outDir", folder];
  execFileSync(process.execPath, [tsc, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  renameProgram(folder);
  for (const name of COPIED) fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  fs.copyFileSync(path.join(__dirname, "README.md"), path.join(folder, "README.md"));
  const repository = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as RepositoryManifest;
  const manifest = publishedManifest(repository, importedBy(folder), commitOf(ROOT));
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeModule(folder);
}
