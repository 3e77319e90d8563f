/** The Pulumi project that a command works on: that of the working directory, or of a folder above, as for Pulumi itself. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "../../console/errors";

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];
const STACK_FILE = /^Pulumi\.(.+)\.ya?ml$/;

/** The project's file in a folder or the nearest one above; null if there is none. */
function findProjectFile(folder: string): string | null {
  const found = PROJECT_FILES.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file));
  if (found !== undefined) return found;
  const parent = path.dirname(folder);
  return parent === folder ? null : findProjectFile(parent);
}

/** @throws UsageError if there is none */
export function projectFileOf(folder: string): string {
  const file = findProjectFile(path.resolve(folder));
  if (file !== null) return file;
  throw new UsageError(
    `no Pulumi.yaml in ${path.resolve(folder)} or a parent folder; use --cwd to name a project's folder`,
  );
}

/** Names of the stacks that have a file in a folder. */
export function stacksIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .flatMap((name) => STACK_FILE.exec(name)?.[1] ?? [])
    .sort();
}
