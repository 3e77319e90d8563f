/**
 * Every fact of an observation, and what it is held against: by which codes, or why it is not. A fact without an entry does
 * not compile, so that nothing is read and then compared with nothing. docs/observed-facts.md is made from it.
 */
import type { DiagnosticCode } from "../diagnostics/registry";
import type { HostObservation } from "../protocol/host-protocol";
import type { KeyRule } from "../tenant/key-rules";
import type { ObservedApplication, ObservedTenantRoles } from "./observation";

/** Paths of the values of an observation: `connector.appId`, `certificates[].sha256`. */
type Paths<T> = T extends readonly (infer E)[]
  ? E extends object
    ? `[]${Below<E>}`
    : ""
  : T extends object
    ? Below<T>
    : "";
type Below<T> = { [K in keyof T & string]: `.${K}${Paths<NonNullable<T[K]>>}` }[keyof T & string];
type FactPath<T> = Below<T> extends `.${infer P}` ? P : never;

/** What a fact is for. */
export type FactUse =
  /** The codes that it raises or prevents, and what it is held against. */
  | { heldAgainst: string; by: readonly DiagnosticCode[] }
  /** Why no rule is about it. */
  | { notJudged: string };

const held = (heldAgainst: string, ...by: DiagnosticCode[]): FactUse => ({ heldAgainst, by });
const not = (notJudged: string): FactUse => ({ notJudged });

const SHOWN = not("it only names a thing in messages and in the report");
const PART = not("it is a part of what is shown of a finding");

const CHANGE = not("it says who changed what on the server, for a person; any user can write to that log");

