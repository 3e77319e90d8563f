/** The host program as it is stored in this project: what is copied to a server, and its hash. */
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
 * Reads the program and checks it against its manifest.
 * @throws Error if a file was changed without updating the manifest
 */
export function readHostProgram(folder: string = FOLDER): HostProgramFiles {
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const manifest = read(MANIFEST_FILE);
  const { files } = JSON.parse(manifest.toString("utf8")) as { files: Record<string, string> };
  for (const file of PROGRAM_FILES) {
    if (digest(read(file)) === files[file]) continue;
    throw new Error(`host/${file} differs from the hash in host/${MANIFEST_FILE}; run "npm run manifest"`);
  }
  const [program, windows] = PROGRAM_FILES.map((file) => read(file).toString("utf8"));
  return { folder, sha256: digest(manifest), windows, program };
}
