/**
 * The errors of the host program, and what an observation shows would stop it. Sentences and values of an answer are the
 * server's own; the remedies here are those of its documentation, or of what finds the same without asking the program.
 * A table: its length is the number of codes.
 */
import type { Registrations } from "../registration";
import { HOST_CREDENTIALS, HOST_ERROR } from "./host-credentials";
import { given, powershell, pulumi } from "../remedy";

const UP = pulumi("up");
const PREVIEW = pulumi("preview");
const AGAIN = "Look at the Application log of the server, then run again.";

export const HOST = {
  INVALID_REQUEST: {
    ...HOST_ERROR,
    title: "The host program does not understand the request.",
    why: "The host program and the component have different versions.",
    remedy: ["Use one version of this project for program and component, then run: ", UP],
  },
  PROGRAM_MISMATCH: {
    ...HOST_ERROR,
    title: "The installed host program is not the expected one.",
    why: "A truncated or changed program must not run as administrator.",
    remedy: ["To copy the program again: ", UP],
  },
  LANGUAGE_MODE: {
    ...HOST_ERROR,
    title: "PowerShell runs in Constrained Language Mode.",
    why: "Application control (WDAC, AppLocker) prevents the host program from working.",
    remedy: ["Sign the host program and allow its signer in the application control policy."],
  },
  EXECUTION_POLICY: {
    ...HOST_ERROR,
    title: "The server's execution policy refuses the host program.",
    why: "A policy that wants signed scripts is not passed by, also where the program would come on stdin.",
    remedy: ["Sign the host program, and let the server trust its publisher."],
    guide: "application-control.md",
  },
  NOT_ADMINISTRATOR: {
    ...HOST_ERROR,
    title: "The SSH user is not an administrator of the server.",
    why: "Only a local administrator can change the key, the certificate and the connector.",
    remedy: ["Name a local administrator as connection.user, or add this user to the Administrators group."],
    guide: "open-ssh.md",
  },
  ADSYNC_MISSING: {
    ...HOST_ERROR,
    title: "Entra Connect Sync is not installed on the server.",
    why: "There is no connector that could use an application identity.",
    remedy: ["Check connection.host, or install Entra Connect Sync first."],
  },
  SERVICE_STOPPED: {
    ...HOST_ERROR,
    title: "The ADSync service is not running.",
    why: "The connector can be read and switched only while the service is running.",
    remedy: ["Start the service on the server: ", powershell("Start-Service", "ADSync")],
  },
  SERVICE_ACCOUNT_UNEXPECTED: {
    ...HOST_ERROR,
    title: "The ADSync service runs under an account other than the declared one.",
    why: "The key must be readable by that account and by no other.",
    remedy: ["Correct serviceAccount in the configuration, or the account of the service."],
  },
  VERSION_TOO_OLD: {
    ...HOST_ERROR,
    title: "Entra Connect Sync is older than this project or the declaration requires.",
    why: "Older versions cannot sign in with a declared application, or are out of support.",
    remedy: ["Upgrade Microsoft Entra Connect Sync on this server."],
  },
  TPM_MISSING: {
    ...HOST_ERROR,
    title: "The server has no TPM that can hold the key.",
    why: "The declared key provider keeps the key in the TPM, so that it cannot be copied.",
    remedy: ["Give the (virtual) machine a TPM 2.0, or allow a software key by name (allowSoftwareKey: true)."],
    guide: "situations/tpm-without-pss.md",
  },
  DOTNET_TOO_OLD: {
    ...HOST_ERROR,
    title: "The .NET Framework of the server is older than 4.7.2.",
    why: "Earlier ones cannot make the certificate of a key. Windows Server 2016 comes with one.",
    remedy: ["Install .NET Framework 4.8 on the server and restart it; then run: ", UP],
  },
  TPM_SIGNATURE_INVALID: {
    ...HOST_ERROR,
    title: "The TPM cannot make the signature that Entra requires (PS256).",
    why: "Entra would refuse every sign-in with it, and another key in the same TPM would be no better.",
    remedy: [
      "Update the firmware of the TPM (revision 1.16 of TPM 2.0 is known to have this defect), or allow a software key by name.",
    ],
    guide: "situations/tpm-without-pss.md",
  },
  ...HOST_CREDENTIALS,
  WRITEBACK_CONTRADICTED: {
    ...HOST_ERROR,
    title: "The declaration of password writeback contradicts the server, so its identity is not changed.",
    why: "A server that writes back without the three roles of the password reset service fails at every reset.",
    property: "passwordWriteback",
    expected: "{expected}, as declared",
    actual: "{actual} on the server, {consequence}",
    remedy: {
      true: [
        "Declare passwordWriteback: true, or disable password writeback in the Entra Connect wizard of the server.",
      ],
      false: [
        "Declare passwordWriteback: false, or enable password writeback in the Entra Connect wizard of the server.",
      ],
    },
  },
  CLOCK_SKEW: {
    ...HOST_ERROR,
    title: "The server's clock is more than five minutes off.",
    why: "Entra refuses a client assertion that is not yet valid or has expired.",
    remedy: ["Correct the time service on the server, then run again: ", powershell("w32tm", "/resync")],
  },
  TOKEN_ENDPOINT_UNREACHABLE: {
    ...HOST_ERROR,
    title: "The server's session cannot reach the token endpoint.",
    why: "The new credential cannot be proven, so the connector is not switched.",
    remedy: ["Make sure that this session can reach the token endpoint (proxy, firewall), then run again."],
  },
  TOKEN_REFUSED: {
    ...HOST_ERROR,
    title: "Entra does not accept the certificate for the application.",
    why: "The new credential is not proven, so the connector is not switched.",
    remedy: [
      "Check that the application holds this certificate, then run again; replication can take minutes. After a run that " +
        "was killed: ",
      pulumi("up", "--refresh"),
    ],
  },
  ROLE_MISSING: {
    ...HOST_ERROR,
    title: "The application's token lacks a role.",
    why: "The server could not synchronise with this identity.",
    remedy: [
      "Check the role assignments of the application, then run again; replication can take minutes. After a run that was " +
        "killed: ",
      pulumi("up", "--refresh"),
    ],
  },
  SCHEDULER_SUSPENDED: {
    ...HOST_ERROR,
    title: "The scheduler is suspended: the wizard is open or an upgrade is running.",
    why: "Two changes at the same time could leave the server without an identity.",
    remedy: ["Close the Entra Connect wizard on the server, or wait for the upgrade, and run again."],
  },
  BUSY: {
    ...HOST_ERROR,
    title: "Another operation is running on the server.",
    why: "Two changes at the same time could leave the server without an identity.",
    remedy: ["Wait until it has ended, then run again."],
  },
  DATA_FOLDER_FOREIGN: {
    ...HOST_ERROR,
    title: "The folder of the host program's records belongs to someone else.",
    why: "Every user may make folders in ProgramData, and what a record says is written to the scheduler.",
    remedy: [
      "Find out who made C:\\ProgramData\\ConnectSyncIdentity, then remove it as an administrator: the next run makes it for " +
        "administrators only. To run: ",
      UP,
    ],
    guide: "open-ssh.md",
  },
  CYCLE_STILL_RUNNING: {
    ...HOST_ERROR,
    title: "A synchronisation cycle did not end in time.",
    why: "The connector is not switched while it is in use.",
    remedy: ["Run again when the cycle has ended."],
  },
  RESTORE_TASK_UNPROVEN: {
    ...HOST_ERROR,
    title: "The task that would end an interrupted pause does not work.",
    why: "Without it a run that is killed could leave the scheduler off, so nothing was paused.",
    remedy: ["Check that SYSTEM may call ADSync and run the installed program, then run again."],
  },
  SIGNIN_REQUIRED: {
    ...HOST_ERROR,
    title: "The cmdlet requires an administrator to sign in, which is not possible over SSH.",
    why: "Until then the connector keeps its old identity.",
    remedy: ["Run the given command at the server's desktop, as Hybrid Identity Administrator; then run: ", UP],
    guide: "situations/sign-in.md",
  },
  MFA_REQUIRED: {
    ...HOST_ERROR,
    title: "The administrator's sign-in requires more than a password.",
    why: "The cmdlet accepts only a password.",
    remedy: ["Use a Hybrid Identity Administrator who can sign in with a password alone, then run again."],
    guide: "situations/leave.md",
  },
  CREDENTIAL_REFUSED: {
    ...HOST_ERROR,
    title: "Entra did not accept the administrator's credential.",
    why: "Nothing was changed.",
    remedy: ["Check user name, password and the role Hybrid Identity Administrator, then run again."],
  },
  CONNECTOR_UNEXPECTED: {
    ...HOST_ERROR,
    title: "The connector does not use the application that it should leave.",
    why: "A server can leave only the application that this stack gave it.",
    remedy: {
      host: ["To show what the server uses: ", PREVIEW],
      unused: [
        "The server uses nothing of this stack, so it can leave as it is: remove it from the configuration, then run: ",
        UP,
      ],
    },
    guide: "situations/leave.md",
  },
  ACCOUNT_IN_USE: {
    ...HOST_ERROR,
    title: "A connector signs in with the account that is to be removed.",
    why: "That server would stop synchronising.",
    remedy: ["Onboard that server first: ", UP],
  },
  ACCOUNT_UNEXPECTED: {
    ...HOST_ERROR,
    title: "The account that is to be removed does not belong to this server.",
    why: "Another server may be using it.",
    remedy: ["Name the server whose computer name is part of the account's name."],
  },
  REPAIR_MODULE_MISSING: {
    ...HOST_ERROR,
    title: "The module with the documented repair of connectivity parameters is not installed.",
    why: "Only ADSyncTools 2.3.0 or later has the repair; Entra Connect does not bring that version.",
    remedy: [
      "Install ADSyncTools for all users; the page names three ways, two of them without the gallery. On the server: ",
      given("powershell", "Install-Module -Name ADSyncTools -MinimumVersion 2.3.0 -Scope AllUsers"),
    ],
    guide: "situations/connector-parameters.md",
  },
  CMDLET_FAILED: {
    ...HOST_ERROR,
    title: "A cmdlet of Entra Connect Sync failed.",
    why: "The step was not completed.",
    remedy: [AGAIN],
  },
  CMDLET_TIMEOUT: {
    ...HOST_ERROR,
    title: "A cmdlet of Entra Connect Sync did not end in time.",
    why: "It may be waiting for a sign-in that no one sees.",
    remedy: [AGAIN],
    guide: "situations/sign-in.md",
  },
  VERIFICATION_FAILED: {
    ...HOST_ERROR,
    title: "The change is not found when it is read back, or synchronisation does not work with it.",
    why: "The old credential is removed only after the new one is proven.",
    remedy: ["Look at the Application log and at the Synchronization Service Manager of the server, then run: ", UP],
    guide: "situations/sync-stopped.md",
  },
  SCHEDULER_NOT_RESTORED: {
    ...HOST_ERROR,
    title: "The scheduler could not be restored to its earlier state.",
    why: "While it is off, the server does not synchronise; the restore task also tries to restore it.",
    remedy: ["Run on the server: ", given("powershell", "Set-ADSyncScheduler -SyncCycleEnabled $true")],
    guide: "situations/run-killed.md",
  },
  UNEXPECTED: {
    ...HOST_ERROR,
    title: "A step failed in a way that this project does not know.",
    why: "How far it got is not known; the next run finds out.",
    remedy: { host: [AGAIN], report: ["Run again; if it happens again, please report it."] },
  },
} as const satisfies Registrations;