/** What the host program reads. */
export const HOST_FACTS: Readonly<Record<FactPath<HostObservation>, FactUse>> = {
  takenAt: held(
    "the certificate's dates, the events and the next cycle",
    "rotation-due",
    "synchronisation-overdue",
    "expiry-ahead",
  ),
  computerName: held("names of managed applications, and a local service account", "managed-application-left"),
  "powershell.version": not("the host program runs in Windows PowerShell 5.1 and 7, and refuses no version"),
  "powershell.languageMode": not("the host program answers in full language mode only: else LANGUAGE_MODE"),
  "caller.account": SHOWN,
  "caller.sid": SHOWN,
  "caller.administrator": not("the host program answers administrators only: else NOT_ADMINISTRATOR"),
  "product.version": held(
    "minimumVersion, and the days on which support ends or the service changes",
    "VERSION_TOO_OLD",
    "version-support-ends",
    "deadline-ahead",
  ),
  "product.cmdlets.Add-ADSyncApplicationRegistration": held("the known parameters", "cmdlet-parameters-changed"),
  "product.cmdlets.Invoke-ADSyncApplicationCredentialRotation": held(
    "the known parameters",
    "cmdlet-parameters-changed",
  ),
  "service.status": held("a service that runs", "SERVICE_STOPPED"),
  "service.account": held("serviceAccount", "SERVICE_ACCOUNT_UNEXPECTED", "service-account-uncompared"),
  "service.accountSid": held(
    "serviceAccount, and the access rules of the key",
    "SERVICE_ACCOUNT_UNEXPECTED",
    "key-acl-lost",
    "key-acl-wide",
  ),
  "powershell.dotnetRelease": held(".NET Framework 4.7.2, if a key is to be made", "DOTNET_TOO_OLD"),
  "tpm.present": held("certificate.keyProvider, if a key is to be made", "TPM_MISSING"),
  "tpm.ready": held("certificate.keyProvider", "tpm-not-ready"),
  "tpm.specVersion": not(
    "whether the TPM signs as Entra needs it is proven by a signature; the doctor shows the revision",
  ),
  "certificates[].sha256": held(
    "keys in Entra and the connector",
    "credential-missing",
    "connector-other-certificate",
    "CERTIFICATE_SHARED",
  ),
  "certificates[].thumbprint": held("the key that an event names", "sign-in-refused"),
  "certificates[].label": held("the server's generations", "certificate-missing", "certificate-left"),
  "certificates[].subject": not("the certificate is compared as a whole before it is uploaded: CERTIFICATE_POLICY"),
  "certificates[].notBefore": held(
    "the times of events: earlier ones are about another certificate",
    "sign-in-refused",
  ),
  "certificates[].notAfter": held("certificate.rotateBefore", "rotation-due", "expiry-ahead"),
  "certificates[].certificate": held("the policy, before it is uploaded", "CERTIFICATE_POLICY"),
  "certificates[].keyProvider": held("certificate.keyProvider", "key-not-in-tpm"),
  "certificates[].keyUsable": held("a key that signs", "key-unusable"),
  "certificates[].keyProblem": PART,
  "certificates[].keyFault": held(
    "a proof that the key is dead: else it is only unavailable",
    "key-unusable",
    "key-unavailable",
  ),
  "certificates[].keyInHardware": held("certificate.allowSoftwareKey", "KEY_NOT_IN_HARDWARE"),
  "certificates[].issuance.issuer": SHOWN,
  "certificates[].issuance.trusted": held("a chain that this server trusts", "certificate-distrusted"),
  "certificates[].issuance.problem": PART,
  "certificates[].issuance.revocation": held(
    "a certificate that is not revoked",
    "certificate-distrusted",
    "revocation-unchecked",
  ),
  "certificates[].issuance.revocationProblem": PART,
  "certificates[].acl[].sid": held("the service account, SYSTEM and Administrators", "key-acl-lost", "key-acl-wide"),
  "certificates[].acl[].account": PART,
  "certificates[].acl[].rights": held("read access", "key-acl-lost", "key-acl-wide"),
  "certificates[].acl[].allow": held("read access", "key-acl-lost", "key-acl-wide"),
  "connector.name": SHOWN,
  "connector.identityType": held("an application", "connector-password-account", "deadline-ahead"),
  "connector.userName": held(
    "accounts and applications that a remedy would remove, and the stack's cloud and tenant by its domain",
    "CLOUD_CONTRADICTED",
    "TENANT_CONTRADICTED",
    "legacy-account-present",
    "managed-application-left",
    "account-in-common",
  ),
  "connector.appId": held(
    "the server's application, and the connectors of the other servers",
    "connector-other-application",
    "APPLICATION_SHARED",
    "application-in-common",
    "product-took-over",
  ),
  "connector.certificateSha256": held("the server's certificate", "connector-other-certificate", "CERTIFICATE_SHARED"),
  "connector.parameters.ApplicationManagedBy": held("any value", "connector-parameters-blank"),
  "connector.parameters.CertificateManagedBy": held("any value", "connector-parameters-blank"),
  "connector.parameters.CertificateId": held("any value", "connector-parameters-blank"),
  "scheduler.AllowedSyncCycleInterval": not("the product applies it; the effective interval is the one that counts"),
  "scheduler.CurrentlyEffectiveSyncCycleInterval": held("the age of a refused sign-in", "sign-in-refused"),
  "scheduler.CustomizedSyncCycleInterval": not("an interval is the administrator's choice; the effective one counts"),
  "scheduler.NextSyncCyclePolicyType": not("delta and full cycles use the same identity"),
  "scheduler.NextSyncCycleStartTimeInUTC": held("the server's clock", "synchronisation-overdue"),
  "scheduler.PurgeRunHistoryInterval": not("how long the run history is kept is the administrator's choice"),
  "scheduler.SyncCycleEnabled": held("a scheduler that is on", "scheduler-off", "synchronisation-overdue"),
  "scheduler.MaintenanceEnabled": held("maintenance that is on", "maintenance-off"),
  "scheduler.StagingModeEnabled": held(
    "role, and the other servers of the stack",
    "role-changed",
    "mode-undeclared",
    "exports-twice",
  ),
  "scheduler.SchedulerSuspended": held(
    "a scheduler that is not suspended",
    "SCHEDULER_SUSPENDED",
    "scheduler-suspended",
  ),
  "scheduler.SyncCycleInProgress": held("a late cycle: one that runs is not late", "synchronisation-overdue"),
  passwordWriteback: held("passwordWriteback", "writeback-undeclared", "WRITEBACK_CONTRADICTED", "writeback-unread"),
  machineIdentifier: held("the other servers of the stack", "MACHINE_SHARED"),
  azureInstance: held("the stack's cloud", "CLOUD_CONTRADICTED"),
  "serviceProxy.source": PART,
  "serviceProxy.address": held("the session's proxy", "service-proxy-other"),
  "serviceProxy.answers": held("a proxy that answers", "service-proxy-unreachable"),
  "serviceProxy.session": PART,
  "adSyncTools.version": not("it decides which remedy of blank parameters is shown"),
  "events[].time": held("the server's clock and the certificate", "sign-in-refused"),
  "events[].id": held(
    "its own meaning each",
    "sign-in-refused",
    "rotation-reported",
    "credential-expired",
    "key-reported",
    "managed-key-removal-failed",
  ),
  "events[].message": held(
    "a code of Entra, and the key that it names",
    "sign-in-refused",
    "managed-key-removal-failed",
  ),
  "changes[].time": CHANGE,
  "changes[].id": CHANGE,
  "changes[].message": CHANGE,
  "interrupted.operation": PART,
  "interrupted.startedAt": PART,
  "interrupted.syncCycleEnabled": held("the scheduler that is to be restored", "scheduler-left-paused"),
  "interrupted.problem": PART,
  "interrupted.restoreTask": not("the next run restores the scheduler with or without the task"),
  "signIn.since": PART,
  "signIn.appId": held("the server's application", "sign-in-awaited"),
  "signIn.certificateSha256": held("the server's certificate", "sign-in-awaited"),
  "signIn.command": PART,
  "unverified.since": PART,
  "unverified.appId": held("the server's application", "switch-unverified"),
  "unverified.certificateSha256": held("the server's certificate", "switch-unverified"),
  legacyAccountName: held("accounts of the tenant", "legacy-account-present"),
  "program.sha256": held("this project's program", "program-changed"),
  "program.problem": PART,
  "program.foreign[].name": held("the files that this project installs", "program-folder-foreign"),
  "program.foreign[].earlier": PART,
  "unreadable[].field": held("the facts that are expected of every server", "fact-unreadable"),
  "unreadable[].reason": PART,
};

