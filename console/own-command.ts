/** The commands of this project as a person types them. */
import { quotePosix } from "../model/diagnostics/quoting";
import { PROGRAM } from "../model/diagnostics/remedy";
import { PROJECT_VARIABLE } from "./sandbox-stack";

export { PROGRAM };

/** `npx connect-sync-identity <words>`. */
export function ownLine(...words: readonly string[]): string {
  return ["npx", PROGRAM, ...words].join(" ");
}

/** A command of the sandbox, on the project that this process works on. */
export function sandboxLine(...words: readonly string[]): string {
  const [name, ...rest] = words;
  const project = process.env[PROJECT_VARIABLE];
  return ownLine("sandbox", name, ...(project ? ["--project", quotePosix(project)] : []), ...rest);
}

/** What starts the sandbox, as a person types it. */
export const startLine = () => (process.env[PROJECT_VARIABLE] ? sandboxLine("start") : "npm start");

/** Pulumi on the sandbox. */
export function sandboxPulumiLine(command: string): string {
  return sandboxLine("pulumi", "--", command);
}
