/** Next commands for a person, and identities in one phrase. */
import { currentReader } from "../../console/current-reader";
import { own, pulumi, renderCommand } from "../../model/diagnostics/remedy";

/** Pulumi on a stack, as a person types it. */
export function pulumiLine(stack: string, ...args: string[]): string {
  return renderCommand(pulumi(...args), currentReader(stack));
}

/** A command of this project on a stack, as a person types it. */
export function operationLine(stack: string, name: string, ...args: string[]): string {
  return renderCommand(own(name, ...args), currentReader(stack));
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
export function configurationLine(stack: string, property: string, value: string): string {
  return pulumiLine(stack, "config", "set", "--path", property, value);
}
