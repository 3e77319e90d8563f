/** The policy pack: all rules, and its start. */
import { PolicyPack } from "@pulumi/policy";
import type { Rule } from "./rule";
import { certificateLifetime, certificateRotation } from "./rules/certificates";
import { credentialPolicyEnforced, ownersKnown, ownersLimited, rolesAsDeclared } from "./rules/credentials";
import { hostKeysPinned, minimumVersion, noStandingRepair, verifiedBySync } from "./rules/hosts";
import { noSharedIdentities } from "./rules/identities";
import { keyInTpm, noSoftwareKey, sshKeyInAgent } from "./rules/keys";
import { abandonRefused, requiredServers, synchronisersDeclared } from "./rules/presence";
import { exceptionsPolicy, ReportedSoFar, toPolicy } from "./to-policy";

/** All rules. A test compares docs/policy.md with this list. */
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
];

/**
 * Answers the engine until it is ended.
 *
 * @public index.js calls it.
 */
export function start(): void {
  const reported = new ReportedSoFar();
  new PolicyPack("connect-sync-identity", {
    description: "Rules for the application identities of Entra Connect Sync servers",
    enforcementLevel: "mandatory",
    policies: [...RULES.map((rule) => toPolicy(rule, reported)), exceptionsPolicy(reported)],
  });
}
