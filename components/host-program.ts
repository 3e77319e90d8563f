/** HostProgram: the host program's folder on the server, and its removal at the end. */
import * as path from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { removeProgramCommand } from "../model/host-bootstrap";
import { PROGRAM_FOLDER } from "../model/host-protocol";
import type { HostProgramFiles } from "../remote/host-program-files";
import type { Connection } from "./host-command";

export interface HostProgramArgs {
  connection: Connection;
  files: HostProgramFiles;
  /** Moved where the program on the server was changed: copies it again. */
  revision: pulumi.Input<number>;
}

/**
 * Copies the host program to the server. A file there rather than text in every command: state keeps its hash only, and
 * a new program shows as one change for each server.
 */
export class HostProgram extends remote.CopyToRemote {
  constructor(name: string, args: HostProgramArgs, opts?: pulumi.CustomResourceOptions) {
    // Relative, so that state does not depend on where the program was checked out.
    const folder = `${path.relative(process.cwd(), args.files.folder)}/`;
    super(
      name,
      {
        connection: args.connection,
        source: new pulumi.asset.FileArchive(folder),
        remotePath: PROGRAM_FOLDER,
        triggers: [args.revision],
      },
      opts,
    );
  }
}

/** Removes the folder on destroy, which copying alone never does. All that runs the program depends on it. */
export class HostProgramRemoval extends remote.Command {
  constructor(name: string, connection: Connection, opts?: pulumi.CustomResourceOptions) {
    const quiet = { addPreviousOutputInEnv: false, logging: remote.Logging.None };
    super(name, { connection, delete: removeProgramCommand(), ...quiet }, opts);
  }
}
