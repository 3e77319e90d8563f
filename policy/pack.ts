/** The policy pack: every rule, and its start. */
import { PolicyPack } from "@pulumi/policy";
import type { Rule } from "./rule";
import { certificateLifetime, certificateRotation } from "./rules/certificates";
import { credentialPolicyEnforced, ownersKnown, ownersLimited, rolesAsDeclared } from "./rules/credentials";
import { serversAsDeclared, synchronisersDeclared } from "./rules/findings";
import { hostKeysPinned, minimumVersion, noStandingRepair, verifiedBySync } from "./rules/hosts";
import { noSharedIdentities } from "./rules/identities";
import { keyInTpm, noSoftwareKey, sshKeyInAgent } from "./rules/keys";
import { abandonRefused, requiredServers } from "./rules/presence";
import { exceptionsPolicy, Told, toPolicy } from "./to-policy";

/** Every rule. docs/policy.md is held against this list by a test. */
export const RULES: readonly Rule[] = [
  keyInTpm,
  noSoftwareKey,
  certificateLifetime,
  certificateRotation,
  noSharedIdentities,
  ownersLimited,
  ownersKnown,
  rolesAsDeclared,
  credentialPolicyEnforced,
  hostKeysPinned,
  sshKeyInAgent,
  minimumVersion,
  noStandingRepair,
  verifiedBySync,
  abandonRefused,
  requiredServers,
  synchronisersDeclared,
  serversAsDeclared,
];

/** Answers the engine until it is ended. */
export function start(): void {
  const told = new Told();
  new PolicyPack("connect-sync-identity", {
    description: "Rules for the application identities of Entra Connect Sync servers",
    enforcementLevel: "mandatory",
    policies: [...RULES.map((rule) => toPolicy(rule, told)), exceptionsPolicy(told)],
  });
}
