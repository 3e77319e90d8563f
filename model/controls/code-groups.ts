/** Codes that several controls are shown by, by what they are about. */
import type { DiagnosticCode } from "../diagnostics/registry";

const group = <T extends readonly DiagnosticCode[]>(...codes: T): readonly DiagnosticCode[] => codes;

/** Credentials that are not declared. */
export const FOREIGN_CREDENTIALS = group(
  ...(["key-foreign", "secret-foreign", "federated-credential-foreign", "principal-key-foreign"] as const),
  ...(["principal-secret-foreign", "managed-credential-foreign"] as const),
);

/** Credentials that are not needed any more. */
export const LEFT_CREDENTIALS = group("key-replaced", "key-repeated");

/** Secrets. */
export const SECRETS = group("secret-foreign", "principal-secret-foreign");

/** Who may synchronise without being declared. */
export const UNDECLARED_SYNCHRONISERS = group(
  ...(["role-holder-foreign", "role-holder-expired", "directory-role-foreign", "legacy-account-left"] as const),
);

/** Rights beyond the declared ones. */
export const EXCESS = group("role-foreign", "scope-foreign", "owner-foreign", "connector-account-administrator");

/** A certificate or key that is not as it should be, or whose rotation is due. */
export const LIFE_OF_CREDENTIALS = group(
  ...(["certificate-missing", "certificate-not-taken", "rotation-due", "credential-missing"] as const),
  ...(["credential-expired", "credential-revoked", "managed-key-missing", "managed-rotation-overdue"] as const),
  "managed-certificate-expired",
);

/** Where the key is, and who may use it. */
export const KEY_PROTECTION = group(
  ...([
    "key-not-in-tpm",
    "key-acl-lost",
    "key-acl-wide",
    "KEY_NOT_IN_HARDWARE",
    "TPM_MISSING",
    "KEY_ACL_NOT_SET",
  ] as const),
);

/** The identity that the server uses is not the declared one. */
export const OTHER_IDENTITY = group(
  ...(["connector-password-account", "connector-other-application", "connector-other-certificate"] as const),
  ...(["managed-identity-other", "MODE_NEEDS_A_PERSON", "PRODUCT_APPLICATION_UNUSED"] as const),
);

/** Settings of a server that differ from the declaration. */
export const OTHER_SETTINGS = group(
  ...([
    "mode-undeclared",
    "role-changed",
    "writeback-undeclared",
    "exports-twice",
    "connector-parameters-blank",
  ] as const),
  ...(["managed-parameters-blank", "scheduler-left-paused", "SERVICE_ACCOUNT_UNEXPECTED"] as const),
  ...(["WRITEBACK_CONTRADICTED", "TENANT_CONTRADICTED", "CLOUD_CONTRADICTED"] as const),
);

/** The host program differs from what was installed. */
export const OTHER_PROGRAM = group("program-changed", "program-folder-foreign", "PROGRAM_MISMATCH");

/** Application or principal is not there, or not as Entra needs it. */
export const BROKEN_PRINCIPAL = group(
  ...(["application-missing", "APPLICATION_MISSING", "application-name-taken", "APPLICATION_NAME_TAKEN"] as const),
  ...([
    "APPLICATION_UNKNOWN",
    "APPLICATION_AMBIGUOUS",
    "principal-disabled",
    "principal-missing",
    "role-missing",
  ] as const),
);

/** Two servers have what only one may have. */
export const SHARED = group("MACHINE_SHARED", "APPLICATION_SHARED", "CERTIFICATE_SHARED");

/** The server or bastion is not the pinned one. */
export const OTHER_HOST = group("HOST_KEY_MISMATCH", "BASTION_KEY_MISMATCH");

/** Notices about credentials and keys. */
export const CREDENTIAL_NOTICES = group(
  ...(["expiry-ahead", "rotation-reported", "rotation-after-warning", "policy-refuses-rotation"] as const),
  ...(["certificate-left", "managed-key-left", "managed-key-removal-failed"] as const),
);

/** Notices about accounts and applications that are not used any more. */
export const ACCOUNT_NOTICES = group(
  ...(["legacy-account-present", "managed-application-left", "product-took-over", "sync-accounts-near-limit"] as const),
  "installer-role-left",
);
