/** What a run says in addition to the plugin's own error if a policy of the tenant refused a certificate. */
import * as pulumi from "@pulumi/pulumi";
import { diagnose, type Diagnostic } from "../model/diagnostics/diagnostic";
import { logErrors } from "./log";
import { lineOf } from "./this-reader";

/** Graph's code and the policy that it names; the plugin passes both on. */
const REFUSAL = /(Credential\w+AsPerAppPolicy)\b[^']*'([0-9a-f-]{36})'/i;
const PROPERTIES: Record<string, string> = {
  CredentialInvalidLifetimeAsPerAppPolicy: "asymmetricKeyLifetime",
};

/** The refusal that an error of the plugin is about; null if it is another error. */
export function refusalIn(server: string, error: string): Diagnostic | null {
  const [, code, policy] = REFUSAL.exec(error) ?? [];
  if (!policy) return null;
  const property = PROPERTIES[code] ?? "a restriction on the type or issuer of certificates";
  return diagnose("CERTIFICATE_REFUSED_BY_POLICY", server, { policy, property });
}

/** Whether the engine calls a hook after a failure: older ones do not, and the SDK refuses to register one with them. */
function engineCallsErrorHooks(): boolean {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the function is not among the SDK's types
  const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore(): { supportsErrorHooks?: boolean } };
  return getStore().supportsErrorHooks === true;
}

/** Names policy and remedy after a refused upload; never repeats it. */
export function whereRefused(name: string, server: string): pulumi.ErrorHook[] {
  if (!engineCallsErrorHooks()) return [];
  const hook = new pulumi.ErrorHook(`${name}-refused`, async ({ errors }) => {
    const refusal = refusalIn(server, errors[0] ?? "");
    // Without the wait, the engine may end the program before the line is printed.
    if (refusal) await logErrors([lineOf(refusal)]);
    return false;
  });
  return [hook];
}
