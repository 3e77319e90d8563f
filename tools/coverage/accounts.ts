/** The page of accounts and permissions. */
import { done, outside, person, type Section } from "./row";
import * as T from "./tests";

const AD_DS = ["docs/faq.md", "The account for Active Directory"] as const;
const SQL = ["docs/faq.md", "SQL Server and its rights"] as const;
const AD_FS = ["docs/faq.md", "AD FS and its proxies"] as const;
const INSTALL = ["docs/faq.md", "Installing and upgrading Entra Connect"] as const;
const PRODUCT = "The product's installation needs it; this project begins on an installed server.";
const DIRECTORY = "Nothing here reads or writes Active Directory.";
const COMPARED: Parameters<typeof done>[3] = [
  [
    "unit/model/findings.test.ts",
    "a finding on access rules must go by SID: a former service account must not keep its access",
  ],
  [
    "end-to-end/accounts-and-sources.test.ts",
    "a server under each kind of service account must be onboarded, its key readable by that SID alone",
  ],
];
const WHOLE: Parameters<typeof done>[3] = [
  [
    "end-to-end/accounts-and-sources.test.ts",
    "a server under each kind of service account must be onboarded, its key readable by that SID alone",
  ],
  [
    "end-to-end/accounts-and-sources.test.ts",
    "a rotation must give the new key to the same SID, and a declared hash must rotate to the CA's certificate",
  ],
];

