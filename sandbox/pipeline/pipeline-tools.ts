/** The folder of stand-ins that a pipeline's steps find on PATH before everything else. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError } from "../../console/errors";
import { findOnPath } from "../../console/processes/find-on-path";
import { withOwnNode } from "../../console/processes/own-node";

const SCRIPTS = path.join(__dirname, "stand-ins");

/** Programs that are replaced. `npm` is replaced for installations only. */
const STAND_INS = ["az", "gh", "npm"] as const;

/** Programs that the steps need unchanged. */
const REAL = ["bash", "ssh-agent", "ssh-add", "timeout"] as const;

/** Names of the programs that this machine lacks. */
export function missingTools(): string[] {
  return REAL.filter((name) => !findOnPath(name));
}

/** npm's own script, so that it runs with the Node of this process. */
function realNpm(): string {
  const found = findOnPath("npm");
  if (!found) throw new CommandError("npm is not on PATH");
  return fs.realpathSync(found);
}

/**
 * Writes the folder.
 *
 * @param pulumi the CLI that the sandbox runs
 * @returns the environment that the steps need
 * @throws CommandError with the remedy if something is missing
 */
export function makeTools(folder: string, pulumi: string): { PATH: string; STAND_IN_NPM: string } {
  const missing = missingTools();
  if (missing.length > 0) {
    throw new CommandError(`a pipeline's steps need ${missing.join(", ")}: install openssh-client and coreutils`);
  }
  fs.mkdirSync(folder, { recursive: true });
  for (const name of STAND_INS) {
    const script = `#!/bin/sh\nexec "${process.execPath}" "${path.join(SCRIPTS, `${name}.mjs`)}" "$@"\n`;
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  }
  // The language host and the launchers are beside the CLI and are found through its real path.
  fs.writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\nexec "${pulumi}" "$@"\n`, { mode: 0o755 });
  return { PATH: `${folder}${path.delimiter}${withOwnNode(process.env.PATH ?? "")}`, STAND_IN_NPM: realNpm() };
}
