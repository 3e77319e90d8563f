/** The host program's folder: what is copied to a server, and its hash. */
import * as fs from "node:fs";
import * as path from "node:path";
import { createHash } from "node:crypto";
import { MANIFEST_FILE, PROGRAM_FILES } from "../model/protocol/host-protocol";
import { isSigned, scriptText, withoutSignature } from "../model/protocol/host-signature";

export interface HostProgramFiles {
  /** Absolute path of the folder, with a trailing slash: the command plugin then copies the folder's content. */
  folder: string;
  /** SHA-256 of the manifest. */
  sha256: string;
  windows: string;
  program: string;
}

const FOLDER = `${path.resolve(__dirname, "..", "host")}/`;
/** In the project's own folder: the same program, signed by the organisation (`host-program/Sign-HostProgram.ps1`). */
const SIGNED_FOLDER = "host-signed";

/**
 * The program that is copied to the servers: the signed one if the project has it, else this package's own.
 *
 * @param project folder of the Pulumi project
 * @throws Error if the signed program is another version's: signing must be repeated with each version
 */
export function readHostProgram(folder = FOLDER, project = process.cwd()): HostProgramFiles {
  const own = readFolder(folder);
  const signedFolder = `${path.join(project, SIGNED_FOLDER)}/`;
  if (!fs.existsSync(signedFolder)) return own;
  const signed = readFolder(signedFolder);
  for (const [index, file] of PROGRAM_FILES.entries()) {
    const [text, expected] = [signed, own].map(({ program, windows }) => [program, windows][index]);
    const again = "sign the program again (docs/application-control.md), or remove that folder";
    if (!isSigned(text)) throw new Error(`${SIGNED_FOLDER}/${file} has no signature; ${again}`);
    if (withoutSignature(text) !== withoutSignature(expected))
      throw new Error(`${SIGNED_FOLDER}/${file} is not this version's program; ${again}`);
  }
  return signed;
}

/**
 * Reads a program and checks it against its manifest. The folder is copied as it is, so it holds nothing else.
 *
 * @throws Error if a file was changed without making the manifest again, or if the folder holds another file
 */
function readFolder(folder: string): HostProgramFiles {
  const name = path.basename(folder) === SIGNED_FOLDER ? SIGNED_FOLDER : "host";
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const manifest = read(MANIFEST_FILE);
  const { files } = JSON.parse(scriptText(manifest.toString("utf8"))) as { files: Record<string, string> };
  const remedy = name === SIGNED_FOLDER ? "run Sign-HostProgram.ps1 -ManifestOnly" : 'run "npm run host-program"';
  for (const file of new Set([...PROGRAM_FILES, ...Object.keys(files)])) {
    if (fs.existsSync(path.join(folder, file)) && digest(read(file)) === files[file]) continue;
    throw new Error(`${name}/${file} differs from what ${name}/${MANIFEST_FILE} lists; ${remedy}`);
  }
  for (const file of fs.readdirSync(folder)) {
    if (file === MANIFEST_FILE || Object.hasOwn(files, file)) continue;
    throw new Error(
      `${name}/${file} is not part of the host program, and would be copied to every server: move it out of that folder`,
    );
  }
  const [program, windows] = PROGRAM_FILES.map((file) => scriptText(read(file).toString("utf8")));
  return { folder, sha256: digest(manifest), windows, program };
}
