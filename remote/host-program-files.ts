/** The host program's folder in this project: what is copied to a server, and its hash. */
import * as fs from "node:fs";
import * as path from "node:path";
import { createHash } from "node:crypto";
import { MANIFEST_FILE, PROGRAM_FILES } from "../model/protocol/host-protocol";

export interface HostProgramFiles {
  /** Absolute path of the folder, with a trailing slash: the command plugin then copies the folder's content. */
  folder: string;
  /** SHA-256 of the manifest. */
  sha256: string;
  windows: string;
  program: string;
}

const FOLDER = `${path.resolve(__dirname, "..", "host")}/`;

/**
 * Reads the program and checks it against its manifest. The folder is copied as it is, so it holds nothing else.
 *
 * @throws Error if a file was changed without making the manifest again, or if the folder holds another file
 */
export function readHostProgram(folder: string = FOLDER): HostProgramFiles {
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const manifest = read(MANIFEST_FILE);
  const { files } = JSON.parse(manifest.toString("utf8")) as { files: Record<string, string> };
  for (const file of new Set([...PROGRAM_FILES, ...Object.keys(files)])) {
    if (fs.existsSync(path.join(folder, file)) && digest(read(file)) === files[file]) continue;
    throw new Error(`host/${file} differs from what host/${MANIFEST_FILE} lists; run "npm run host-program"`);
  }
  for (const file of fs.readdirSync(folder)) {
    if (file === MANIFEST_FILE || Object.hasOwn(files, file)) continue;
    throw new Error(
      `host/${file} is not part of the host program, and would be copied to every server: move it out of that folder`,
    );
  }
  const [program, windows] = PROGRAM_FILES.map((file) => read(file).toString("utf8"));
  return { folder, sha256: digest(manifest), windows, program };
}
