/**
 * Installs the stand-ins where the engine looks for plugins of one Pulumi home.
 *
 * A plugin's folder contains a small shell script. The code that it starts is compiled once, at installation: loading
 * TypeScript would make every run half a second longer.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

export interface StandIn {
  name: string;
  /** The version that the stand-in replaces. */
  version: string;
}

export const STAND_INS: readonly StandIn[] = [
  { name: "azuread", version: "6.9.1" },
  { name: "command", version: "1.2.1" },
];

const SOURCES = __dirname;
const REPOSITORY = path.resolve(SOURCES, "..", "..");
/** The first lines of a launcher, by which it is recognised in a plugin's folder. */
const MARK = "#!/bin/sh\n# The sandbox's stand-in for the Pulumi plugin";
/** Everything except this file: the installer is not part of what runs. */
const NOT_COMPILED = new Set(["install.ts"]);

function pluginFolder(home: string, standIn: StandIn): string {
  return path.join(home, "plugins", `resource-${standIn.name}-v${standIn.version}`);
}

function codeFolder(home: string): string {
  return path.join(home, "stand-ins");
}

function sourceFiles(folder = SOURCES): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(file);
    return entry.name.endsWith(".ts") && !NOT_COMPILED.has(entry.name) ? [file] : [];
  });
  return files.sort();
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function launcherScript(home: string, standIn: StandIn): string {
  const entry = path.join(codeFolder(home), "launcher.js");
  return [
    `${MARK} ${standIn.name} ${standIn.version}. It serves loopback endpoints only.`,
    `NODE_PATH=${shellQuoted(path.join(REPOSITORY, "node_modules"))}`,
    "export NODE_PATH",
    `exec ${shellQuoted(process.execPath)} ${shellQuoted(entry)} ${standIn.name} "$@"`,
    "",
  ].join("\n");
}

/** Changes with the sources, and with everything that the launchers refer to. */
function digest(home: string): string {
  const hash = createHash("sha256");
  for (const file of sourceFiles()) hash.update(path.relative(SOURCES, file)).update(fs.readFileSync(file));
  for (const standIn of STAND_INS) hash.update(launcherScript(home, standIn));
  return hash.digest("hex");
}

function digestFile(home: string): string {
  return path.join(codeFolder(home), "digest");
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether this Pulumi home has the stand-ins, built from these sources. */
export function standInsInstalled(pulumiHome: string): boolean {
  const home = path.resolve(pulumiHome);
  const launchers = STAND_INS.map((standIn) => launcherFile(home, standIn));
  if (!launchers.every(isFile) || !isFile(digestFile(home))) return false;
  return fs.readFileSync(digestFile(home), "utf8") === digest(home);
}

function launcherFile(home: string, standIn: StandIn): string {
  return path.join(pluginFolder(home, standIn), `pulumi-resource-${standIn.name}`);
}

/** Installs or updates the stand-ins, replacing any other plugin of the same name and version. */
export function installStandIns(pulumiHome: string): void {
  const home = path.resolve(pulumiHome);
  if (standInsInstalled(home)) return;
  removeStandIns(home);
  compile(codeFolder(home));
  for (const standIn of STAND_INS) {
    const file = launcherFile(home, standIn);
    const folder = pluginFolder(home, standIn);
    for (const leftover of [folder, `${folder}.lock`, `${folder}.partial`]) {
      fs.rmSync(leftover, { recursive: true, force: true });
    }
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, launcherScript(home, standIn), { mode: 0o755 });
  }
  // Written last, so that an interrupted installation counts as none.
  fs.writeFileSync(digestFile(home), digest(home));
}

/** Removes the stand-ins. A real plugin in the same place remains. */
export function removeStandIns(pulumiHome: string): void {
  const home = path.resolve(pulumiHome);
  for (const standIn of STAND_INS.filter((entry) => isStandIn(launcherFile(home, entry)))) {
    fs.rmSync(pluginFolder(home, standIn), { recursive: true, force: true });
  }
  fs.rmSync(codeFolder(home), { recursive: true, force: true });
}

function isStandIn(file: string): boolean {
  return isFile(file) && fs.readFileSync(file).subarray(0, MARK.length).equals(Buffer.from(MARK));
}

function compile(target: string): void {
  // Loaded here, not above: most callers find the stand-ins already installed.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const ts = require("typescript") as typeof import("typescript");
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
  };
  for (const file of sourceFiles()) {
    const { outputText } = ts.transpileModule(fs.readFileSync(file, "utf8"), { compilerOptions, fileName: file });
    const compiled = path.join(target, path.relative(SOURCES, file).replace(/\.ts$/, ".js"));
    fs.mkdirSync(path.dirname(compiled), { recursive: true });
    fs.writeFileSync(compiled, outputText);
  }
}
