/** `--project <folder>` of every command of the sandbox: another project than this repository's own. */
import { PROJECT_VARIABLE } from "../../console/sandbox-stack";
import type { CommandSpec } from "../command";

interface ProjectOption {
  project?: string;
}

/** The same command, which works on the sandbox in the folder of any project. */
export function ofAnyProject(spec: CommandSpec): CommandSpec {
  return {
    ...spec,
    define: (command) => {
      spec.define?.(command);
      command.option("--project <folder>", "a Pulumi project in any language (default: this repository)");
    },
    run: async (args, { project, ...options }: ProjectOption) => {
      if (project !== undefined) await choose(project);
      return spec.run(args, options);
    },
  };
}

/** Also for what this process starts: it names the project in what it prints. @throws UsageError if it cannot be run */
async function choose(folder: string): Promise<void> {
  const { readProject } = await import("../../sandbox/engine/project");
  readProject(folder);
  process.env[PROJECT_VARIABLE] = folder;
}
