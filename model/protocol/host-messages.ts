/**
 * The sentences of the host program's refusals, its own and those of its stand-in. An id is an error's code, with a suffix
 * if the code has several sentences; {0}, {1} ... are filled by who refuses. `npm run host-program` takes them into the
 * program. A table: its length is the number of sentences.
 */
import { CREDENTIAL_MESSAGES, type HostMessage } from "./host-credential-messages";
import type { HostErrorCode } from "./host-errors";

export const HOST_MESSAGES = {
  INVALID_REQUEST: {
    message: "The request to {0} cannot be understood.",
    remedy: 'Run "pulumi up" with one version of this project for program and component.',
  },
  PROGRAM_MISMATCH: {
    message: "The installed host program is not the expected one.",
    remedy: 'Run "pulumi up": it copies the program again.',
  },
  LANGUAGE_MODE: {
    message: "PowerShell is restricted.",
    remedy: "Allow the signed host program in the application control policy.",
  },
  NOT_ADMINISTRATOR: {
    message: "The SSH user may not administer this server.",
    remedy: "Name a local administrator as connection.user, or add this user to the Administrators group.",
  },
  ADSYNC_MISSING: {
    message: "Entra Connect Sync is not installed on this server.",
    remedy: "Check connection.host, or install Entra Connect Sync first.",
  },
  SERVICE_STOPPED: {
    message: "The ADSync service does not run.",
    remedy: "Start it with Start-Service ADSync, then run again.",
  },
  SERVICE_ACCOUNT_UNEXPECTED: {
    message: "The ADSync service runs under another account than the declared one.",
    remedy: "Correct serviceAccount in the configuration, or the account of the service.",
  },
  VERSION_TOO_OLD: {
    message: "Entra Connect Sync is too old.",
    remedy: "Upgrade Entra Connect Sync on this server, then run again.",
  },
  DOTNET_TOO_OLD: {
    message: "The .NET Framework of this server is older than 4.7.2.",
    remedy: "Install .NET Framework 4.8 on the server and restart it, then run again.",
  },
  ...CREDENTIAL_MESSAGES,
  CLOCK_SKEW: {
    message: "The clock of the server is off.",
    remedy: "Correct the time service on the server (w32tm /resync), then run again.",
  },
  TOKEN_ENDPOINT_UNREACHABLE: {
    message: "The token endpoint cannot be reached from this session; this says nothing about the key.",
    remedy: "Let this session reach the token endpoint (proxy, firewall), then run again.",
  },
  TOKEN_REFUSED: {
    message: "Entra does not accept the certificate for application {0}.",
    remedy:
      'Check that the application holds this certificate, then run again; replication can take minutes. After a run that was killed: "pulumi up --refresh".',
  },
  ROLE_MISSING: {
    message: "The token for {0} lacks {1}.",
    remedy:
      'Check the role assignments of the application, then run again; replication can take minutes. After a run that was killed: "pulumi up --refresh".',
  },
  SCHEDULER_SUSPENDED: {
    message: "The scheduler is suspended: the wizard or an upgrade is at work.",
    remedy: "Close the Entra Connect wizard, or wait for the upgrade, then run again.",
  },
  CONNECTOR_UNEXPECTED: {
    message: "The connector is not on the application that it is to leave.",
    remedy: 'Run "pulumi preview" to see where it is; only the application that this server is on can be left.',
  },
  "CONNECTOR_UNEXPECTED.product": {
    message: "The connector is not on the application of Entra Connect on which it is to be rotated.",
    remedy:
      "At the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Configure application-based " +
      'authentication to Microsoft Entra ID. Then run "pulumi up".',
  },
  ACCOUNT_IN_USE: {
    message: "The connector of this server signs in with the account {0}.",
    remedy: 'Run "pulumi up" first: it moves the connector to its application.',
  },
  ACCOUNT_UNEXPECTED: {
    message: "The account {0} is not one of this server.",
    remedy: "Give the name without its domain, on the server that the account was made for.",
  },
  BUSY: {
    message: "Another operation is at work on this server.",
    remedy: "Wait until it has ended, then run again.",
  },
  "BUSY.foreign": {
    message: "Something that is not this program has the name of its lock on this server.",
    remedy: "Find out who runs that program and end it, or restart the server; then run again.",
  },
  DATA_FOLDER_FOREIGN: {
    message: "The folder of this program for its records was made by someone else.",
    remedy: "Find out why, then remove the folder as an administrator: the next run makes it for administrators only.",
  },
  CYCLE_STILL_RUNNING: {
    message: "A synchronisation cycle is still running.",
    remedy: "Run again when the cycle has ended.",
  },
  RESTORE_TASK_UNPROVEN: {
    message: "The task that would end an interrupted pause does not work, so nothing was paused.",
    remedy: "Check that SYSTEM may call ADSync and run the installed program, then run again.",
  },
  SIGNIN_REQUIRED: {
    message: "The cmdlet {0} wants an administrator to sign in, which cannot be done over SSH.",
    remedy:
      'In an elevated Windows PowerShell at the desktop of the server, as Hybrid Identity Administrator, run: {1} ; then run "pulumi up" again. The same text is on the server in C:\\ProgramData\\ConnectSyncIdentity\\sign-in.txt.',
  },
  MFA_REQUIRED: {
    message: "The cmdlet {0} wants more than a password from this administrator, which cannot be given over SSH.",
    remedy: "Take a Hybrid Identity Administrator who may sign in with a password alone, then run again.",
  },
  CREDENTIAL_REFUSED: {
    message: "Entra did not accept the credential for {0}.",
    remedy: "Check user name, password and the role Hybrid Identity Administrator, then run again.",
  },
  CMDLET_FAILED: {
    message: "The cmdlet {0} failed.",
    remedy: "Look at the Application log of the server, then run again.",
  },
  CMDLET_TIMEOUT: {
    message: "The cmdlet {0} did not end within {1} s.",
    remedy:
      'It may wait for a sign-in that no one can see. Run it at the desktop of the server: {2} ; then run "pulumi up" again.',
  },
  "CMDLET_TIMEOUT.credential": {
    message: "The cmdlet {0} did not end within {1} s.",
    remedy:
      "It may wait for a sign-in that no one can see. Look where the connector is, then run again, with an administrator who may sign in with a password alone.",
  },
  REPAIR_MODULE_MISSING: {
    message: "The module with the documented repair of connectivity parameters is not installed.",
    remedy: "Install ADSyncTools on the server for all users, then run again.",
  },
  VERIFICATION_FAILED: {
    message: "The connector is not on the new identity.",
    remedy: "Look at Get-ADSyncEntraConnectorCredential on the server, then run again.",
  },
  "VERIFICATION_FAILED.parameters": {
    message: "The connectivity parameters are still blank after the documented repair.",
    remedy: "Check that ADSyncTools 2.3.0 or later is installed on the server.",
  },
  "VERIFICATION_FAILED.removal": {
    message: "Certificate or key are still there after their removal.",
    remedy: "Remove them by hand in LocalMachine\\My, then run again.",
  },
  "VERIFICATION_FAILED.back": {
    message: "{0} The connector is back on certificate {1}, which works.",
    remedy:
      'Look at the Application log and at the Synchronization Service Manager of the server, then run "pulumi up": it switches again.',
  },
  "VERIFICATION_FAILED.stays": {
    message: "{0} The connector stays on the new certificate, as there is no way back: {1}.",
    remedy:
      'Look at the Application log and at the Synchronization Service Manager of the server, then run "pulumi up": it verifies again.',
  },
  "VERIFICATION_FAILED.rollback": {
    message: "The cmdlet ended well, but the connector is not on a service account.",
    remedy: "Look at Get-ADSyncEntraConnectorCredential on the server, then run again.",
  },
  "VERIFICATION_FAILED.identifier": {
    message: "The server still has the machine identifier that it shares.",
    remedy:
      "Look at SyncMachineIdentifier under HKLM\\SOFTWARE\\Microsoft\\Azure AD Connect on the server, then run again.",
  },
  SCHEDULER_NOT_RESTORED: {
    message: "The scheduler could not be put back.",
    remedy: "Run on the server: Set-ADSyncScheduler -SyncCycleEnabled ${0} ; the restore task tries it as well.",
  },
  UNEXPECTED: {
    message: "A step failed in a way that this program does not know.",
    remedy: "Look at the Application log of {0}, then run again.",
  },
  "UNEXPECTED.account": {
    message: "The account of the ADSync service cannot be looked up.",
    remedy: "Let the server reach a domain controller of the account, then run again.",
  },
  "UNEXPECTED.identifier": {
    message: "The name of the service account cannot be determined.",
    remedy: "Look for SyncMachineIdentifier under HKLM\\SOFTWARE\\Microsoft\\Azure AD Connect on the server.",
  },
  "UNEXPECTED.disk": {
    message: "The server cannot write files.",
    remedy: "Free space on the system drive of the server, then run again.",
  },
} as const satisfies Partial<Record<HostErrorCode | `${HostErrorCode}.${string}`, HostMessage>>;

export type HostMessageId = keyof typeof HOST_MESSAGES;

/** The code of the error that a sentence belongs to. */
export function codeOfMessage(id: HostMessageId): HostErrorCode {
  return id.split(".")[0] as HostErrorCode;
}
