/** Tests that several rows of docs/coverage.md name. */
import type { Test } from "./row";

const ONBOARDING = "end-to-end/onboarding.test.ts";
const ROTATION = "end-to-end/rotation.test.ts";
const LEAVING = "end-to-end/leaving.test.ts";
const LEGACY = "end-to-end/legacy-account.test.ts";
const COMPONENT = "component/connect-sync-identity.test.ts";
const FINDINGS = "end-to-end/findings.test.ts";

export const ONBOARDED: Test = [
  ONBOARDING,
  "an up must give each server its own application and TPM key, from a managed application and from a password account",
];
export const NO_WORK_LEFT: Test = [ONBOARDING, "the next preview and the next up must find no work"];
export const OUTPUTS: Test = [ONBOARDING, "the stack's outputs must contain what a person needs"];
export const APPLICATION: Test = [
  COMPONENT,
  "an application must be single-tenant, carry the server's marker and request only the sync role",
];
export const ROLE: Test = [
  COMPONENT,
  "an application must get the role for applications, not the delegated scope of the same name",
];
export const WRITEBACK_ROLES: Test = [
  COMPONENT,
  "an application must request the roles of both services if passwords are written back",
];
export const WRITEBACK_ASSIGNED: Test = [COMPONENT, "password writeback must add exactly three role assignments"];
export const NO_RESET_SERVICE: Test = [
  COMPONENT,
  "the password reset service must not be looked up unless it is needed: a tenant may lack it",
];
export const RESET_SERVICE_MISSING: Test = [
  "end-to-end/missing-service.test.ts",
  "a preview must show the one problem, with its command",
];
export const LOOK_UPS: Test = [
  "component/program.test.ts",
  "the program must look up shared values once for all servers",
];
export const UPLOADED: Test = [COMPONENT, "a certificate must be uploaded with its own dates"];
export const AFTER_POLICY: Test = [
  COMPONENT,
  "a key must be uploaded only after host and component have checked its certificate against the policy",
];
export const ACCESS_REFUSED: Test = [
  "contract/situations/preflight.ts",
  "register must set access rules again that deny the service account to read",
];
export const ACCESS_LOST: Test = [
  FINDINGS,
  "a preview must show ${drift.code} and an up must fix it",
  '"key-acl-lost"',
];
export const ACCESS_WIDE: Test = [
  FINDINGS,
  "a preview must show ${drift.code} and an up must fix it",
  '"key-acl-wide"',
];
export const PAUSED: Test = ["contract/situations/pausing.ts", "a switch must wait in its pause for a cycle that runs"];
export const RESTORED: Test = [
  "contract/situations/pausing.ts",
  "the scheduler must be put back by a second try if the first one fails",
];
export const LEFT_OFF: Test = [
  "end-to-end/verification.test.ts",
  "an up must not verify by a cycle while the scheduler is off, report that, and leave it off",
];
export const VERIFIED: Test = [
  "end-to-end/verification.test.ts",
  "the first switch must be verified with a delta sync cycle, which exports on the active server only",
];
export const LINK: Test = [
  "contract/situations/switching.ts",
  "a link that ends well without effect must be reported with the connector's place",
];
export const ROTATE_CMDLET: Test = [
  "contract/situations/switching.ts",
  "a rotation that fails must be followed by a link if the old certificate is gone",
];
export const ROTATED: Test = [
  ROTATION,
  "a due rotation must rotate both servers, with a working credential at every moment",
];
export const ROTATED_ON_DEMAND: Test = [ROTATION, "a server must rotate on demand, once for each new value"];
export const ROTATED_EXPIRED: Test = [
  ROTATION,
  "a server must rotate after the old certificate has expired, even if the cmdlet needs it",
];
export const CERTIFICATE_REMOVED: Test = [
  "contract/situations/certificates.ts",
  "remove-certificate must remove the key before the certificate",
];
export const LEGACY_REMOVED: Test = [
  LEGACY,
  "an unused legacy account must be removed on request, and the server must keep working",
];
export const LEGACY_IN_USE: Test = [LEGACY, "a legacy account must stay while a declared server's connector uses it"];
export const LEGACY_NAMED: Test = [LEGACY, "remove-legacy-account must require a valid account name"];
export const ROLLED_BACK: Test = [
  LEAVING,
  "a rollback must put the server on its service account, even if the configuration no longer has it",
];
export const ROLLBACK_MFA: Test = [
  LEAVING,
  "a rollback must report that multifactor authentication prevents it, and change nothing",
];
export const ACCOUNTS_FULL: Test = [
  LEAVING,
  "a rollback must be refused before it changes anything if the tenant accepts no further account",
];
export const REVOKED: Test = [
  "end-to-end/revocation.test.ts",
  "revoke must remove the key at once, even if the server cannot be reached",
];
export const REVOKED_ENDS: Test = [
  "end-to-end/revocation.test.ts",
  "a requested rotation must end a revocation, with a credential that works",
];
export const CONFIGURATION_DEFAULTS: Test = [
  "unit/model/configuration.test.ts",
  "a configuration must default to a lifetime of 365 days, rotation after 185, and a key in the TPM",
];
export const POLICY: Test = [
  "unit/model/certificate-policy.test.ts",
  "a certificate must be refused with ${what}, and for that alone",
];
export const SOFTWARE_BY_NAME: Test = [
  "unit/model/configuration.test.ts",
  "a software key must be allowed by name before it can be chosen",
];
export const REPORT_DATES: Test = [
  "unit/cli/report-build.test.ts",
  "the report of a healthy stack must say so, link by link, with the dates of each certificate",
];
export const WIZARD_TABLE: readonly Test[] = [
  [
    "unit/cli/report-build.test.ts",
    "each form of the report must have the wizard's table of every server, in each mode",
  ],
  [COMPONENT, "an identity's outputs must be those of application and certificate, and ready only at the end"],
  ["end-to-end/modes.test.ts", "a managed server must be observed, and nothing of it made or changed"],
];
export const BLANK_PARAMETERS: Test = [
  FINDINGS,
  "connector-parameters-blank must be shown, and fixed only if the repair is requested by name",
];
export const FACT_RULES: Test = [
  "unit/model/fact-uses.test.ts",
  "each fact that the host program reports must be held against something, or have a reason",
];
export const EVENTS_READ: Test = [
  "unit/model/event-meanings.test.ts",
  "each id that the host program reads must have a meaning, and no other one may count",
];
export const EVENTS_DUE: Test = [
  "unit/model/event-meanings.test.ts",
  "1011 and 1012 must be reported of a certificate that only the product reads: others are judged by their dates",
];
export const EVENT_1014: Test = [
  "unit/model/event-meanings.test.ts",
  "1014 must be a notice if the key is declared to be in the TPM, and nothing if it is declared elsewhere",
];
export const VERSION_FLOOR: Test = [
  "unit/model/server-state.test.ts",
  "a first run must compare the version with the declared minimum, including the minimum itself",
];
export const KNOWN_ISSUES: Test = [
  "unit/model/versions.test.ts",
  "each known issue must begin and end at its documented versions",
];
export const CLOUD_TABLE: Test = [
  "unit/remote/tenant-access.test.ts",
  "the endpoints must be those of the declared cloud",
];
export const SIGN_IN: Test = [
  "end-to-end/sign-in.test.ts",
  "a pending sign-in must show its one command in up, in the stack's outputs and in every preview",
];
/** A notice, by its code. */
export const notice = (code: string): Test => [
  "unit/model/notices.test.ts",
  "the notice must be ${code}, and no other, if ${what}",
  `"${code}"`,
];
/** A finding, by its code. */
export const finding = (code: string): Test => [
  "unit/model/findings.test.ts",
  "the finding must be ${code}, and no other, if ${what}",
  `"${code}"`,
];
/** What all readers agree on after a break of the sandbox. */
export const agreed = (what: string): Test => ["end-to-end/agreement.test.ts", "must agree on ${what}", what];
export const FLOOR_LOWERED: Test = [
  "unit/model/minimum-version.test.ts",
  "the documents' oldest version must be accepted with a reason, and no older one",
];
export const MANAGED: Test = [
  "end-to-end/modes.test.ts",
  "a managed server must be observed, and nothing of it made or changed",
];

