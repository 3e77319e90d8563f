/** The rules of the policy pack, by what they enforce before a change. A report does not run them; a preview does. */

/** Name of the rule, and the controls that it is evidence for. */
export const RULE_CONTROLS: Readonly<Record<string, readonly string[]>> = {
  "key-in-tpm": ["IA-5(6)", "SC-12"],
  "no-software-key": ["IA-5(6)", "SC-12"],
  "certificate-lifetime": ["IA-5", "MS.AAD.5.7v1"],
  "certificate-rotation": ["IA-5", "SC-12"],
  "no-shared-identities": ["IA-4", "IM-3"],
  "owners-limited": ["AC-6", "CM-5"],
  "owners-known": ["AC-6", "CM-5"],
  "roles-as-declared": ["AC-6", "PA-7"],
  "credential-policy-enforced": ["CM-6(2)"],
  "host-keys-pinned": ["AC-17"],
  "ssh-key-in-agent": ["AC-17"],
  "minimum-version": ["SI-2", "SA-22"],
  "no-standing-repair": ["CM-3"],
  "verified-by-sync": ["IA-9"],
  "abandon-refused": ["CM-3"],
  "required-servers": ["CM-8"],
  "synchronisers-declared": ["AC-2", "SI-4"],
  "servers-as-declared": ["CM-2"],
};
