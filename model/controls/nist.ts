/** Controls of NIST SP 800-53, revision 5. A table: its length is the number of controls. */
import * as codes from "./code-groups";
import { of, type Control } from "./control";

const nist = of("nist-800-53");

export const NIST: readonly Control[] = [
  nist("AC-2", "Account Management", {
    shows:
      "Each identity that may synchronise into the tenant, by object id, with the server that it belongs to or the reason that it is allowed for, and its last day.",
    notShown: "Accounts of people and of other systems; how an account is approved; accounts of the servers' Windows.",
    confidence: "medium",
    reads: ["applications", "synchronisers", "directory-roles"],
    codes: [...codes.UNDECLARED_SYNCHRONISERS, ...codes.BROKEN_PRINCIPAL, "owner-foreign", "owner-missing"],
    notices: codes.ACCOUNT_NOTICES,
  }),
  nist("AC-6", "Least Privilege", {
    shows:
      "Application roles, delegated permissions and owners of each server's identity, held against what a server needs.",
    notShown:
      "The rights of the pipeline's own identity, of administrators of the tenant, and of accounts in Active Directory.",
    confidence: "high",
    reads: ["applications", "synchronisers", "directory-roles", "delegated-permissions"],
    codes: [...codes.EXCESS, ...codes.UNDECLARED_SYNCHRONISERS],
    notices: ["installer-role-left"],
  }),
  nist("AC-6(7)", "Review of User Privileges", {
    shows: "Who may synchronise although that was not declared, or for longer than it was allowed to.",
    notShown: "That a person reviewed it: the report is what such a review reads.",
    confidence: "medium",
    reads: ["synchronisers", "directory-roles"],
    codes: codes.UNDECLARED_SYNCHRONISERS,
    notices: ["account-in-common", "application-in-common"],
  }),
  nist("AC-17", "Remote Access", {
    shows: "By which host, port, user and pinned host key each server is reached; that the key was the pinned one.",
    notShown: "Other ways into the servers, and who else has a key for SSH.",
    confidence: "low",
    reads: ["servers"],
    codes: [...codes.OTHER_HOST, "HOST_KEY_INVALID", "HOST_KEY_TYPE"],
  }),
  nist("AU-6", "Audit Record Review, Analysis, and Reporting", {
    shows:
      "Sign-ins of a server that Entra refused, from its event log; who added what the guard found, if the audit log may be read.",
    notShown: "That the audit log is reviewed as a whole: see the detections of docs/auditor.md.",
    confidence: "low",
    reads: ["servers"],
    codes: ["sign-in-refused"],
    findingsOnly: true,
  }),
  nist("CA-7", "Continuous Monitoring", {
    shows: "What changed since an earlier report, which the report names by its time.",
    notShown: "How often it is looked at: the runs of the drift alarm and the earlier reports show that.",
    confidence: "medium",
    reads: ["servers", "applications", "synchronisers", "earlier-report"],
    codes: [],
  }),
  nist("CM-2", "Baseline Configuration", {
    shows: "The declaration in version control, by its commit, and every difference of a server or of Entra from it.",
    notShown: "What the stack's file does not declare: Windows, Active Directory, synchronisation rules.",
    confidence: "high",
    reads: ["servers", "applications", "declaration"],
    codes: [
      ...codes.OTHER_IDENTITY,
      ...codes.OTHER_SETTINGS,
      ...codes.OTHER_PROGRAM,
      "sign-in-awaited",
      "switch-unverified",
    ],
    notices: [
      "writeback-unread",
      "service-account-uncompared",
      "scheduler-off",
      "scheduler-suspended",
      "maintenance-off",
    ],
  }),
  nist("CM-3", "Configuration Change Control", {
    shows:
      "Changes that did not come through the declaration: another identity, setting, program, credential or owner.",
    notShown: "Who approved a change of the declaration: the repository's reviews show that.",
    confidence: "medium",
    reads: ["servers", "applications", "declaration"],
    codes: [
      ...[...codes.OTHER_IDENTITY, ...codes.OTHER_SETTINGS, ...codes.OTHER_PROGRAM, ...codes.FOREIGN_CREDENTIALS],
      ...(["owner-foreign", "role-foreign", "scope-foreign"] as const),
    ],
    notices: ["product-took-over", "cmdlet-parameters-changed"],
  }),
  nist("CM-5", "Access Restrictions for Change", {
    shows:
      "The app instance property lock, the owners of each application, and whether the host program's folder is as installed.",
    notShown: "Administrators of the tenant and of the servers, who may change these without being owners.",
    confidence: "medium",
    reads: ["servers", "applications"],
    codes: ["lock-off", "owner-foreign", "program-folder-foreign", "DATA_FOLDER_FOREIGN"],
  }),
  nist("CM-6(2)", "Respond to Unauthorized Changes", {
    shows: "For each finding what the next run does about it, or that a person has to decide.",
    notShown: "That it was done: the next report shows whether the finding is gone.",
    confidence: "medium",
    reads: ["servers", "applications", "synchronisers"],
    codes: [
      ...codes.FOREIGN_CREDENTIALS,
      ...codes.OTHER_PROGRAM,
      "lock-off",
      "owner-foreign",
      "role-foreign",
      "scope-foreign",
    ],
  }),
  nist("CM-8", "System Component Inventory", {
    shows: "Each declared server with computer name, machine identifier, version, TPM, application and certificates.",
    notShown:
      "Servers that are not declared: an undeclared identity among those that may synchronise is a sign of one.",
    confidence: "medium",
    reads: ["servers", "applications"],
    codes: ["MACHINE_SHARED", "ADSYNC_MISSING"],
    notices: ["managed-application-left"],
  }),
  nist("IA-4", "Identifier Management", {
    shows: "That no two declared servers have one application, certificate or machine identifier.",
    notShown: "Servers of stacks that the report is not about.",
    confidence: "medium",
    reads: ["servers", "applications"],
    codes: [...codes.SHARED, "SERVERS_SHARE"],
    notices: ["application-in-common", "account-in-common"],
  }),
  nist("IA-5", "Authenticator Management", {
    shows: "Each credential of each application with its dates, whether it is declared, and when it is rotated.",
    notShown: "Credentials of people, and of applications that do not synchronise.",
    confidence: "high",
    reads: ["servers", "applications"],
    codes: [
      ...[...codes.FOREIGN_CREDENTIALS, ...codes.LEFT_CREDENTIALS, ...codes.LIFE_OF_CREDENTIALS],
      ...([
        "connector-password-account",
        "CREDENTIAL_REVOKED",
        "CERTIFICATE_POLICY",
        "CERTIFICATE_LIFETIME_REFUSED",
      ] as const),
    ],
    notices: codes.CREDENTIAL_NOTICES,
  }),
  nist("IA-5(2)", "Public Key-based Authentication", {
    shows:
      "That each server's key makes a signature, who may use it, and of a CA's certificate that its chain is trusted.",
    notShown: "How Entra checks the certificate: it holds the public key, and follows no chain for an application.",
    confidence: "medium",
    reads: ["servers", "applications", "key-access", "revocation"],
    codes: [
      ...(["key-unusable", "key-unavailable", "key-acl-lost", "key-acl-wide", "certificate-distrusted"] as const),
      ...([
        "KEY_UNUSABLE",
        "KEY_UNAVAILABLE",
        "CERTIFICATE_MISSING",
        "CERTIFICATE_AMBIGUOUS",
        "CERTIFICATE_UNSUITABLE",
      ] as const),
    ],
    notices: ["revocation-unchecked"],
  }),
  nist("IA-5(6)", "Protection of Authenticators", {
    shows: "In which provider each key is, whether it is in hardware, and which accounts may use it.",
    notShown: "Who may sign in to a server as an administrator, and so as one of these accounts.",
    confidence: "high",
    reads: ["servers", "key-access"],
    codes: codes.KEY_PROTECTION,
    notices: ["key-reported", "tpm-not-ready"],
  }),
  nist("IA-9", "Service Identification and Authentication", {
    shows: "As which application, by which certificate each server signs in to Entra, and whether Entra takes it.",
    notShown: "How a server signs in to Active Directory.",
    confidence: "high",
    reads: ["servers", "applications"],
    codes: [
      ...[...codes.OTHER_IDENTITY, ...codes.BROKEN_PRINCIPAL, "audience-wide", "sign-in-refused", "sign-in-awaited"],
      ...(["switch-unverified", "TOKEN_REFUSED", "ROLE_MISSING", "REGISTRATION_UNVERIFIED"] as const),
    ] as Control["codes"],
  }),
  nist("SC-12", "Cryptographic Key Establishment and Management", {
    shows: "Where each key was made, how long its certificate is valid, and when it is replaced.",
    notShown: "Keys of the pipeline and of SSH.",
    confidence: "medium",
    reads: ["servers", "applications"],
    codes: [
      ...([
        "rotation-due",
        "managed-rotation-overdue",
        "key-not-in-tpm",
        "KEY_NOT_IN_HARDWARE",
        "TPM_MISSING",
      ] as const),
      ...(["credential-expired", "managed-certificate-expired", "KEY_SHARED"] as const),
    ],
    notices: codes.CREDENTIAL_NOTICES,
  }),
  nist("SC-13", "Cryptographic Protection", {
    shows: "That the key makes the signature that Entra requires (RSA-PSS with SHA-256), by a test signature.",
    notShown: "The validation of the TPM or of Windows' cryptography.",
    confidence: "low",
    reads: ["servers"],
    codes: ["TPM_SIGNATURE_INVALID", "key-unusable"],
    notices: ["key-reported"],
  }),
  nist("SI-2", "Flaw Remediation", {
    shows: "The version of Entra Connect Sync on each server, and the known issues of that version.",
    notShown:
      "Updates of Windows; issues that became known after this release: `review-overdue` says when it is too old to tell.",
    confidence: "medium",
    reads: ["servers"],
    codes: ["VERSION_TOO_OLD", "DOTNET_TOO_OLD", "minimum-version-lowered"],
    notices: ["review-overdue", "deadline-ahead"],
  }),
  nist("SA-22", "Unsupported System Components", {
    shows: "Until which day the version of Entra Connect Sync on each server is supported.",
    notShown: "The support of Windows and of other programs on the server.",
    confidence: "high",
    reads: ["servers"],
    codes: ["VERSION_TOO_OLD", "version-support-ends"],
    notices: ["deadline-ahead", "review-overdue"],
  }),
  nist("SI-4", "System Monitoring", {
    shows:
      "Credentials, owners, permissions and identities that came without being declared, at the time of the report.",
    notShown: "What came and went between two reports: only the audit log and the detections show that.",
    confidence: "medium",
    reads: ["applications", "synchronisers", "directory-roles", "delegated-permissions"],
    codes: [...codes.FOREIGN_CREDENTIALS, ...codes.UNDECLARED_SYNCHRONISERS, ...codes.EXCESS, "audience-wide"],
    notices: ["product-took-over"],
  }),
  nist("SI-7", "Software, Firmware, and Information Integrity", {
    shows: "That the program that this project installed on a server has the hash with which it was installed.",
    notShown: "The integrity of Entra Connect Sync itself and of Windows.",
    confidence: "medium",
    reads: ["servers"],
    codes: codes.OTHER_PROGRAM,
  }),
];