/** What is read of a server's application and its service principal. */
const APPLICATION_FACTS: Readonly<Record<FactPath<ObservedApplication>, FactUse>> = {
  objectId: held("the application in state", "APPLICATION_UNKNOWN"),
  appId: held("the application in state and the connector", "APPLICATION_UNKNOWN", "connector-other-application"),
  displayName: held("the declared name, also of other applications", "application-name-taken"),
  tags: held("the marker, and revocations", "application-missing", "credential-revoked"),
  signInAudience: held("a single tenant", "audience-wide"),
  "keys[].keyId": held("the keys in state", "key-foreign"),
  "keys[].sha256": held(
    "the server's certificate",
    "credential-missing",
    "certificate-not-taken",
    "key-foreign",
    "key-repeated",
  ),
  "keys[].subject": held("the server's generations", "key-foreign"),
  "keys[].startDateTime": SHOWN,
  "keys[].endDateTime": SHOWN,
  "certificates[].sha256": SHOWN,
  "certificates[].thumbprint": SHOWN,
  "certificates[].subject": SHOWN,
  "certificates[].issuer": SHOWN,
  "certificates[].serialNumber": SHOWN,
  "certificates[].notBefore": SHOWN,
  "certificates[].notAfter": SHOWN,
  "secrets[].keyId": held("none", "secret-foreign"),
  "secrets[].displayName": PART,
  "secrets[].startDateTime": SHOWN,
  "secrets[].endDateTime": SHOWN,
  "federatedCredentials[].id": held("none", "federated-credential-foreign"),
  "federatedCredentials[].name": PART,
  "federatedCredentials[].issuer": PART,
  "federatedCredentials[].subject": PART,
  "owners[].id": held("owners", "owner-foreign", "owner-missing"),
  "owners[].name": PART,
  lock: held("the app instance property lock", "lock-off"),
  "principal.objectId": held("the declared principals", "role-holder-foreign"),
  "principal.accountEnabled": held("a principal that is enabled", "principal-disabled"),
  "principal.keys[].keyId": held("none", "principal-key-foreign"),
  "principal.keys[].sha256": held("what a connector signs in with", "principal-key-foreign"),
  "principal.keys[].subject": PART,
  "principal.keys[].startDateTime": SHOWN,
  "principal.keys[].endDateTime": SHOWN,
  "principal.secrets[].keyId": held("none", "principal-secret-foreign"),
  "principal.secrets[].displayName": PART,
  "principal.secrets[].startDateTime": SHOWN,
  "principal.secrets[].endDateTime": SHOWN,
  "principal.owners[].id": held("the pipeline", "owner-foreign"),
  "principal.owners[].name": PART,
  "principal.appRoles[].id": PART,
  "principal.appRoles[].appRoleId": held("the roles that the declaration needs", "role-foreign", "role-missing"),
  "principal.appRoles[].resourceId": PART,
  "principal.appRoles[].resourceName": PART,
  "principal.delegatedScopes": held("none", "scope-foreign"),
};

