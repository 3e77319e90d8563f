/**
 * Builds the folder of the Pulumi plugin: the compiled provider with all that it depends on, so that nothing is installed
 * where it runs but Node.js.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { filesIn, installedFolders, packagesImportedBy } from "./imports";

const ROOT = path.resolve(__dirname, "../..");
const NAME = "pulumi-resource-connect-sync-identity";

/** The output folder of `npm run package`. */
export const PLUGIN_FOLDER = path.join(ROOT, "dist-plugin");

const COPIED = ["host", "provider/start.js", "LICENSE"];

/** What runs is the same everywhere; the engine asks for an archive by these names. */
const PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];

/** Of a dependency: types and maps are of no use there, and what a machine compiled for itself fits no other. */
const LEFT_OUT = /(\.map|\.d\.[cm]?ts|\.tsbuildinfo|\.node)$|\/(build|deps)\/.*\.(o|a|gypi?|mk|cc?|h)$/;

function copyDependencies(folder: string): void {
  const code = filesIn(folder).filter((file) => file.endsWith(".js"));
  const inner = path.join(ROOT, "node_modules");
  for (const from of installedFolders(packagesImportedBy(code), ROOT)) {
    if (from.startsWith(path.join(inner, "@types"))) continue;
    const nested = path.join(from, "node_modules");
    fs.cpSync(from, path.join(folder, path.relative(ROOT, from)), {
      recursive: true,
      filter: (file) => !file.startsWith(nested) && !LEFT_OUT.test(file),
    });
  }
}

/** The scripts that the engine starts, which in a clone are beside the provider. */
function writeStartScripts(folder: string): void {
  for (const extension of ["", ".cmd"]) {
    const text = fs.readFileSync(path.join(ROOT, "provider", NAME + extension), "utf8");
    const inFolder =
      extension === ""
        ? text.replace("/start.js", "/provider/start.js")
        : text.replace("start.js", "provider\\start.js");
    fs.writeFileSync(path.join(folder, NAME + extension), inFolder, { mode: 0o755 });
  }
}

/** The package schema, with the address of the archives if they have one: the engine downloads the plugin from there. */
function writeSchema(folder: string, downloadUrl: string | undefined): void {
  const schema = JSON.parse(fs.readFileSync(path.join(ROOT, "schema", "package.schema.json"), "utf8")) as object;
  const pluginDownloadURL = downloadUrl ? { pluginDownloadURL: downloadUrl } : {};
  fs.mkdirSync(path.join(folder, "schema"), { recursive: true });
  const text = `${JSON.stringify({ ...schema, ...pluginDownloadURL }, null, 2)}\n`;
  fs.writeFileSync(path.join(folder, "schema", "package.schema.json"), text);
}

/**
 * Neither dependencies nor a PulumiPlugin.yaml: for a folder with that, `pulumi plugin install` runs npm, which would remove
 * what is there.
 */
function writeManifest(folder: string): void {
  const { name, version, description, license, engines } = readManifest();
  const manifest = { name, version, description, license, engines, private: true, main: "./provider/main.js" };
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

const readManifest = () =>
  JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<
    "name" | "version" | "description" | "license" | "engines",
    unknown
  >;

/**
 * Builds the plugin.
 *
 * @param folder recreated; its former content is removed
 * @param downloadUrl where the archives will be; SDKs that are made of this plugin name it. @default nowhere
 */
export function buildPlugin(folder: string = PLUGIN_FOLDER, downloadUrl?: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
  const tsc = require.resolve("typescript/bin/tsc");
  const args = ["--project", path.join(ROOT, "tsconfig.plugin.json"), "--outDir", folder];
  execFileSync(process.execPath, [tsc, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  copyDependencies(folder);
  for (const name of COPIED) fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  writeStartScripts(folder);
  writeSchema(folder, downloadUrl);
  writeManifest(folder);
}

/**
 * Packs a plugin as the engine asks for it.
 *
 * @param into an existing folder
 * @returns the archives, one for each platform
 */
export function packPlugin(folder: string, into: string): string[] {
  const { version } = readManifest();
  const nameFor = (platform: string) => path.join(into, `${NAME}-v${version as string}-${platform}.tar.gz`);
  const [first, ...others] = PLATFORMS.map(nameFor);
  // The files are at the top of the archive, without a folder.
  execFileSync("tar", ["-czf", first, "-C", folder, ...fs.readdirSync(folder).sort()]);
  for (const archive of others) fs.copyFileSync(first, archive);
  return [first, ...others];
}
