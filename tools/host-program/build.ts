/**
 * Builds host/ from host-program/: each of the two scripts is a template in which a line `# build: <folders>` is replaced
 * by the files of these folders, in the order of their names. Equal sources give equal bytes.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { programManifest } from "../../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES } from "../../model/protocol/host-protocol";

const SOURCES = path.join(__dirname, "../../host-program");
const BUILD_LINE = /^# build: (.+)$/m;

/** A folder's PowerShell files in the order of their names, each in a region of its own. */
function regionsOf(folder: string): string[] {
  const names = fs.readdirSync(path.join(SOURCES, folder)).filter((name) => name.endsWith(".ps1"));
  return names.sort().map((name) => {
    const text = fs.readFileSync(path.join(SOURCES, folder, name), "utf8").trimEnd();
    return `#region ${folder}/${name}\n${text}\n#endregion`;
  });
}

/** A script as it is installed. */
function script(name: string): string {
  const template = fs.readFileSync(path.join(SOURCES, name), "utf8");
  const folders = BUILD_LINE.exec(template)?.[1].split(", ");
  if (!folders) throw new Error(`host-program/${name} has no line "# build: <folders>"`);
  const text = folders.flatMap(regionsOf).join("\n\n");
  return template.replace(BUILD_LINE, () => text);
}

/** The files of host/ by name, and the program's hash. */
export function builtHostProgram(): { files: Record<string, string>; sha256: string } {
  const scripts = Object.fromEntries(PROGRAM_FILES.map((name) => [name, script(name)]));
  const manifest = programManifest(scripts);
  return { files: { ...scripts, [MANIFEST_FILE]: manifest.text }, sha256: manifest.sha256 };
}
