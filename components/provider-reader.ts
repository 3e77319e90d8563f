/** Who reads what a dynamic provider's process shows: it has no program, and is handed the stack's configuration. */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { readerOf } from "../model/diagnostics/reader";
import { cloudNamed } from "../model/tenant/cloud-choice";

let environment: string | undefined;

/** To be called when the provider is configured: from then on commands in messages use the addresses of the cloud. */
export function readingConfiguration({ config }: dynamic.ConfigureRequest): void {
  environment = config.get("azuread:environment");
}

export const providerReader = (stack: string) =>
  readerOf(stack, process.env, null, cloudNamed(environment || process.env.ARM_ENVIRONMENT));
