/** The commands of this project as a person types them. The one place that renders one. */

export const PROGRAM = "connect-sync-identity";

/** `npx connect-sync-identity <words>`. */
export function ownLine(...words: readonly string[]): string {
  return ["npx", PROGRAM, ...words].join(" ");
}

/** Pulumi on the sandbox. */
export function sandboxPulumiLine(command: string): string {
  return ownLine("sandbox", "pulumi", "--", command);
}
