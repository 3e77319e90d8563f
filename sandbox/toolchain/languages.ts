/**
 * The languages of projects that the sandbox runs, and how the host of each is made if Pulumi's own release is not there. One
 * table: what a host is built from, what has to be beside it, and what a project of that language needs on this machine.
 */
import { runLimited } from "../../console/processes/run-limited";
import { childEnvironment } from "./environment";

export interface Language {
  /** What `runtime` in Pulumi.yaml says. */
  runtime: string;
  /** For people. */
  title: string;
  /** The program that runs projects of this language; Pulumi looks for it under this name. */
  program: string;
  /**
   * What it is built from: a package of a Go module, which is a folder beside this file; "with the CLI" for the one that
   * every toolchain has; null if it is to be had in Pulumi's release only.
   */
  source: { module: "go" | "go-yaml"; package: string } | "with the CLI" | null;
  /** Files from Pulumi's SDK for Go that have to be beside the program, by their path in it. */
  files?: readonly string[];
  /** What a project needs on this machine: a command that succeeds if it is there, and how to get it. */
  needs: readonly Need[];
}

interface Need {
  command: readonly [string, ...string[]];
  /** Whole sentence: what is missing, and the remedy. */
  missing: string;
}

const PYTHON: readonly Need[] = [
  {
    command: ["python3", "--version"],
    missing: "Python is not on PATH: install Python 3.10 or later (https://www.python.org/downloads).",
  },
  {
    command: ["python3", "-c", "import venv, ensurepip"],
    missing:
      "This Python cannot make virtual environments: install its venv module (Debian and Ubuntu: apt install python3-venv).",
  },
];

const GO: readonly Need[] = [
  { command: ["go", "version"], missing: "Go is not on PATH: install it (https://go.dev/dl)." },
];

const DOTNET: readonly Need[] = [
  {
    command: ["dotnet", "--version"],
    missing: ".NET is not on PATH: install the .NET SDK (https://dotnet.microsoft.com/download).",
  },
];

export const LANGUAGES: readonly Language[] = [
  { runtime: "nodejs", title: "TypeScript", program: "pulumi-language-nodejs", source: "with the CLI", needs: [] },
  {
    runtime: "yaml",
    title: "YAML",
    program: "pulumi-language-yaml",
    source: { module: "go-yaml", package: "." },
    needs: [],
  },
  {
    runtime: "python",
    title: "Python",
    program: "pulumi-language-python",
    source: { module: "go", package: "./language-python" },
    files: ["python/cmd/pulumi-language-python-exec"],
    needs: PYTHON,
  },
  {
    runtime: "go",
    title: "Go",
    program: "pulumi-language-go",
    source: { module: "go", package: "./language-go" },
    needs: GO,
  },
  { runtime: "dotnet", title: "C#", program: "pulumi-language-dotnet", source: null, needs: DOTNET },
];

/** @throws Error that lists the languages if the sandbox does not know this one */
export function languageOf(runtime: string): Language {
  const found = LANGUAGES.find((one) => one.runtime === runtime);
  if (found) return found;
  const known = LANGUAGES.map((one) => one.runtime).join(", ");
  throw new Error(`runtime "${runtime}" in Pulumi.yaml is not one that the sandbox runs; it runs ${known}.`);
}

const NEED_LIMIT_SECONDS = 60;

/** @throws Error with the remedy if something that a project of this language needs is not on this machine */
export async function checkNeeds(
  { needs }: Pick<Language, "needs">,
  searchPath = process.env.PATH ?? "",
): Promise<void> {
  const env = childEnvironment({ PATH: searchPath });
  for (const { command, missing } of needs) {
    const [program, ...args] = command;
    const result = await runLimited(program, args, { env, limitSeconds: NEED_LIMIT_SECONDS }).catch(() => null);
    if (result?.exitCode !== 0) throw new Error(missing);
  }
}
