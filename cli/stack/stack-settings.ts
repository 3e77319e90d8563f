/** A stack's configuration as the CLI returns it: decrypted, with what the project and its environments add. */
import { stackValue } from "../../model/configuration/stack-value";
import { projectName } from "../../console/project-name";
import { projectFileOf } from "./project-folder";
import type { PulumiCommand } from "./pulumi-command";

export interface StackSettings {
  project: string;
  /** Every value as text, by its full key. Some are secrets. */
  all: Record<string, string | undefined>;
  /** What this project reads, by key, with maps and lists as such; without the SSH key. */
  own: Record<string, unknown>;
  sshPrivateKey: string | undefined;
  /** Values that the stack keeps as secrets, so that a command can keep them out of its output. */
  secrets: string[];
}

/** A value as the CLI returns it. */
interface Entry {
  value?: string;
  secret?: boolean;
}

/**
 * @throws CommandError if the stack is missing or its configuration cannot be decrypted
 */
export async function readSettings(pulumi: PulumiCommand): Promise<StackSettings> {
  const { stdout } = await pulumi.query(["config", "--json", "--show-secrets"]);
  const entries = Object.entries(JSON.parse(stdout) as Record<string, Entry>);
  const all = Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
  const project = projectName(projectFileOf(pulumi.projectFolder));
  const prefix = `${project}:`;
  const given = entries.filter(([key, { value }]) => key.startsWith(prefix) && value !== undefined);
  const { sshPrivateKey, ...own } = Object.fromEntries(
    given.map(([key, { value }]) => [key.slice(prefix.length), value]),
  );
  const values = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, stackValue(value ?? "")]));
  const secrets = entries.flatMap(([, { value, secret }]) => (secret && value ? [value] : []));
  return { project, all, own: values, sshPrivateKey, secrets };
}
