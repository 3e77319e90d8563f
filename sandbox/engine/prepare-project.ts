/** What a project in another language than TypeScript needs before Pulumi runs it: host, plugin, SDK and dependencies. */
import * as fs from "node:fs";
import * as path from "node:path";
import { JsonFile } from "../../console/processes/json-file";
import { CommandError } from "../../console/errors";
import { REPOSITORY, type SandboxFolder } from "../folder/folder";
import { installOwnPlugin } from "../plugins/own-plugin";
import {
  checkNeeds,
  goSettings,
  languageOf,
  packageEnvironment,
  provideLanguageHost,
  runLimited,
  toolchainVariables,
  type Toolchain,
} from "../toolchain";
import { pulumiVariables } from "./environment";
import { dependenciesOf, type Project } from "./project";

/** From this the plugin's SDKs are generated. */
const PACKAGE_SCHEMA = path.join(REPOSITORY, "schema", "package.schema.json");

/** Includes the download of a language's packages. */
const INSTALL_LIMIT_SECONDS = 600;

/** @throws Error with the remedy if the sandbox does not know the project's language, or this machine lacks what it needs */
export async function checkProject({ runtime }: Project): Promise<void> {
  await checkNeeds(languageOf(runtime));
}

/**
 * Makes host and plugin available, and installs what the project depends on if that changed since the last time.
 *
 * @throws Error with the remedy if something cannot be made or installed
 */
export async function prepareProject(
  project: Project,
  toolchain: Toolchain,
  folder: SandboxFolder,
  log: (line: string) => void,
): Promise<void> {
  await provideLanguageHost({ toolchain, runtime: project.runtime, log });
  const version = installOwnPlugin(folder.home);
  log(`the plugin connect-sync-identity ${version} runs from this checkout`);
  const record = new JsonFile<{ dependencies: string }>(path.join(folder.home, "dependencies.json"));
  const isMissing = project.virtualenv !== undefined && !fs.existsSync(project.virtualenv);
  if (!isMissing && record.read()?.dependencies === dependenciesOf(project, PACKAGE_SCHEMA)) return;
  if (project.runtime !== "yaml" || project.hasPackages) await install(project, toolchain, folder, log);
  // Afterwards: the installation may have written to those files.
  record.write({ dependencies: dependenciesOf(project, PACKAGE_SCHEMA) });
}

async function install(
  { folder: cwd, runtime }: Project,
  toolchain: Toolchain,
  folder: SandboxFolder,
  log: (line: string) => void,
): Promise<void> {
  log(`pulumi install: the dependencies of ${cwd}`);
  const variables = { ...toolchainVariables(toolchain), ...pulumiVariables(folder) };
  const env = packageEnvironment({ ...(runtime === "go" ? goSettings() : {}), ...variables });
  const args = ["install", "--no-plugins", "--non-interactive"];
  const limits = { limitSeconds: INSTALL_LIMIT_SECONDS, interrupt: "end" as const };
  const result = await runLimited(toolchain.pulumi, args, { cwd, env, ...limits });
  if (result.interrupted) throw new CommandError("The installation was interrupted; the next start repeats it.");
  if (result.exitCode === 0) return;
  const end = (result.stderr + result.stdout).trim().split("\n").slice(-20).join("\n");
  throw new CommandError(`the dependencies of ${cwd} could not be installed:\n${end}`);
}
