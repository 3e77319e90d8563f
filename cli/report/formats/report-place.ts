/** Where a report's findings are declared, and where its codes are explained, for programs that show both. */
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryOf } from "../../work-tree";

/** A stack's file in its repository. */
export interface ReportPlace {
  /** Path from the root of the repository, with `/`; from the project's folder if there is none. */
  stackFile: string;
  /** The line on which each server begins, from 1. */
  lines: Readonly<Record<string, number>>;
  /** Address of the repository's files at this commit, ending with `/`; null outside a pipeline. */
  address: string | null;
}

/** The line of each server's name below `servers:`, as the file has it. */
function linesOf(text: string, servers: readonly string[]): Record<string, number> {
  const lines = text.split("\n");
  const found = servers.map((name): [string, number] => {
    const quoted = name.replace(/[^\w-]/g, "\\$&");
    return [name, lines.findIndex((line) => new RegExp(`^\\s+["']?${quoted}["']?\\s*:`).test(line)) + 1];
  });
  return Object.fromEntries(found.filter(([, line]) => line > 0));
}

/** The repository's files as the CI service shows them. */
function addressOf(environment: NodeJS.ProcessEnv): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = environment;
  return server && repository && commit ? `${server}/${repository}/blob/${commit}/` : null;
}

/** @param configFile the stack's file; it may be missing */
export function reportPlace(
  { projectFolder, configFile }: { projectFolder: string; configFile: string },
  servers: readonly string[],
  environment: NodeJS.ProcessEnv,
): ReportPlace {
  const relative = path.relative(repositoryOf(projectFolder), configFile);
  const outside = relative.startsWith("..") || path.isAbsolute(relative);
  const text = fs.existsSync(configFile) ? fs.readFileSync(configFile, "utf8") : "";
  return {
    stackFile: (outside ? path.basename(configFile) : relative).split(path.sep).join("/"),
    lines: linesOf(text, servers),
    address: addressOf(environment),
  };
}
