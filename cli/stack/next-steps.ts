/** What commands tell a person to run next on a stack. */
import { ownLine, sandboxPulumiLine } from "../../console/own-command";

/** Whose next steps they are. */
export interface StackOfReader {
  stack: string;
  /** Whether that is the sandbox's stack, whose Pulumi is reached through this program. */
  sandbox: boolean;
}

/** A command of this project on a stack. */
export function operationLine(stack: string, name: string, args = ""): string {
  return ownLine(name, ...(args === "" ? [] : [args]), "--stack", stack);
}

/** Pulumi on a stack. */
export function pulumiLine({ stack, sandbox }: StackOfReader, command: string): string {
  return sandbox ? sandboxPulumiLine(command) : `pulumi ${command} --stack ${stack}`;
}

/** What a connector signs in with, in one phrase. */
export function identityLine(connector: {
  identityType: string;
  userName: string;
  appId: string | null;
  certificateSha256: string | null;
}): string {
  if (connector.identityType === "ServiceAccount") return `service account ${connector.userName}`;
  return `application ${connector.appId ?? connector.userName} with certificate ${connector.certificateSha256 ?? "unknown"}`;
}

/** The setting of one value of a stack's configuration, as a person types it. */
export function configurationLine(reader: StackOfReader, property: string, value: string): string {
  return pulumiLine(reader, `config set --path '${property}' ${value}`);
}