export const ACCOUNTS: readonly Section[] = [
  {
    heading: "Microsoft Entra Connect: Accounts and permissions",
    rows: [done("fact", "Which accounts there are", "This page, and `observe` of two of them", [T.FACT_RULES])],
  },
  {
    heading: "Accounts used for Microsoft Entra Connect",
    rows: [
      outside("fact", "AD DS connector account", DIRECTORY, AD_DS),
      done(
        "fact",
        "ADSync service account",
        "`observe` reads it with its SID; `serviceAccount` requires one",
        COMPARED,
      ),
      done("fact", "Entra connector account", "The application takes its place", [T.ONBOARDED]),
      done("requirement", "A local administrator", "The SSH user: [open SSH](open-ssh.md)", [
        [
          "unit/cli/doctor-connection-checks.test.ts",
          "the doctor must say of a refused key that a policy may deny the logon, and which account works then",
        ],
      ]),
      outside("requirement", "AD DS Enterprise Administrator", PRODUCT, AD_DS),
      done(
        "requirement",
        "Hybrid Identity Administrator",
        "Only for a sign-in at the desktop and for `leave --rollback`, `remove-legacy-account`",
        [T.SIGN_IN, T.ROLLED_BACK],
      ),
      outside("requirement", "SQL SA, or the database made by its administrator", PRODUCT, SQL),
      outside("limit", "No Enterprise or Domain Administrator as AD DS connector account", DIRECTORY, AD_DS),
      person(
        "fact",
        "Administrative accounts in an enterprise access model",
        "An organisation's own structure. [Security](../SECURITY.md) says what belongs into Tier 0.",
      ),
      done(
        "procedure",
        "Lower the Hybrid Identity Administrator after the installation",
        "Notice [`installer-role-left`](diagnostics.md#installer-role-left), once, as long as a server signs in with an account",
        [
          [
            "unit/model/guard-administrators.test.ts",
            "must be one notice of the tenant, as long as a server signs in with an account",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Microsoft Entra Connect installation",
    rows: [outside("procedure", "The two ways of the wizard", PRODUCT, INSTALL)],
  },
  { heading: "Express settings", rows: [outside("procedure", "Express installation", PRODUCT, INSTALL)] },
  {
    heading: "AD DS Enterprise Administrator credentials",
    rows: [outside("requirement", "Credentials for the installation, or for DirSync's account", PRODUCT, AD_DS)],
  },
  {
    heading: "Microsoft Entra Hybrid Identity Administrator credentials",
    rows: [outside("requirement", "Credentials for the installation", PRODUCT, INSTALL)],
  },
  {
    heading: "AD DS Connector account required permissions for express settings",
    rows: [
      outside(
        "requirement",
        "Rights in Active Directory for hash sync, Exchange hybrid and writeback",
        DIRECTORY,
        AD_DS,
      ),
    ],
  },
  { heading: "Express settings wizard", rows: [outside("procedure", "The pages of the wizard", PRODUCT, INSTALL)] },
  { heading: "Custom settings", rows: [outside("procedure", "Custom installation", PRODUCT, INSTALL)] },
  {
    heading: "Custom settings wizard",
    rows: [
      outside("procedure", "The pages of the wizard", PRODUCT, INSTALL),
      outside("requirement", "sysadmin in a full SQL Server", PRODUCT, SQL),
      outside(
        "requirement",
        "AD FS servers, web application proxies, their trust and service account",
        "Federation is how users sign in, not how the server does.",
        AD_FS,
      ),
    ],
  },
  {
    heading: "Create the AD DS Connector account",
    rows: [
      outside("requirement", "A plain user with rights by feature", DIRECTORY, AD_DS),
      outside("procedure", "ADSyncConfig sets the rights", DIRECTORY, AD_DS),
      done(
        "requirement",
        "Password writeback: the Entra half",
        "`passwordWriteback`; [`writeback-undeclared`](diagnostics.md#writeback-undeclared)",
        [
          [
            "end-to-end/findings.test.ts",
            "password writeback must be compared with the declaration, which assigns and removes the roles",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Permissions required to upgrade",
    rows: [
      outside(
        "requirement",
        "Local administrator and member of ADSyncAdmins",
        "An upgrade is the administrator's.",
        INSTALL,
      ),
      outside("requirement", "DBO of the database for upgrades; sysadmin from 1.1.484 to 1.1.647", PRODUCT, SQL),
    ],
  },
  {
    heading: "Created accounts details",
    rows: [done("fact", "Three accounts, of which one signs in to Entra", "The rows below", [T.FACT_RULES])],
  },
  {
    heading: "AD DS Connector account",
    rows: [outside("fact", "`MSOL_` account and its password policy", DIRECTORY, AD_DS)],
  },
  {
    heading: "ADSync service account",
    rows: [
      done("fact", "Four kinds of account, compared by SID", "`compareServiceAccount`; access rules by SID", [
        ...COMPARED,
        ["unit/model/service-account.test.ts", "must be the same account: ${declared} and ${account}"],
      ]),
      person(
        "limit",
        "The account cannot change after the installation",
        "A reinstallation is a rebuilt server: [server rebuilt](situations/server-rebuilt.md).",
      ),
      person(
        "warning",
        "Do not reset the password of an old build's service account",
        "Nothing here writes it; the encryption keys are the product's.",
      ),
      done("warning", "Another account than the declared one is at work", "`SERVICE_ACCOUNT_UNEXPECTED`", [
        [
          "unit/cli/doctor-server-checks.test.ts",
          "the doctor must report a service account other than the declared one, by name or SID",
        ],
      ]),
    ],
  },
  {
    heading: "VSA",
    rows: [
      done("fact", "`NT SERVICE\\ADSync`, the default", "The sandbox's default account", [T.ONBOARDED, T.ROTATED]),
    ],
  },
  {
    heading: "gMSA",
    rows: [
      done("fact", "A gMSA through onboarding and rotation", "One sandbox has a server under each", WHOLE),
      done("fact", "An sMSA through onboarding and rotation", "One sandbox has a server under each", WHOLE),
    ],
  },
  {
    heading: "User account",
    rows: [
      done("fact", "A domain account through onboarding and rotation", "One sandbox has a server under each", WHOLE),
      done("fact", "A local account through onboarding and rotation", "One sandbox has a server under each", WHOLE),
      outside("fact", "The account is DBO of a full SQL Server", PRODUCT, SQL),
      person(
        "requirement",
        "A proxy that asks for a sign-in needs the account in the domain",
        "The proxy is the organisation's; the doctor reports one that asks. That the service takes another one than a session is observed: [service proxy](situations/service-proxy.md).",
      ),
    ],
  },
  {
    heading: "Microsoft Entra Connector account",
    rows: [
      done("fact", "Its name holds the server's", "The account of a declared server is known by its whole name", [
        [
          "unit/model/guard-roles.test.ts",
          "the account of a declared server must be accepted by its whole name, in any letter case, and in no other domain",
        ],
      ]),
      done(
        "fact",
        "It holds a directory role that nothing else should",
        "The guard reads both roles; [`directory-role-foreign`](diagnostics.md#directory-role-foreign)",
        [T.agreed("directory-role")],
      ),
      done(
        "limit",
        "20 accounts in a tenant",
        "Counted before a rollback; notice [`sync-accounts-near-limit`](diagnostics.md#sync-accounts-near-limit)",
        [T.ACCOUNTS_FULL, T.notice("sync-accounts-near-limit")],
      ),
      done("procedure", "List the accounts", "The guard and the report list them", [
        [
          "unit/cli/report-build.test.ts",
          "the report must distinguish holders of directory roles, and accounts of sync servers from others",
        ],
      ]),
      done(
        "procedure",
        "Remove unused accounts of former machines",
        "Finding [`legacy-account-left`](diagnostics.md#legacy-account-left); `deprivilege-account --delete`, of a former machine identifier `remove-legacy-account`, by name",
        [
          T.HAND_MADE_ACCOUNT,
          [
            "unit/model/guard-roles.test.ts",
            "an account of a former machine identifier must be found, with the command of its server that removes it by name",
          ],
        ],
      ),
      outside("procedure", "Reset its password", "An application has none.", [
        "docs/faq.md",
        "What happens to the old `Sync_` account?",
      ]),
    ],
  },
  { heading: "Next steps", rows: [outside("fact", "Links to installation pages", PRODUCT, INSTALL)] },
];