const BYOC = "end-to-end/modes-byoc.test.ts";
export const BYOC_SWITCHED: Test = [
  BYOC,
  "a managed server must be rotated to an own certificate, and keep the product's key until that is verified",
];
export const BYOC_PERMISSION: Test = [
  BYOC,
  "without the right to upload the run must stop before anything changes, and name the permission",
];
export const BYOC_REPLACED: Test = [
  BYOC,
  "the next up must remove the key that the own certificate replaced, and no other",
];
export const BYOC_ROTATED: Test = [
  BYOC,
  "a rotation must upload the new certificate, switch to it, and remove the old one in Entra and in the store",
];
export const BYOC_WIZARD: Test = [
  BYOC,
  "a server on a password account must be refused with what the wizard does first",
];
export const HAND_MADE_ACCOUNT: Test = [
  "end-to-end/situations/servers.test.ts",
  "an account that was created by hand must lose its role, and an unused one be removed",
];
/** No two servers with one identity, in a stack and over several. */
export const SHARED: Test[] = [
  ["unit/model/shared-identities.test.ts", "two connectors must not use one server's application"],
  [
    "unit/model/shared-identities.test.ts",
    "two servers must not be one machine, regardless of the case of its identifier",
  ],
  [
    "unit/cli/stacks-report.test.ts",
    'must show on both servers that they share a ${what} ${tenantId ? "over two tenants" : "in one tenant"}',
  ],
  [
    "end-to-end/stacks-report.test.ts",
    "must show a machine that two stacks declare, on both, and who may synchronise only once",
  ],
];
