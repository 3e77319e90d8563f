/** Every remedy of this project with sample values, so that its commands can be tried. */
import { CHECK_REMEDIES } from "../../../cli/doctor/doctor-remedies";
import { DIAGNOSTICS } from "../../../model/diagnostics/registry";
import type { Registration } from "../../../model/diagnostics/registration";
import { fillRemedy, type Remedy, type RemedyTemplate } from "../../../model/diagnostics/remedy";
import { RULE_REMEDIES } from "../../../policy/rule-remedies";

const GUID = "12345678-2222-4333-8444-555555555555";

/** A value for each name that a template may have. Names of others hold what a shell could take for something else. */
const SAMPLES: Record<string, string> = {
  ...{ appId: GUID, keyId: GUID, ownerId: GUID, principalId: GUID, id: GUID, server: "sync02" },
  ...{ otherServer: "sync07", otherStack: "org/prod two", assignmentId: 'a\'b; $(touch x) `y` "z"' },
  ...{ name: "Sync_SYNC02_0123456789ab", thumbprint: "AB".repeat(20), command: "Add-ADSyncApplicationRegistration -X" },
  ...{ account: "svc-sync02@contoso.com" },
  ...{ help: "Correct it.", marker: "ConnectSyncIdentity:prod/sync02" },
};

/** Values that only sentences have are not looked at here. */
const VALUES = new Proxy(SAMPLES, {
  has: () => true,
  get: (samples, name: string) => samples[name] ?? `a value of ${name}`,
  getOwnPropertyDescriptor: (samples, name: string) => ({
    ...{ configurable: true, enumerable: true, value: samples[name] ?? `a value of ${name}` },
  }),
});

const several = ({ remedy }: Registration): [string, RemedyTemplate][] =>
  Array.isArray(remedy)
    ? [["", remedy as RemedyTemplate]]
    : Object.entries(remedy as Record<string, RemedyTemplate>).map(([name, one]) => [`.${name}`, one]);

/** By where it is registered: code and name of the remedy. */
export const TEMPLATES: [string, RemedyTemplate][] = [
  ...Object.entries(DIAGNOSTICS).flatMap(([code, registration]) =>
    several(registration).map(([name, template]): [string, RemedyTemplate] => [`${code}${name}`, template]),
  ),
  ...Object.entries(CHECK_REMEDIES).map(([name, one]): [string, RemedyTemplate] => [`the doctor's ${name}`, one]),
  ...Object.entries(RULE_REMEDIES).map(([name, one]): [string, RemedyTemplate] => [`the policy's ${name}`, one]),
];

export const REMEDIES: [string, Remedy][] = TEMPLATES.map(([name, template]) => [name, fillRemedy(template, VALUES)]);
