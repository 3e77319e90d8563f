/** The older how-to page: only what differs from the newer one needs words of its own. */
import { done, outside, person, type Section } from "./row";
import * as T from "./tests";

const NEWER =
  "The newer page's cmdlets are followed: `Add-ADSyncApplicationRegistration` links, `Invoke-ADSyncApplicationCredentialRotation` rotates.";
const WRITEBACK = (value: string) =>
  done(
    "requirement",
    `The role ${value}`,
    "Looked up by value with `passwordWriteback: true`",
    [T.WRITEBACK_ROLES, T.WRITEBACK_ASSIGNED],
    {
      followed: "By value, as the newer page does; the id of this page is not used.",
    },
  );

export const OLDER_HOW_TO: readonly Section[] = [
  {
    heading: "Managed by Microsoft Entra Connect (recommended)",
    rows: [
      done(
        "procedure",
        "The product owns application and certificate",
        "`mode: managed` observes and judges it: [modes](modes.md)",
        [T.MANAGED],
      ),
      done(
        "warning",
        "With maintenance off the product does not rotate",
        "Notice [`maintenance-off`](diagnostics.md#maintenance-off)",
        [T.notice("maintenance-off")],
        {
          followed: "Both conditions are reported: the newer page names the suspended scheduler alone.",
        },
      ),
    ],
  },
  {
    heading: "Bring Your Own Application",
    rows: [
      done(
        "procedure",
        "Application, permissions, certificate and its end are the administrator's",
        "`ConnectSyncIdentity`",
        [T.ONBOARDED, T.ROTATED],
      ),
    ],
  },
  {
    heading: "Bring Your Own Certificate",
    rows: [
      done("procedure", "The product's application with an own certificate", "`mode: byoc`: [modes](modes.md)", [
        T.BYOC_SWITCHED,
      ]),
      person(
        "procedure",
        "Switch on the virtual TPM of a generation 2 machine",
        "It is done at the machine's host: [TPM](situations/tpm-without-pss.md).",
      ),
    ],
  },
  {
    heading: "Prerequisites",
    rows: [
      done(
        "requirement",
        "2.5.3.0 or later",
        "Covered by the higher floor; [versions](versions.md)",
        [T.VERSION_FLOOR],
        { followed: "The newer page and the service's cutoff: 2.5.79.0 by default." },
      ),
      done("requirement", "A Hybrid Identity Administrator", "Only if a build asks for a sign-in", [T.SIGN_IN]),
      outside(
        "requirement",
        "AD DS on Windows Server 2016 or later",
        "The product's own requirement. OpenSSH needs Server 2019 or its MSI: [open SSH](open-ssh.md).",
        ["docs/faq.md", "Installing and upgrading Entra Connect"],
      ),
      done("requirement", "Optional: TPM 2.0", "Default", [T.CONFIGURATION_DEFAULTS]),
      done(
        "requirement",
        "A CNG key, not exportable, RSA 2048 with SHA-256, in the machine store",
        "`ensure-certificate`",
        [T.POLICY],
      ),
      done("event", "1014: no TPM", "Notice [`key-reported`](diagnostics.md#key-reported)", [T.EVENT_1014]),
      done("requirement", "The service account may sign", "Access rules by SID", [T.ACCESS_LOST]),
      done(
        "requirement",
        "Own application: registered, with permissions and certificate",
        "`EntraApplication`, `ApplicationCertificate`",
        [T.APPLICATION, T.UPLOADED],
      ),
    ],
  },
  {
    heading: "Installation and upgrade (managed by Microsoft Entra Connect)",
    rows: [
      outside(
        "procedure",
        "Installation sets up the managed application",
        "Installing the product is no step of this project.",
        ["docs/faq.md", "Installing and upgrading Entra Connect"],
      ),
      person(
        "procedure",
        "The box in the wizard of an upgrade, or its task",
        "The wizard needs a desktop; leave the box empty on a declared server.",
      ),
    ],
  },
  {
    heading: "Onboard to application-based authentication by using PowerShell",
    rows: [
      done(
        "procedure",
        "Read the identity, pause, register, link, verify, resume, remove the account",
        "`pulumi up`, then `remove-legacy-account`",
        [T.ONBOARDED, T.PAUSED, T.VERIFIED, T.LEGACY_REMOVED],
      ),
      done("step", "Link an own application", "`Add-ADSyncApplicationRegistration`", [T.LINK], { followed: NEWER }),
      done(
        "step",
        "Register and link with an own certificate on the product's application",
        "`mode: byoc`: the wizard first, then the rotation",
        [T.BYOC_SWITCHED, T.BYOC_WIZARD],
        { followed: NEWER },
      ),
      person("step", "Register and link the managed application", "The wizard does it in the newer page."),
    ],
  },
  {
    heading: "View the certificate",
    rows: [
      done("fact", "Thumbprint, hash, subject and dates", "`observe`, report and outputs", [T.REPORT_DATES, T.OUTPUTS]),
      done(
        "fact",
        "Managed by, automatic rotation, issuer and serial number in each mode",
        "[Report](report.md) and [outputs](outputs.md)",
        T.WIZARD_TABLE,
      ),
    ],
  },
  {
    heading: "On-demand certificate rotation",
    rows: [
      done(
        "event",
        "1011 and 1012, 150 days before and after the end",
        "[`rotation-reported`](diagnostics.md#rotation-reported), [`credential-expired`](diagnostics.md#credential-expired)",
        [T.notice("rotation-reported"), T.finding("credential-expired")],
      ),
      done(
        "warning",
        "Events come only with maintenance on and the scheduler not suspended",
        "Both are notices; our dates need neither",
        [T.notice("maintenance-off"), T.finding("rotation-due")],
      ),
      done(
        "procedure",
        "Old keys of the managed application: `Remove-EntraApplicationKey`",
        "Notice [`managed-key-left`](diagnostics.md#managed-key-left) prints the command",
        [
          [
            "unit/model/managed.test.ts",
            "a key of an earlier certificate must be a notice with the product's own command, never the key in use",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Use the wizard",
    rows: [person("procedure", "The wizard rotates the managed certificate", "It needs a desktop and a sign-in.")],
  },
  {
    heading: "Use PowerShell",
    rows: [
      done(
        "procedure",
        "Rotate an own application: pause, cmdlet, verify, resume, cycle, remove the old one",
        "`pulumi up`",
        [T.ROTATED, T.VERIFIED, T.CERTIFICATE_REMOVED],
        { followed: NEWER },
      ),
      done(
        "procedure",
        "Rotate to an own certificate on the product's application by cmdlet",
        "`mode: byoc`: `pulumi up`",
        [
          T.BYOC_ROTATED,
          [
            "contract/situations/managed.ts",
            "a rotation to an own certificate must leave the product's name on its application",
          ],
        ],
        { followed: NEWER },
      ),
      person(
        "procedure",
        "Rotate the managed application by cmdlet, while the product does not",
        "The newer page has only the wizard for it, at the desktop. The cmdlet without a hash is this page's alone, and an administrator signs in. Both ways, step by step: [modes](modes.md#when-entra-connect-does-not-rotate).",
        { followed: "The newer page names the wizard; the cmdlet is the second way, for a person." },
      ),
    ],
  },
  {
    heading: "Script to generate the SHA256 hash of the certificate",
    rows: [
      done("procedure", "Hash the certificate's bytes", "`ConvertTo-CsiHash` for 5.1, checked again in TypeScript", [
        ["unit/model/certificate-policy.test.ts", "a certificate must be refused if the host claims another ${what}"],
      ]),
    ],
  },
  {
    heading: "Resource permission",
    rows: [done("requirement", "Admin consent is needed", "A role assignment is the consent", [T.ROLE])],
  },
  {
    heading: "ADSynchronization.ReadWrite.All",
    rows: [
      done("requirement", "The role of the sync service", "Looked up by value among those for applications", [T.ROLE], {
        followed: "By value: this page prints the delegated scope's id for the application role as well.",
      }),
    ],
  },
  {
    heading: "Microsoft Graph permissions for BYOA",
    rows: [
      done("fact", "The roles belong to the password reset service, not to Graph", "They are looked up there", [
        T.WRITEBACK_ROLES,
      ]),
    ],
  },
  { heading: "PasswordWriteback.RefreshClient.All", rows: [WRITEBACK("to refresh the client")] },
  { heading: "PasswordWriteback.RegisterClientVersion.All", rows: [WRITEBACK("to register the client's version")] },
  { heading: "PasswordWriteback.OffboardClient.All", rows: [WRITEBACK("to take the client off")] },
  {
    heading: "Certificate revocation process",
    rows: [
      done("procedure", "Remove the key credential, or rotate", "`revoke`, `rotate`", [T.REVOKED, T.REVOKED_ENDS]),
      person(
        "procedure",
        "Revocation by a CA that Entra trusts",
        "The CA is the organisation's: [certificates](certificates.md#revocation) says what is checked where; `revoke` takes the key from Entra all the same.",
      ),
    ],
  },
  {
    heading: "Remove a legacy service account by using PowerShell",
    rows: [
      done("procedure", "Credential, then removal by name", "`remove-legacy-account`", [
        T.LEGACY_REMOVED,
        T.LEGACY_NAMED,
      ]),
      done("procedure", "A custom account loses the role instead", "`deprivilege-account`", [T.HAND_MADE_ACCOUNT]),
    ],
  },
  {
    heading: "Roll back to a legacy service account by using PowerShell",
    rows: [
      done("procedure", "Pause, add the account, read, resume", "`leave --rollback`", [T.ROLLED_BACK]),
      done("limit", "Access may be denied for up to 15 minutes", "Said by [leave](situations/leave.md)", [
        T.ROLLED_BACK,
      ]),
    ],
  },
];
