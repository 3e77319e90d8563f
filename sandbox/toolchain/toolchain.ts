/** A Pulumi CLI that can run the program, and the environment that child processes need. */
import * as path from "node:path";

export interface Toolchain {
  /** Path of the Pulumi CLI. */
  pulumi: string;
  /** Its version, such as `3.259.0`. */
  version: string;
  /** Found on PATH, installed by Pulumi's own installer, or built from Go modules. */
  source: "path" | "installer" | "build";
  /** The folder of the CLI. */
  folder: string;
  /** Whether the language host is beside the CLI, or elsewhere on PATH. */
  languageHost: "beside" | "path";
}

/**
 * The environment of a run with this toolchain: its folder first on PATH, no notices about newer versions, and
 * plugins from the sandbox's own Pulumi home rather than from PATH. (If the language host itself is on PATH only,
 * plugins there must remain visible.)
 */
export function toolchainVariables(toolchain: Toolchain, searchPath = process.env.PATH ?? ""): Record<string, string> {
  return {
    PATH: [toolchain.folder, searchPath].filter(Boolean).join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(toolchain.languageHost === "beside" ? { PULUMI_IGNORE_AMBIENT_PLUGINS: "true" } : {}),
  };
}
