/** A Pulumi CLI that can run the program, and the environment that child processes need. */
import * as path from "node:path";
import { withOwnNode } from "../../console/processes/own-node";

export interface Toolchain {
  /** Path of the Pulumi CLI. */
  pulumi: string;
  /** Its version, such as `3.276.0`. */
  version: string;
  /** Found on PATH, installed by Pulumi's own installer, or built from Go modules. */
  source: "path" | "installer" | "build";
  /** The folder of the CLI. */
  folder: string;
  /** Whether the language host is beside the CLI, or elsewhere on PATH. */
  languageHost: "beside" | "path";
}

/**
 * What a run with this toolchain has in its environment: the folder first on PATH and the Node.js of this process as
 * "node", no word about newer versions, and plugins from the sandbox's own Pulumi home rather than from PATH. (Where the language host itself is on PATH only,
 * plugins there have to stay visible.)
 */
export function toolchainVariables(toolchain: Toolchain, searchPath = process.env.PATH ?? ""): Record<string, string> {
  return {
    PATH: withOwnNode([toolchain.folder, searchPath].filter(Boolean).join(path.delimiter)),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(toolchain.languageHost === "beside" ? { PULUMI_IGNORE_AMBIENT_PLUGINS: "true" } : {}),
  };
}