/** What is read of the tenant as a whole. */
const TENANT_FACTS: Readonly<Record<FactPath<ObservedTenantRoles>, FactUse>> = {
  "holders[].id": held("the declared principals and allowedRoleHolders", "role-holder-foreign", "role-holder-expired"),
  "holders[].name": PART,
  "holders[].assignmentId": PART,
  "holders[].since": PART,
  "holders[].appId": held("the connectors of the declared servers", "role-holder-foreign"),
  "managedApplications[].id": held("the holders of the role", "role-holder-foreign"),
  "managedApplications[].appId": held("the connector", "managed-application-left"),
  "managedApplications[].name": held("the server's computer name", "managed-application-left"),
  "directoryRoles[].id": held("allowedRoleHolders", "directory-role-foreign"),
  "directoryRoles[].name": held("the names of the servers' accounts", "directory-role-foreign"),
  "directoryRoles[].assignmentId": PART,
  "directoryRoles[].appId": PART,
  "directoryRoles[].role": PART,
  "directoryRoles[].since": PART,
  "directoryRoles[].created": PART,
  "administrators[].id": PART,
  "administrators[].name": held(
    "the connectors' accounts, and who installed the product",
    "connector-account-administrator",
    "installer-role-left",
  ),
  "administrators[].assignmentId": PART,
  "administrators[].appId": PART,
  "administrators[].role": PART,
  "administrators[].since": PART,
  "administrators[].created": PART,
  "syncAccounts[].id": PART,
  "syncAccounts[].name": held("the server's former account", "legacy-account-present"),
  unread: not("permissions that the identity lacks are listed beside the guard's findings"),
};

/** What is read of the tenant's policies for certificates. */
const POLICY_FACTS: Readonly<Record<FactPath<KeyRule>, FactUse>> = {
  policy: PART,
  property: held("that this project's certificates are self-signed", "CERTIFICATE_ISSUER_REFUSED"),
  days: held("certificate.lifetime", "CERTIFICATE_LIFETIME_REFUSED", "policy-refuses-rotation"),
};

export const FACTS = {
  host: HOST_FACTS,
  application: APPLICATION_FACTS,
  tenant: TENANT_FACTS,
  policies: POLICY_FACTS,
} as const;
