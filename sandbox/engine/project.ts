/** The Pulumi project that a sandbox runs: this repository's own, or any other one in a folder. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { UsageError } from "../../console/errors";
import { STACK } from "../../console/sandbox-stack";

export interface Project {
  /** Absolute. */
  folder: string;
  /** What its Pulumi.yaml says. */
  runtime: string;
  /** Whether Pulumi.yaml names packages whose SDKs `pulumi install` generates. */
  hasPackages: boolean;
  /** The folder of a Python project's virtual environment; undefined if Pulumi.yaml names none. */
  virtualenv?: string;
}

/** Files that say what a project of any language depends on. */
const DEPENDENCIES = ["Pulumi.yaml", "requirements.txt", "pyproject.toml", "go.mod"];

/**
 * Reads a project's Pulumi.yaml.
 *
 * @throws UsageError with the remedy if the folder holds no project that the sandbox can run
 */
export function readProject(folder: string): Project {
  const absolute = path.resolve(folder);
  const refuse = (reason: string) => new UsageError(`the project in ${absolute}: ${reason}`);
  const file = path.join(absolute, "Pulumi.yaml");
  if (!fs.existsSync(file)) throw refuse("there is no Pulumi.yaml; name the folder of a Pulumi project");
  if (!fs.existsSync(path.join(absolute, `Pulumi.${STACK}.yaml`))) {
    throw refuse(
      `there is no Pulumi.${STACK}.yaml, which declares the sandbox's servers; copy that of this repository's examples/yaml`,
    );
  }
  const { runtime, packages } = readYaml(file, refuse);
  const { name, options } = runtimeOf(runtime);
  if (name === undefined) throw refuse("its Pulumi.yaml has no runtime; add one, such as runtime: yaml");
  const virtualenv = typeof options?.virtualenv === "string" ? path.resolve(absolute, options.virtualenv) : undefined;
  return { folder: absolute, runtime: name, hasPackages: packages !== undefined, virtualenv };
}

/** Whether a folder holds a project that Node.js does not run. One that does brings this project's package along. */
export function isOtherLanguage(folder: string): boolean {
  const file = path.join(folder, "Pulumi.yaml");
  if (!fs.existsSync(file)) return false;
  const { name = "nodejs" } = runtimeOf(readYaml(file, (reason) => new UsageError(`${file}: ${reason}`)).runtime);
  return name !== "nodejs";
}

function runtimeOf(runtime: unknown): { name?: string; options?: Record<string, unknown> } {
  if (typeof runtime === "string") return { name: runtime };
  const { name, options } = (runtime ?? {}) as { name?: unknown; options?: Record<string, unknown> };
  return typeof name === "string" ? { name, options } : {};
}

function readYaml(file: string, refuse: (reason: string) => Error): Record<string, unknown> {
  try {
    return (parse(fs.readFileSync(file, "utf8")) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw refuse(`its Pulumi.yaml is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** Changes with what the project depends on, and with what the plugin's SDK is generated from. */
export function dependenciesOf({ folder }: Project, schemaFile: string): string {
  const hash = createHash("sha256");
  for (const file of [...DEPENDENCIES.map((name) => path.join(folder, name)), schemaFile]) {
    hash.update(`${path.basename(file)}\0`);
    if (fs.existsSync(file)) hash.update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}
