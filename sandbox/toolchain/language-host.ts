/** Makes the host of a project's language available beside the Pulumi CLI: only when a project needs it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { findOnPath, isExecutable } from "../../console/processes/find-on-path";
import { builtFolder } from "./cache";
import { makeExclusively } from "./exclusive";
import { checkGo, goBuild, runGo } from "./go-build";
import { goVariables } from "./go-toolchain";
import { languageOf, type Language } from "./languages";
import { showProgress } from "./progress";
import type { Toolchain } from "./toolchain";

export interface LanguageHostOptions {
  toolchain: Toolchain;
  /** What `runtime` in Pulumi.yaml says. */
  runtime: string;
  log: (line: string) => void;
  /** The cache's folder of this language. @default beside the toolchain's folder */
  folder?: string;
  /** The environment that provides Go and its settings. @default that of this process */
  env?: NodeJS.ProcessEnv;
}

const SDK = "github.com/pulumi/pulumi/sdk/v3";

/**
 * Sees to it that the toolchain has the host of this language. Pulumi's release brings the hosts; a toolchain that was
 * built here gets the one that is needed, built once per user and version.
 *
 * @throws Error with the remedy if the language is unknown, or its host is not there and cannot be built
 */
export async function provideLanguageHost(options: LanguageHostOptions): Promise<void> {
  const { toolchain, runtime } = options;
  const language = languageOf(runtime);
  if (language.source === "with the CLI" || isThere(toolchain, language)) return;
  if (toolchain.source !== "build" || language.source === null) {
    throw new Error(
      `This Pulumi has no ${language.program}, which runs ${language.title}: install Pulumi's release ` +
        "(https://www.pulumi.com/docs/install), which brings it.",
    );
  }
  const { source } = language;
  const goModule = path.join(__dirname, source.module);
  const folder = options.folder ?? `${builtFolder(goModule)}-${runtime}`;
  await makeExclusively({
    folder,
    isComplete: (made) => isExecutable(path.join(made, language.program)),
    what: `the language host for ${language.title}`,
    log: options.log,
    fill: (empty) => build(empty, goModule, { ...language, source: source.package }, options),
  });
  linkBeside(toolchain, path.join(folder, language.program));
}

/** Beside the CLI, where Pulumi looks first, or on PATH if the CLI's own hosts are there too. */
function isThere({ pulumi, languageHost }: Toolchain, { program }: Language): boolean {
  if (isExecutable(path.join(path.dirname(fs.realpathSync(pulumi)), program))) return true;
  return languageHost === "path" && findOnPath(program) !== undefined;
}

async function build(
  folder: string,
  goModule: string,
  language: Pick<Language, "title" | "program" | "files"> & { source: string },
  options: LanguageHostOptions,
): Promise<void> {
  const { log } = options;
  const env = goVariables(options.env);
  await checkGo(goModule, env, log);
  const what = `the language host for ${language.title}`;
  log(`building ${what} from Go modules: once per user and version`);
  const stop = showProgress((seconds) => `building ${what}: ${seconds} s, usually less than 2 minutes`, log);
  try {
    if (language.files) {
      const sdk = await runGo(["list", "-m", "-f", "{{.Dir}}", SDK], goModule, env, `Reading ${SDK}`);
      for (const file of language.files) {
        const copy = path.join(folder, path.basename(file));
        fs.copyFileSync(path.join(sdk.trim(), file), copy);
        fs.chmodSync(copy, 0o755);
      }
    }
    const program = { name: language.program, source: language.source };
    await goBuild(program, path.join(folder, language.program), goModule, env);
  } finally {
    stop();
  }
}

/** Two processes may do so at once: each link is put into place in one step. */
function linkBeside({ folder }: Toolchain, program: string): void {
  const link = path.join(folder, path.basename(program));
  const own = `${link}.${process.pid}`;
  fs.rmSync(own, { force: true });
  fs.symlinkSync(program, own);
  fs.renameSync(own, link);
}
