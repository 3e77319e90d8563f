/** The how-to page, its first part: what there is, what is required, and what is looked up in Entra. */
import { done, person, steps, type Section } from "./row";
import * as T from "./tests";

const MANAGED = "`mode: managed` observes and judges it, and changes nothing: [modes](modes.md)";
const BYOC = "`mode: byoc`: [modes](modes.md)";

const requirement = (what: string, by: string, tests: Parameters<typeof done>[3], more = {}) =>
  done("requirement", what, by, tests, more);

export const HOW_TO: readonly Section[] = [
  {
    heading: "Authenticate to Microsoft Entra ID by using application identity",
    rows: [
      done(
        "fact",
        "An application with a certificate takes the place of a user with a password",
        "The whole component; [architecture](architecture.md)",
        [T.ONBOARDED],
      ),
      done(
        "fact",
        "The application is single-tenant",
        "`signInAudience` is declared; finding [`audience-wide`](diagnostics.md#audience-wide)",
        [T.APPLICATION, T.agreed("audience")],
      ),
      done(
        "warning",
        "An application administrator can add a credential and act as the application",
        "The guard finds foreign keys, secrets, owners and federated credentials, and locks the properties",
        [T.agreed("foreign-key"), T.agreed("lock-off")],
      ),
      done(
        "warning",
        "An application administrator can consent to the sync role",
        "The guard lists every principal that may synchronise",
        [T.agreed("role-holder")],
      ),
    ],
  },
  {
    heading: "Managed by Microsoft Entra Connect (default)",
    rows: [
      done("procedure", "The product owns application and certificate: create, rotate, delete", MANAGED, [T.MANAGED]),
      done(
        "fact",
        "The certificate is in the service account's own store",
        "The doctor does not report it as missing",
        [
          [
            "unit/cli/doctor-server-checks.test.ts",
            "the doctor must report a certificate that is missing from the store, unless the product keeps it in its own",
          ],
        ],
      ),
      done(
        "warning",
        "Without a TPM the product falls back to a software key",
        "Never here: a software key must be allowed by name. Event 1014 is a notice [`key-reported`](diagnostics.md#key-reported)",
        [T.SOFTWARE_BY_NAME, T.EVENT_1014],
      ),
      done(
        "warning",
        "With the scheduler suspended the product does not rotate",
        "Notice [`scheduler-suspended`](diagnostics.md#scheduler-suspended)",
        [T.notice("scheduler-suspended")],
      ),
    ],
  },
  {
    heading: "Bring Your Own Certificate",
    rows: [
      done("procedure", "The product's application with a certificate of the administrator's", BYOC, [
        T.BYOC_SWITCHED,
        T.BYOC_ROTATED,
      ]),
      requirement("The certificate is in the machine store", "`ensure-certificate` makes it there", [T.ONBOARDED]),
      requirement(
        "Only the service may sign with the key",
        "Access rules by SID; [`key-acl-wide`](diagnostics.md#key-acl-wide)",
        [T.ACCESS_WIDE],
      ),
      requirement("The key is in a TPM", "The default provider; missing: `TPM_MISSING`", [
        T.CONFIGURATION_DEFAULTS,
        ["contract/situations/certificates.ts", "ensure-certificate must refuse a TPM that is not there"],
      ]),
      person(
        "requirement",
        "The key is in an HSM",
        "A provider that keeps a key file can be named with `allowSoftwareKey`; others are refused before anything is made ([decision 16](decisions/0016-no-hsm.md)).",
      ),
      done("procedure", "Read the TPM's state", "`observe` and the doctor read it", [
        [
          "unit/cli/doctor-server-checks.test.ts",
          "the doctor must report a missing or unready TPM, unless the key is stored elsewhere",
        ],
      ]),
      person(
        "procedure",
        "Give a virtual machine a virtual TPM, generation 2 only",
        "It is done at the host of the machine while the machine is off: [TPM](situations/tpm-without-pss.md).",
      ),
    ],
  },
  {
    heading: "Bring Your Own Application",
    rows: [
      done(
        "procedure",
        "Application, permissions and certificate are the administrator's",
        "`ConnectSyncIdentity`: the default and only mode",
        [T.ONBOARDED, T.NO_WORK_LEFT],
      ),
      requirement(
        "Version 2.5.76.0 or later",
        "`minimumVersion`, `VERSION_TOO_OLD`; [versions](versions.md)",
        [
          T.VERSION_FLOOR,
          T.FLOOR_LOWERED,
          ["unit/model/versions.test.ts", "the minimum version must be the service's cutoff"],
        ],
        {
          followed:
            "The default floor is 2.5.79.0, below which the service refuses all synchronisation since 30 September 2026; `minimumVersionReason` lowers it to what the page says.",
        },
      ),
      requirement("An own application needs an own certificate", "There is no setting without one", [
        T.CONFIGURATION_DEFAULTS,
      ]),
    ],
  },
  {
    heading: "Prerequisites",
    rows: [
      person(
        "requirement",
        "New versions come from the Entra admin center alone",
        "An upgrade of the product is the administrator's; [versions](versions.md) says which version lacks what.",
      ),
      requirement("2.5.3.0 or later for manual onboarding", "Covered by the higher floor", [T.VERSION_FLOOR], {
        followed: "The same page requires 2.5.76.0 for its steps, so 2.5.3.0 is refused.",
      }),
      done(
        "requirement",
        "2.5.76.0 or later onboards by itself",
        "A row of [versions](versions.md) from 2.5.76.0 to 2.6.84.0; notice [`managed-application-left`](diagnostics.md#managed-application-left)",
        [T.KNOWN_ISSUES, T.notice("managed-application-left")],
      ),
      done(
        "requirement",
        "At least a Hybrid Identity Administrator signs in",
        "Only if a build asks for it: `SIGNIN_REQUIRED`, [sign-in](situations/sign-in.md); the pipeline needs its own permissions",
        [T.SIGN_IN],
      ),
      requirement(
        "Optional: TPM 2.0, ready",
        "Default; an unready one is a notice [`tpm-not-ready`](diagnostics.md#tpm-not-ready)",
        [T.notice("tpm-not-ready")],
      ),
      requirement(
        "A CNG key, not exportable, for digital signatures: RSA 2048, SHA-256",
        "`ensure-certificate` makes exactly this, and the policy checks it",
        [T.POLICY],
      ),
      done("event", "1014: the key is not in a TPM", "Notice [`key-reported`](diagnostics.md#key-reported)", [
        T.EVENT_1014,
        T.notice("key-reported"),
      ]),
      requirement("The certificate is in the machine store", "`ensure-certificate`", [T.ONBOARDED]),
      requirement("The service account may sign with the key", "Access rules, and a sync cycle after the switch", [
        T.ACCESS_LOST,
        T.VERIFIED,
      ]),
      requirement("Own application: application and service principal with permissions", "`EntraApplication`", [
        T.APPLICATION,
      ]),
      requirement(
        "Own application: the certificate is registered with it",
        "`ApplicationCertificate`, before the switch",
        [T.UPLOADED],
      ),
    ],
  },
  {
    heading: "View the current authentication configuration",
    steps: 8,
    rows: [
      done(
        "procedure",
        "Read who signs in: application or account, and the certificate's details",
        "`observe`; report and outputs show it",
        [T.REPORT_DATES, T.OUTPUTS],
      ),
      done(
        "fact",
        "The wizard's table in each mode: managed by, automatic rotation, issuer, serial number",
        "[Report](report.md) and [outputs](outputs.md); of a certificate that only the product reaches, Entra's public part",
        T.WIZARD_TABLE,
      ),
      done(
        "step",
        "Sign in to Graph with the right to consent",
        "The pipeline's own permissions; [identities](pipelines/identities.md)",
        [
          [
            "unit/cli/doctor-tenant-checks.test.ts",
            'the doctor must report ${name} as ${needed ? "missing" : "not granted, which is no problem"}',
          ],
        ],
        steps(1),
      ),
      done(
        "step",
        "Find the sync service and its application role",
        "Looked up once for a stack, by value",
        [T.LOOK_UPS, T.ROLE],
        {
          ...steps(2, 3),
          followed:
            "The role is looked up by value among those for applications; the older page prints the delegated scope's id for both.",
        },
      ),
      done(
        "step",
        "Find the password reset service, which a tenant may lack",
        "Only if passwords are written back; absent: `SERVICE_MISSING` names the command",
        [T.NO_RESET_SERVICE, T.RESET_SERVICE_MISSING],
        steps(4),
      ),
      done("step", "Find its three roles by value", "Looked up with the service", [T.WRITEBACK_ROLES], steps(5)),
      done(
        "step",
        "Request the permissions on the application",
        "`requiredResourceAccess` of the application",
        [T.APPLICATION, T.WRITEBACK_ROLES],
        {
          ...steps(6),
          followed:
            "The reset service is requested only with writeback, as the PowerShell steps of the page do; its Graph steps request it always.",
        },
      ),
      done("step", "Assign the sync role", "`AppRoleAssignment`", [T.ROLE], steps(7)),
      done(
        "step",
        "Assign the three roles of password writeback",
        "Three more assignments with `passwordWriteback: true`",
        [T.WRITEBACK_ASSIGNED],
        steps(8),
      ),
      done("fact", "The reset service has another id in the US Government cloud", "The table of clouds", [
        ["unit/model/cloud-choice.test.ts", "the cloud must follow the provider's environment ${environment}"],
        T.CLOUD_TABLE,
      ]),
      done(
        "fact",
        "Each cloud end to end: sign-in, roles, host cmdlets",
        "The sandbox can be in any of them: [clouds](clouds.md). A server in a tenant of another cloud is one problem",
        [
          [
            "unit/model/cloud-choice.test.ts",
            "a server whose connector belongs to a tenant of another cloud must be one problem, which names both",
          ],
          [
            "unit/model/cloud-choice.test.ts",
            "the cloud that a server's registry sets must be held against the stack's, and its absence against nothing",
          ],
          [
            "unit/cli/observe-server.test.ts",
            "must be refused by name if its connector or its registry belongs to another cloud",
          ],
          [
            "end-to-end/clouds.test.ts",
            "a server must be onboarded, rotated, guarded and examined in the cloud ${cloud}, and in no other",
          ],
        ],
      ),
    ],
  },
];
