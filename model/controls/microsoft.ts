/** Microsoft's own guidance: pages by the last part of their address, and controls of the cloud security benchmark. */
import * as codes from "./code-groups";
import { of, type Control } from "./control";

const LEARN = "https://learn.microsoft.com/en-us";

const page = (folder: string, id: string, title: string, rest: Omit<Control, "id" | "title" | "source" | "address">) =>
  of("microsoft")(id, title, { ...rest, address: `${LEARN}/${folder}/${id}` });
const benchmark = (
  domain: string,
  id: string,
  title: string,
  rest: Omit<Control, "id" | "title" | "source" | "address">,
) => of("mcsb")(id, title, { ...rest, address: `${LEARN}/security/benchmark/azure/mcsb-${domain}` });

export const MICROSOFT: readonly Control[] = [
  page(
    "entra/identity/hybrid/connect",
    "how-to-connect-install-prerequisites",
    "Prerequisites for Microsoft Entra Connect",
    {
      shows:
        "Of its hardening as Tier 0: the version, the accounts that may use the key, and that no connector uses an administrator's account.",
      notShown:
        "Administrators of the server, NTLM, local passwords, workstations, multifactor authentication, soft and hard match.",
      confidence: "low",
      reads: ["servers", "key-access"],
      codes: ["VERSION_TOO_OLD", "DOTNET_TOO_OLD", "key-acl-wide", "connector-account-administrator"],
      notices: ["deadline-ahead", "installer-role-left", "version-support-ends"],
    },
  ),
  page(
    "entra/identity/hybrid/connect",
    "authenticate-application-id",
    "Authenticate to Microsoft Entra ID by using application identity",
    {
      shows:
        "That each server signs in as its application with a certificate, whose key is in the declared provider and only for the service.",
      notShown: "What the page leaves to Windows and to Active Directory.",
      confidence: "high",
      reads: ["servers", "applications", "key-access"],
      codes: [
        ...codes.OTHER_IDENTITY,
        ...codes.KEY_PROTECTION,
        ...codes.LIFE_OF_CREDENTIALS,
        "connector-parameters-blank",
      ],
      notices: [...codes.CREDENTIAL_NOTICES, "legacy-account-present"],
    },
  ),
  page(
    "entra/architecture",
    "security-operations-applications",
    "Microsoft Entra security operations guide for applications",
    {
      shows:
        "Added credentials, owners, permissions and roles of the servers' applications, as they are at the time of the report.",
      notShown: "The events themselves: the detections look for them in the audit and sign-in logs.",
      confidence: "medium",
      reads: ["applications", "synchronisers", "directory-roles"],
      codes: [
        ...codes.FOREIGN_CREDENTIALS,
        ...codes.UNDECLARED_SYNCHRONISERS,
        "owner-foreign",
        "role-foreign",
        "scope-foreign",
      ],
    },
  ),
  page("entra/architecture", "service-accounts-principal", "Securing service principals in Microsoft Entra ID", {
    shows:
      "For each server's service principal its permissions, credentials, owners and the tenants whose accounts it takes.",
    notShown: "Service principals that do not synchronise; Conditional Access for workload identities.",
    confidence: "medium",
    reads: ["applications", "delegated-permissions"],
    codes: [
      ...codes.SECRETS,
      "role-foreign",
      "scope-foreign",
      "owner-foreign",
      "audience-wide",
      "principal-key-foreign",
    ],
  }),
  page(
    "entra/identity-platform",
    "howto-configure-app-instance-property-locks",
    "How to configure app instance property lock in your applications",
    {
      shows: "That the lock is on for each server's application.",
      notShown: "Other applications.",
      confidence: "high",
      reads: ["applications"],
      codes: ["lock-off", "principal-key-foreign", "principal-secret-foreign"],
    },
  ),
  benchmark("identity-management", "IM-2", "Protect identity and authentication systems", {
    shows:
      "What differs in the identities that may write to the directory: credentials, owners, the lock, the key's protection.",
    notShown: "Everything else that protects the directory.",
    confidence: "low",
    reads: ["servers", "applications", "synchronisers", "directory-roles"],
    codes: [...codes.FOREIGN_CREDENTIALS, ...codes.UNDECLARED_SYNCHRONISERS, ...codes.KEY_PROTECTION, "lock-off"],
  }),
  benchmark("identity-management", "IM-3", "Manage application identities securely and automatically", {
    shows: "That each server has an application of its own with a certificate, which is rotated before it expires.",
    notShown: "Other applications. A managed identity is not possible here.",
    confidence: "high",
    reads: ["servers", "applications"],
    codes: [...codes.OTHER_IDENTITY, ...codes.LIFE_OF_CREDENTIALS, ...codes.SECRETS, ...codes.SHARED],
    notices: codes.CREDENTIAL_NOTICES,
  }),
  benchmark("privileged-access", "PA-4", "Review and reconcile user access regularly", {
    shows: "Who may synchronise, held against the list of who is allowed until which day.",
    notShown: "That a person reviewed it, and access to anything else.",
    confidence: "medium",
    reads: ["synchronisers", "directory-roles"],
    codes: codes.UNDECLARED_SYNCHRONISERS,
  }),
  benchmark("privileged-access", "PA-7", "Follow just enough administration (least privilege) principle", {
    shows: "Roles and permissions of the servers' identities beyond those that a server needs.",
    notShown: "The rights of people.",
    confidence: "medium",
    reads: ["applications", "delegated-permissions"],
    codes: codes.EXCESS,
  }),
];
