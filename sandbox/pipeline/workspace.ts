/** What `checkout` provides to a job: a copy of the project, with a pull request's change in it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { STACK } from "../../console/sandbox-stack";
import { REPOSITORY } from "../folder/folder";

/** Entries of the repository that no job needs, or that are linked instead of copied. */
const LEFT_OUT = ["node_modules", ".git", ".sandbox", "test", "docs", "tools", "adopt"];

/** A change of a declaration: path of a setting within this project's namespace, and its value. */
export interface SettingChange {
  path: (string | number)[];
  value: unknown;
}

const NAMESPACE = "connect-sync-identity";

/** `servers.sync02.passwordWriteback=true` as a change; the value is JSON, else text. */
export function parseChange(text: string): SettingChange | null {
  const match = /^([A-Za-z0-9_.-]+)=(.*)$/s.exec(text);
  if (!match) return null;
  let value: unknown = match[2];
  try {
    value = JSON.parse(match[2]);
  } catch {
    // Text without quotes, as a person types it.
  }
  return { path: match[1].split("."), value };
}

/** Copies the project; replaces the former content. */
export function makeWorkspace(folder: string, changes: readonly SettingChange[]): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const entry of fs.readdirSync(REPOSITORY)) {
    if (LEFT_OUT.includes(entry)) continue;
    fs.cpSync(path.join(REPOSITORY, entry), path.join(folder, entry), { recursive: true });
  }
  fs.symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(folder, "node_modules"));
  const file = path.join(folder, `Pulumi.${STACK}.yaml`);
  const document = parseDocument(fs.readFileSync(file, "utf8"));
  for (const change of changes) {
    const [setting, ...rest] = change.path;
    document.setIn(["config", `${NAMESPACE}:${setting}`, ...rest], change.value);
  }
  fs.writeFileSync(file, document.toString());
}
