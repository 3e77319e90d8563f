/** The rules of the dynamic resources by name, as the texts in state request them: components/dynamic-provider.ts. */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { provider as credentialGuard } from "./credential-guard-rules";
import { provider as syncRoleGuard } from "./sync-role-guard-rules";
import { provider as syncServer } from "./sync-server-rules";

/** A name remains as long as a state may contain it. */
const RULES = {
  "credential-guard": credentialGuard,
  "sync-role-guard": syncRoleGuard,
  "sync-server": syncServer,
} as const satisfies Record<string, dynamic.ResourceProvider>;

export type RulesName = keyof typeof RULES;

/**
 * The rules of one kind of resource.
 * @throws Error if a newer version wrote the state
 */
export function provider(name: string): dynamic.ResourceProvider {
  if (Object.hasOwn(RULES, name)) return RULES[name as RulesName];
  throw new Error(
    `connect-sync-identity has no rules "${name}"; it has ${Object.keys(RULES).join(", ")}; ` +
      "state was written by a newer version: install that version",
  );
}
