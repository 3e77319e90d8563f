/** HostProgram: the host program's folder on the server, and its removal at the end. */
import * as fs from "node:fs";
import * as path from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { removeProgramCommand } from "../model/protocol/host-bootstrap";
import { PROGRAM_FOLDER } from "../model/protocol/host-protocol";
import type { HostProgramFiles } from "../remote/host-program-files";
import type { Connection } from "./host-command";

export interface HostProgramArgs {
  connection: Connection;
  files: HostProgramFiles;
  /** Changes if the program on the server was modified: copies it again. */
  revision: pulumi.Input<number>;
}

/**
 * The program's folder as state names it: relative, so that state does not depend on the current folder, and through
 * node_modules if the package is installed there, because the real path of a linked package contains its version.
 */
export function sourceFolder(folder: string, from = process.cwd()): string {
  const relative = (target: string) => `${path.relative(from, target).split(path.sep).join("/")}/`;
  for (let above = from; ; above = path.dirname(above)) {
    const installed = path.join(above, "node_modules", "connect-sync-identity", path.basename(folder));
    if (fs.existsSync(installed) && fs.realpathSync(installed) === fs.realpathSync(folder)) return relative(installed);
    if (path.dirname(above) === above) return relative(folder);
  }
}

/**
 * The program's folder, known by the hash of the program's manifest. Engine and plugin compare archives by their hash; for
 * one that has none the engine hashes every file in the folder.
 */
class ProgramArchive extends pulumi.asset.FileArchive {
  /** The SDK sends every property of an archive to the engine. */
  readonly hash: string;

  constructor({ folder, sha256 }: HostProgramFiles) {
    super(sourceFolder(folder));
    this.hash = sha256;
  }
}

/**
 * Copies the host program to the server. A file there rather than text in every command: state keeps its hash only, and
 * a new program shows as one change for each server.
 */
export class HostProgram extends remote.CopyToRemote {
  constructor(name: string, args: HostProgramArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        connection: args.connection,
        source: new ProgramArchive(args.files),
        remotePath: PROGRAM_FOLDER,
        triggers: [args.revision],
      },
      opts,
    );
  }
}

/** Removes the folder on destroy, which CopyToRemote does not. Everything that runs the program depends on it. */
export class HostProgramRemoval extends remote.Command {
  constructor(name: string, connection: Connection, opts?: pulumi.CustomResourceOptions) {
    const quiet = { addPreviousOutputInEnv: false, logging: remote.Logging.None };
    super(name, { connection, delete: removeProgramCommand(), ...quiet }, opts);
  }
}
