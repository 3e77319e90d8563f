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
 * Copies the host program to the server. With a file there instead of text in every command, state contains only its
 * hash, and a new program shows as one change for each server.
 */
export class HostProgram extends remote.CopyToRemote {
  constructor(name: string, args: HostProgramArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        connection: args.connection,
        source: new pulumi.asset.FileArchive(sourceFolder(args.files.folder)),
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
