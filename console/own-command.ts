/** The commands of this project as a person types them. */
import { PROGRAM } from "../model/diagnostics/remedy";

export { PROGRAM };

/** `npx connect-sync-identity <words>`. */
export function ownLine(...words: readonly string[]): string {
  return ["npx", PROGRAM, ...words].join(" ");
}

/** Pulumi on the sandbox. */
export function sandboxPulumiLine(command: string): string {
  return ownLine("sandbox", "pulumi", "--", command);
}
