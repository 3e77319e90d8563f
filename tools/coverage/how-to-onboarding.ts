/** The how-to page, its second part: the way to an application identity. */
import { done, outside, person, steps, type Row, type Section } from "./row";
import * as T from "./tests";

const BYOC = "`mode: byoc`: [modes](modes.md)";
const BY_HAND =
  "No file and no console: the host program answers the public part, and azuread uploads it with its own dates.";
const HASHED =
  "The host program hashes the certificate's bytes without `ToHexString`, which 5.1 lacks, and TypeScript hashes them again.";
const FOLDERS = {
  followed:
    "The file is found by the key's own `UniqueName`: for a TPM key it is an absolute path in another folder than the page names.",
};
const RULES = {
  followed:
    "The access rules are set as a whole to service account, SYSTEM and Administrators, and read back; the page adds one rule and leaves others.",
};
const SCHEDULER = {
  followed:
    "The scheduler gets the value that it had; the page sets `$true`, which switches on what a person had switched off.",
};
const MODULE =
  "The module is found through the service's ImagePath, so that another installation folder works; always in Windows PowerShell 5.1.";
const MODULE_TEST = "unit/cli/doctor-server-checks.test.ts";

/** The rights on a key, the same step of three procedures. */
const TAKEN_OVER: Parameters<typeof done>[3] = [
  [
    "end-to-end/situations/servers.test.ts",
    "the declared application must be linked again, and the other one be shown",
  ],
  [
    "unit/model/notices.test.ts",
    "the cause of a taken over connector must follow from the build, and its remedy from the cause",
  ],
];

export const access = (from: number): Row =>
  done(
    "step",
    "The service account may sign with the key: read access on its file, read back",
    "`ensure-certificate` and `register` set it by SID; findings [`key-acl-lost`](diagnostics.md#key-acl-lost), [`key-acl-wide`](diagnostics.md#key-acl-wide)",
    [T.ACCESS_LOST, T.ACCESS_WIDE, T.ACCESS_REFUSED],
    { ...steps(from), ...RULES },
  );

