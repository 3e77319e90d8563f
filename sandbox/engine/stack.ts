/** The stack `dev` in the sandbox's file backend: whether it exists, and how it is created. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { projectName } from "../../console/project-name";
import { STACK } from "../../console/sandbox-stack";
import type { SandboxFolder } from "../folder/folder";

/** The file backend's own layout, so that a run with an existing stack need not ask the CLI. */
export function stackExists(folder: SandboxFolder, project: string): boolean {
  const file = path.join(folder.state, ".pulumi", "stacks", project, `${STACK}.json`);
  return fs.existsSync(file) || fs.existsSync(`${file}.gz`);
}

/**
 * Writes a project of the same name into the scratch folder, with only the salt of the stack's own file.
 * `pulumi stack init` writes a salt if it finds none; here it can only write into the scratch folder.
 *
 * @returns the scratch folder
 */
export function makeScratchProject(folder: SandboxFolder, projectFolder: string): string {
  const stackFile = `Pulumi.${STACK}.yaml`;
  fs.rmSync(folder.scratch, { recursive: true, force: true });
  fs.mkdirSync(folder.scratch, { recursive: true });
  const project = { name: projectName(path.join(projectFolder, "Pulumi.yaml")), runtime: "nodejs" };
  fs.writeFileSync(path.join(folder.scratch, "Pulumi.yaml"), stringify(project));
  const tracked = path.join(projectFolder, stackFile);
  if (fs.existsSync(tracked)) {
    const { encryptionsalt } = (parse(fs.readFileSync(tracked, "utf8")) ?? {}) as { encryptionsalt?: string };
    if (encryptionsalt) fs.writeFileSync(path.join(folder.scratch, stackFile), stringify({ encryptionsalt }));
  }
  return folder.scratch;
}
