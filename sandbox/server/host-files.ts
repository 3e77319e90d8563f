/**
 * The files of an emulated server: `C:/x` is `<root>/C/x`.
 *
 * Names are compared without case, as NTFS does. No path leaves the root: `..` stops at the drive, links cannot be
 * created, and characters that Windows forbids in names are refused.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { MANIFEST_FILE, PROGRAM_FILES, PROGRAM_FOLDER } from "../../model/protocol/host-protocol";

/** The folder of the program's records, beside {@link PROGRAM_FOLDER}. */
export const DATA_FOLDER = "C:/ProgramData/ConnectSyncIdentity";

/** A path that cannot exist on this host: an unknown drive or a forbidden character. */
export class BadHostPath extends Error {}

const FORBIDDEN = /[\u0000-\u001f<>:"|?*]/;

export class HostFiles {
  /** @param root folder on this machine that contains the drives */
  constructor(readonly root: string) {
    fs.mkdirSync(path.join(root, "C"), { recursive: true });
  }

  /**
   * Drive-letter form of a path: `C:/x`, `/C:/x`, `C:\x`, or relative to `home`.
   *
   * @returns the parts below the root; none for the root itself, which lists the drives
   * @throws BadHostPath
   */
  private parts(hostPath: string, home: string): string[] {
    const normal = hostPath.replace(/\\/g, "/");
    const absolute = normal.startsWith("/") || /^[A-Za-z]:/.test(normal);
    const parts: string[] = [];
    for (const part of (absolute ? normal : `${home}/${normal}`).split("/")) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (parts.length > 1) parts.pop();
      } else {
        parts.push(part);
      }
    }
    const [drive, ...names] = parts;
    if (drive !== undefined && drive.toUpperCase() !== "C:")
      throw new BadHostPath(`${drive} is not a drive of this host`);
    const bad = names.find((name) => FORBIDDEN.test(name));
    if (bad !== undefined) throw new BadHostPath(`${JSON.stringify(bad)} is not a valid file name in Windows`);
    return drive === undefined ? [] : ["C:", ...names];
  }

  /** The canonical path as Windows OpenSSH shows it: `/C:/x`, `/` for the root. */
  canonical(hostPath: string, home = "C:/"): string {
    return `/${this.parts(hostPath, home).join("/")}`;
  }

  /** The path on this machine; an existing name is found regardless of case. */
  local(hostPath: string, home = "C:/"): string {
    const [drive, ...names] = this.parts(hostPath, home);
    if (drive === undefined) return this.root;
    return names.reduce(
      (folder, name) => {
        const exact = path.join(folder, name);
        if (fs.existsSync(exact) || !fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) return exact;
        const found = fs.readdirSync(folder).find((entry) => entry.toLowerCase() === name.toLowerCase());
        return path.join(folder, found ?? name);
      },
      path.join(this.root, "C"),
    );
  }

  /** SHA-256 of the installed program's manifest if the manifest matches the program's files. */
  installedProgram(): { sha256: string | null; problem: string | null } {
    const none = (problem: string) => ({ sha256: null, problem });
    let manifest: Buffer;
    try {
      manifest = fs.readFileSync(this.local(`${PROGRAM_FOLDER}/${MANIFEST_FILE}`));
    } catch {
      return none(`${PROGRAM_FOLDER}/${MANIFEST_FILE} does not exist`);
    }
    let files: Record<string, string>;
    try {
      files = (JSON.parse(manifest.toString("utf8")) as { files: Record<string, string> }).files;
      if (typeof files !== "object" || files === null) throw new Error("no list of files");
    } catch {
      return none(`${MANIFEST_FILE} is no manifest`);
    }
    for (const name of PROGRAM_FILES) {
      const expected = String(files[name] ?? "").toLowerCase();
      if (expected === "") return none(`${MANIFEST_FILE} does not list ${name}`);
      const actual = this.hash(`${PROGRAM_FOLDER}/${name}`);
      if (actual === null) return none(`${name} does not exist`);
      if (actual !== expected) return none(`${name} is not the one that ${MANIFEST_FILE} lists`);
    }
    return { sha256: createHash("sha256").update(manifest).digest("hex"), problem: null };
  }

  /** What is in the program's folder, with each file's first line. */
  programFolder(): { name: string; firstLine: string | null }[] {
    const folder = this.local(PROGRAM_FOLDER);
    if (!fs.existsSync(folder)) return [];
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({
        name: entry.name,
        firstLine: entry.isFile()
          ? fs.readFileSync(path.join(folder, entry.name), "utf8").split(/\r?\n/)[0] || null
          : null,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** Deletes the folders of the program and of its records. */
  removeProgram(): void {
    for (const folder of [PROGRAM_FOLDER, DATA_FOLDER]) fs.rmSync(this.local(folder), { recursive: true, force: true });
  }

  /** Deletes everything on the drives. */
  wipe(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
    fs.mkdirSync(path.join(this.root, "C"), { recursive: true });
  }

  private hash(hostPath: string): string | null {
    try {
      return createHash("sha256")
        .update(fs.readFileSync(this.local(hostPath)))
        .digest("hex");
    } catch {
      return null;
    }
  }
}