export const HOW_TO_ONBOARDING: readonly Section[] = [
  {
    heading: "Installation and upgrade (managed by Microsoft Entra Connect)",
    rows: [
      outside(
        "procedure",
        "The first installation sets up the managed application",
        "Installing the product is no step of this project.",
        ["docs/faq.md", "Installing and upgrading Entra Connect"],
      ),
      done(
        "warning",
        "An interactive upgrade sets up the managed application again",
        "[`product-took-over`](diagnostics.md#product-took-over); `up` links our own again; [what to choose in the wizard](situations/product-took-over.md)",
        TAKEN_OVER,
      ),
    ],
  },
  {
    heading: "Onboard to application-based authentication",
    rows: [
      done("procedure", "From a password account, or from another application, to an own one", "`pulumi up`", [
        T.ONBOARDED,
      ]),
    ],
  },
  {
    heading: "Automatic",
    rows: [
      done(
        "limit",
        "The product onboards by itself within six hours",
        "[`product-took-over`](diagnostics.md#product-took-over) with the build and its evidence; a row of [versions](versions.md), and `leave` says so",
        [...TAKEN_OVER, T.agreed("onboarded")],
      ),
    ],
  },
  {
    heading: "Manual",
    rows: [
      done("procedure", "Own application or own certificate needs PowerShell", "The host program calls the cmdlets", [
        T.LINK,
        T.ROTATE_CMDLET,
      ]),
    ],
  },
  {
    heading: "Default",
    steps: 2,
    rows: [
      person(
        "step",
        "The wizard configures the managed application",
        "The wizard needs a desktop and an administrator's sign-in; `up` takes the server over afterwards.",
        steps(1, 2),
      ),
    ],
  },
  {
    heading: "BYOC with Default Application",
    rows: [
      done(
        "procedure",
        "Read `ConnectorIdentityType` first",
        "`observe`; [`connector-password-account`](diagnostics.md#connector-password-account)",
        [T.finding("connector-password-account")],
      ),
    ],
  },
  {
    heading: "Switch from ServiceAccount to Application",
    steps: 2,
    rows: [
      person(
        "step",
        "From a password account the wizard comes first",
        "It needs a desktop and a sign-in. Own applications do not need it.",
        steps(1, 2),
      ),
    ],
  },
  {
    heading: "Change Application certificate to your own certificate",
    steps: 10,
    rows: [
      done(
        "step",
        "Export, upload to the product's application, hash",
        `${BYOC}. ${BY_HAND}`,
        [T.BYOC_SWITCHED, T.BYOC_PERMISSION],
        steps(1, 3),
      ),
      done(
        "step",
        "Access rules, also below `RSA\\MachineKeys` for a certificate of a CA",
        "The key's own file, by `UniqueName`; a legacy CSP key is named as the reason",
        [
          [
            "contract/issued.contract.ts",
            "the CA's certificate must be taken as it is, with the access rules of the service account",
          ],
          ["contract/issued.contract.ts", "the key of a legacy CSP must be named as the reason"],
          [
            "end-to-end/accounts-and-sources.test.ts",
            "a declared template must rotate once the CA approved, and each rotation ask the CA again",
          ],
        ],
        { ...steps(4), ...FOLDERS },
      ),
      done(
        "step",
        "Pause, load the module, rotate, verify, resume",
        BYOC,
        [T.BYOC_SWITCHED, T.BYOC_REPLACED],
        steps(5, 9),
      ),
      done("step", "Remove the password account", "`remove-legacy-account`", [T.LEGACY_REMOVED], steps(10)),
    ],
  },
  {
    heading: "BYOA with BYOC",
    rows: [
      done("procedure", "Own application with own certificate, as a whole", "`pulumi up`", [
        T.ONBOARDED,
        T.NO_WORK_LEFT,
      ]),
    ],
  },
  {
    heading: "Create the application using PowerShell:",
    steps: 24,
    rows: [
      done(
        "step",
        "Connect to the tenant",
        "The azuread provider; the doctor checks the permissions",
        [["unit/cli/doctor-tenant-checks.test.ts", "each check of the tenant must be ok if there is no problem"]],
        steps(1),
      ),
      done(
        "step",
        "Create application and service principal",
        "`Application`, `ServicePrincipal`",
        [T.APPLICATION],
        steps(2, 4),
      ),
      done("step", "Sync service and its role", "Looked up by value", [T.LOOK_UPS, T.ROLE], steps(5, 7)),
      done(
        "step",
        "Reset service and its roles, also in the US Government cloud",
        "Looked up by value, the service by the cloud's id",
        [T.WRITEBACK_ROLES, T.NO_RESET_SERVICE],
        steps(8, 10),
      ),
      done(
        "step",
        "Request the permissions",
        "`requiredResourceAccess`",
        [T.APPLICATION, T.WRITEBACK_ROLES],
        steps(11, 12),
      ),
      done(
        "step",
        "Assign the roles",
        "`AppRoleAssignment`, one or four",
        [T.ROLE, T.WRITEBACK_ASSIGNED],
        steps(13, 14),
      ),
      done("step", "Export the certificate and upload it", BY_HAND, [T.UPLOADED, T.AFTER_POLICY], steps(15, 16)),
      done(
        "step",
        "Compute the SHA-256 hash",
        HASHED,
        [["unit/model/certificate-policy.test.ts", "a certificate must be refused if the host claims another ${what}"]],
        steps(17),
      ),
      { ...access(18), ...FOLDERS, followed: `${FOLDERS.followed} ${RULES.followed}` },
      done(
        "step",
        "Pause the scheduler, and wait for a running cycle",
        "Only around the switch; a task of Windows puts it back if the run ends",
        [T.PAUSED, T.RESTORED],
        steps(19),
      ),
      done(
        "step",
        "Load the module",
        MODULE,
        [
          [
            MODULE_TEST,
            "the doctor must report a missing module, an old version, and the known issues of an accepted version",
          ],
        ],
        steps(20),
      ),
      done(
        "step",
        "Link the application",
        "`Add-ADSyncApplicationRegistration` in a bounded child process",
        [T.LINK, T.SIGN_IN],
        {
          ...steps(21),
          followed:
            "The cmdlet is this page's; the older page links an own application with `Add-EntraApplicationRegistration`.",
        },
      ),
      done("step", "Verify", "The connector is read again, and a delta cycle runs", [T.VERIFIED], steps(22)),
      done("step", "Resume the scheduler", "It ends as it was found", [T.RESTORED, T.LEFT_OFF], {
        ...steps(23),
        ...SCHEDULER,
      }),
      done("step", "Remove the password account", "`remove-legacy-account`, by name", [T.LEGACY_REMOVED], steps(24)),
    ],
  },
];
