/** The name of a Pulumi project, which is the namespace of its configuration. */
import * as fs from "node:fs";
import type * as yaml from "yaml";

/**
 * @param file the project's Pulumi.yaml, Pulumi.yml or Pulumi.json, which is YAML too
 * @throws Error if it contains no name
 */
export function projectName(file: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only here: every command loads this file, few read a project
  const { parse } = require("yaml") as typeof yaml;
  const project = parse(fs.readFileSync(file, "utf8")) as { name?: unknown } | null;
  if (typeof project?.name !== "string") throw new Error(`${file} does not contain a project name`);
  return project.name;
}
